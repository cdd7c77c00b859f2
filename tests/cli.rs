//! The command line: what it prints, and what it says when something is wrong.

use std::fs;
use std::path::Path;

/// What is printed, whole: `tests/cmd`, and the examples in README.md.
#[test]
fn commands_print_what_is_written_down() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.trycmd")
        .case("README.md");
}

/// The C in README's example is that of the fixture.
#[test]
fn readme_quotes_the_fixture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name| fs::read_to_string(root.join(name)).expect("it is in the repository");
    let (readme, source) = (read("README.md"), read("testdata/event.c"));
    let quote = readme
        .split("```c\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    assert!(source.contains(quote.expect("README has an example in C")));
}
