//! The command line: what it prints, what it says when something is wrong, and what it leaves
//! behind in files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

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

fn btf2wit(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_btf2wit"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("the binary is built")
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries
        .map(|entry| name(entry.expect("it can be listed")))
        .collect()
}

const EVENT: &str = "testdata/obj/event.bpfel.o";

#[test]
fn a_file_holds_what_standard_output_would() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("event.wit");
    let to_file = btf2wit(&[EVENT, "-o", path.to_str().expect("it is UTF-8")]);
    assert!(to_file.status.success());
    assert!(to_file.stdout.is_empty());
    assert_eq!(
        fs::read(&path).expect("it is written"),
        btf2wit(&[EVENT]).stdout
    );
    assert_eq!(files(folder.path()), ["event.wit"]);
}

#[test]
fn a_failure_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("event.wit");
    fs::write(&path, "old").expect("there is room");
    let output = btf2wit(&[
        EVENT,
        "-t",
        "nothing",
        "-o",
        path.to_str().expect("it is UTF-8"),
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "old");
    assert_eq!(files(folder.path()), ["event.wit"]);
}

#[test]
fn a_file_of_the_same_content_is_not_touched() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("event.wit");
    let arguments = [EVENT, "-o", path.to_str().expect("it is UTF-8")];
    assert!(btf2wit(&arguments).status.success());
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    let file = fs::File::options()
        .write(true)
        .open(&path)
        .expect("it is written");
    file.set_modified(long_ago).expect("it is ours");
    let modified = || fs::metadata(&path).and_then(|found| found.modified());
    assert!(btf2wit(&arguments).status.success());
    assert_eq!(modified().expect("it is there"), long_ago);
    assert!(
        btf2wit(&[&arguments[..], &["--docs", "none"]].concat())
            .status
            .success()
    );
    assert_ne!(modified().expect("it is there"), long_ago);
    assert_eq!(files(folder.path()), ["event.wit"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let output = btf2wit(&[EVENT, "-o", "/dev/full"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        message,
        "error: /dev/full: No space left on device (os error 28)\n"
    );
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_permissions_too() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().expect("there is room");
    let (path, link) = (
        folder.path().join("event.wit"),
        folder.path().join("link.wit"),
    );
    fs::write(&path, "old").expect("there is room");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("it is ours");
    symlink(&path, &link).expect("links work");
    assert!(
        btf2wit(&[EVENT, "-o", link.to_str().expect("it is UTF-8")])
            .status
            .success()
    );
    assert!(link.is_symlink());
    assert_eq!(
        fs::read(&path).expect("it is there"),
        btf2wit(&[EVENT]).stdout
    );
    let mode = fs::metadata(&path)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let command = format!(
        "{} testdata/vmlinux.btf | head -1",
        env!("CARGO_BIN_EXE_btf2wit")
    );
    let command = command.replace("testdata/vmlinux.btf", EVENT);
    let output = Command::new("sh")
        .args(["-c", &command])
        .output()
        .expect("there is a shell");
    assert!(output.status.success());
    assert!(!String::from_utf8_lossy(&output.stderr).contains("error"));
}
