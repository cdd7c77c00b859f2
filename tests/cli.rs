//! Tests the command line: what it prints, its error messages, and the files that it writes.
#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs the commands in `tests/cmd`, README.md and docs/mapping.md, and compares what they print with the recorded
/// text.
#[test]
fn commands_print_the_recorded_output() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.trycmd")
        .case("README.md")
        .case("docs/mapping.md");
}

#[test]
fn readme_quotes_the_fixture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name| fs::read_to_string(root.join(name)).expect("the file is in the repository");
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
    let entries = fs::read_dir(folder).expect("the folder exists");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries
        .map(|entry| name(entry.expect("the folder can be listed")))
        .collect()
}

const EVENT: &str = "testdata/obj/event.bpfel.o";

#[test]
fn a_check_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("event.wit");
    let name = path.to_str().expect("the text is UTF-8");
    let check = || btf2wit(&[EVENT, "-o", name, "--check"]).status.code();
    assert_eq!(check(), Some(2));
    assert_eq!(files(folder.path()), Vec::<String>::new());
    for (content, code) in [(btf2wit(&[EVENT]).stdout, 0), (b"old\xff".to_vec(), 1)] {
        fs::write(&path, &content).expect("the file can be written");
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        let file = fs::File::options().write(true).open(&path);
        let touched = file.and_then(|file| file.set_modified(long_ago));
        touched.expect("the owner may change it");
        assert_eq!(check(), Some(code));
        let found = fs::metadata(&path).and_then(|found| found.modified());
        assert_eq!(found.expect("the file exists"), long_ago);
        assert_eq!(fs::read(&path).expect("the file exists"), content);
        assert_eq!(files(folder.path()), ["event.wit"]);
    }
}

/// In WIT files, layouts and readers, `--check` ignores type ids, and the header except for what says how bytes are
/// read, such as the byte order and the pointer size. It compares everything else.
#[test]
fn a_check_ignores_headers_and_compares_types() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = |name| {
        folder
            .path()
            .join(name)
            .to_str()
            .expect("the text is UTF-8")
            .to_owned()
    };
    let (wit, layout, reader) = (path("e.wit"), path("e.json"), path("e.rs"));
    let files = ["-o", &wit, "--layout", &layout, "--rust-reader", &reader];
    let arguments = [&[EVENT, "--bindings", "crate::bindings"], &files[..]].concat();
    assert!(btf2wit(&arguments).status.success());
    let arguments = [&["--check"], &arguments[..]].concat();
    let original = |path: &String| fs::read_to_string(path).expect("the file was written");
    let texts = [original(&wit), original(&layout), original(&reader)];
    let replaced = |path: &String, text: &str, from: &str, to: &str| {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        fs::write(path, changed).expect("the file can be written");
        let output = btf2wit(&arguments);
        fs::write(path, text).expect("the file can be written");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let [wit_text, layout_text, reader_text] = &texts;
    for (path, text, from, to) in [
        (&wit, wit_text, "btf2wit 0.2.0", "btf2wit 0.1.0"),
        (&wit, wit_text, "21 types", "20 types"),
        (&wit, wit_text, "// Offsets", "// A line more.\n// Offsets"),
        (&layout, layout_text, "btf2wit 0.2.0", "btf2wit 0.1.0"),
        (&layout, layout_text, "\"types\": 21", "\"types\": 20"),
        (
            &layout,
            layout_text,
            "\"packed\": null",
            "\"packed\": \"xz\"",
        ),
        (&layout, layout_text, "\"id\": 1", "\"id\": 20"),
        (&reader, reader_text, "btf2wit 0.2.0", "btf2wit 0.1.0"),
    ] {
        assert_eq!(
            replaced(path, text, from, to),
            (Some(0), String::new()),
            "{from}"
        );
    }
    for (path, text, from, to) in [
        (&wit, wit_text, "little endian", "big endian"),
        (&wit, wit_text, "pointers of 8 bytes", "pointers of 4 bytes"),
        (&wit, wit_text, "pid: s32", "pid: u32"),
        (
            &layout,
            layout_text,
            "\"endian\": \"little\"",
            "\"endian\": \"big\"",
        ),
        (&layout, layout_text, "\"offset\": 4", "\"offset\": 5"),
        (&reader, reader_text, "crate::bindings", "crate::other"),
    ] {
        let (code, diff) = replaced(path, text, from, to);
        assert_eq!(code, Some(1), "{from}");
        assert!(diff.contains(to) && diff.contains(from), "{diff}");
    }
}

/// With `--report --json`, standard error contains exactly one document and nothing else, even if there are warnings.
#[test]
fn a_json_report_is_one_document() {
    let object = "testdata/obj/pointers.gcc.o";
    for more in [
        &[][..],
        &["-v"],
        &["-q"],
        &["--check", "-o", "tests/cmd/check/event.wit"],
    ] {
        let output = btf2wit(&[&[object, "--report", "--json"], more].concat());
        let document: serde_json::Value =
            serde_json::from_slice(&output.stderr).expect("standard error is one document");
        assert_eq!(document["document"], "report");
        let warnings = document["warnings"]
            .as_array()
            .expect("warnings are an array");
        assert!(!warnings.is_empty());
    }
}

/// Nearly every item of a kernel differs. The comparison takes bounded time, even if the process that reads its output
/// closes the pipe early.
#[test]
fn a_check_of_a_kernel_is_bounded() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("kernel.wit");
    let name = path.to_str().expect("the text is UTF-8");
    let kernel = "testdata/vmlinux-6.12-amd64.btf.xz";
    assert!(btf2wit(&[kernel, "-o", name]).status.success());
    let arguments = [kernel, "-o", name, "--docs", "brief", "--check"];
    let output = btf2wit(&arguments);
    assert_eq!(output.status.code(), Some(1));
    let diff = String::from_utf8(output.stdout).expect("the text is UTF-8");
    assert!(diff.contains("\n     record task-struct {\n"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_btf2wit"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the process ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("error"));
}

/// `btf2wit man` prints the manual, while `btf2wit ./man` and `btf2wit -- man` convert a file of that name.
#[test]
fn a_file_may_have_the_name_of_a_command() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let event = Path::new(env!("CARGO_MANIFEST_DIR")).join(EVENT);
    fs::copy(event, folder.path().join("man")).expect("the file can be written");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_btf2wit"));
        let output = command.current_dir(&folder).args(arguments).output();
        String::from_utf8(output.expect("the binary is built").stdout).expect("the text is UTF-8")
    };
    assert!(run(&["./man"]).contains("record event {"));
    assert!(run(&["-q", "--", "man"]).contains("record event {"));
    assert!(run(&["man"]).contains(".TH btf2wit"));
}

/// Checks the colours of warnings, usage errors, input errors, diffs, help, lists and comparisons.
#[test]
fn options_and_variables_control_colours() {
    let older = "tests/cmd/check/older.wit";
    let objects = [
        "testdata/obj/structs.x86-64.o",
        "testdata/obj/structs.i686.o",
    ];
    let lines: [&[&str]; 7] = [
        &["testdata/obj/pointers.gcc.o", "-o", "/dev/null"],
        &["--nonsense"],
        &["nowhere.o"],
        &[EVENT, "-o", older, "--check"],
        &["--help"],
        &["list", EVENT],
        &["diff", objects[0], objects[1]],
    ];
    let none: &[(&str, &str)] = &[];
    let force = ("CLICOLOR_FORCE", "1");
    let cases = [
        (none, None, false),
        (none, Some("--color=auto"), false),
        (none, Some("--color=always"), true),
        (&[force], None, true),
        (&[force], Some("--color=never"), false),
        (&[force, ("NO_COLOR", "1")], None, false),
        (&[("NO_COLOR", "1")], Some("--color=always"), true),
    ];
    for line in lines {
        for (variables, flag, colours) in cases {
            let mut command = plain_command();
            let output = command.args(line).args(flag).envs(variables.to_vec());
            let output = output.output().expect("the binary is built");
            let text = [output.stdout, output.stderr].concat();
            let context = format!("{line:?} {variables:?} {flag:?}");
            assert_eq!(text.contains(&0x1b), colours, "{context}");
        }
    }
}

/// Returns the command in an environment without the variables that control colours, except that `TERM` names a
/// terminal with colours.
fn plain_command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_btf2wit"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(variable);
    }
    command.env("TERM", "xterm");
    command
}

/// On a terminal, the output has colours by default. Control characters from a file are never printed.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_colours_and_no_controls() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("event.wit");
    fs::write(&path, "\x1b]0;title\x07\n").expect("the file can be written");
    let check = |variable: Option<(&str, &str)>| {
        let mut command = plain_command();
        command.args([EVENT, "--check", "-o"]).arg(&path);
        on_terminal(command.envs(variable))
    };
    let coloured = check(None);
    assert!(coloured.contains("\x1b[31m-\\u{1b}]0;title\\u{7}\x1b[0m"));
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = check(Some(variable));
        assert!(plain.contains("\n-\\u{1b}]0;title\\u{7}"), "{plain}");
        assert!(!plain.contains('\x1b'));
    }
    let error = on_terminal(plain_command().arg("nowhere.o"));
    assert!(error.starts_with("\x1b[1m\x1b[31merror:\x1b[0m nowhere.o: No such"));
}

/// Runs a command whose standard output and standard error are a terminal. Returns the text that it prints there.
#[cfg(target_os = "linux")]
fn on_terminal(command: &mut Command) -> String {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::io::Read;

    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("the system has terminals");
    grantpt(&master).expect("the owner may change it");
    unlockpt(&master).expect("the owner may change it");
    let name = ptsname(&master, Vec::new()).expect("the terminal has a name");
    let terminal = || {
        let name = name.to_str().expect("the name is ASCII");
        let file = fs::File::options().read(true).write(true).open(name);
        file.expect("the file exists")
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(terminal())
        .stderr(terminal())
        .spawn()
        .expect("the binary is built");
    // `command` still has the terminal open. Reading ends only when nobody has it open any more, so `command` gives it
    // up here.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    let mut master = fs::File::from(master);
    while let Ok(length @ 1..) = master.read(&mut buffer) {
        text.extend_from_slice(&buffer[..length]);
    }
    child.wait().expect("the process ends");
    String::from_utf8(text)
        .expect("the text is UTF-8")
        .replace("\r\n", "\n")
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = btf2wit(&["completions", shell]);
        assert!(output.status.success());
        let script = String::from_utf8(output.stdout).expect("the text is UTF-8");
        assert!(script.contains("char-arrays"), "{shell}");
    }
}

/// Calls the completion function for bash as bash does when the user presses the tab key.
#[cfg(unix)]
#[test]
fn bash_completes_options_values_and_commands() {
    let complete = |words: &str| {
        let script = format!(
            "source <({} completions bash); COMP_WORDS=(btf2wit {words}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _btf2wit btf2wit \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; \
             echo \"${{COMPREPLY[*]}}\"",
            env!("CARGO_BIN_EXE_btf2wit")
        );
        let output = Command::new("bash").args(["-c", &script]).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if complete("").is_err() {
        eprintln!("skipped: there is no bash here");
        return;
    }
    let cases = [
        ("--uni", "--unions"),
        ("--unions b", "bytes"),
        ("comp", "completions"),
        ("completions z", "zsh"),
    ];
    for (words, expected) in cases {
        assert_eq!(complete(words).expect("bash runs"), expected, "{words}");
    }
}

/// Each of three manual pages contains every option that `--help` lists for its command, and groff prints no warnings
/// about the page.
#[test]
fn the_manual_is_complete_and_well_formed() {
    for page in [&["man"][..], &["man", "completions"], &["man", "man"]] {
        let output = btf2wit(page);
        assert!(output.status.success());
        let roff = String::from_utf8(output.stdout).expect("the text is UTF-8");
        assert!(roff.contains(".SH EXAMPLES"));
        let help = [&page[1..], &["--help"]].concat();
        let help = String::from_utf8(btf2wit(&help).stdout).expect("the text is UTF-8");
        let options = help
            .split_whitespace()
            .filter(|word| word.starts_with("--"));
        for option in options {
            let option = option.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
            let quoted = option.replace('-', "\\-");
            assert!(roff.contains(&quoted), "{page:?} lacks {option}");
        }
        let mut groff = Command::new("groff");
        groff.args(["-man", "-ww", "-z"]).stdin(Stdio::piped());
        let Ok(mut groff) = groff.stderr(Stdio::piped()).spawn() else {
            eprintln!("skipped: there is no groff here");
            continue;
        };
        let mut stdin = groff.stdin.take().expect("standard input is piped");
        std::io::Write::write_all(&mut stdin, roff.as_bytes()).expect("groff reads");
        drop(stdin);
        let output = groff.wait_with_output().expect("the process ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}
