//! Checks that output files are replaced atomically, and that failures to write are reported.
#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const COMMAND: &str = env!("CARGO_BIN_EXE_btf2wit");
const EVENT: &str = "testdata/obj/event.bpfel.o";
const KERNEL: &str = "testdata/vmlinux-6.12-amd64.btf.xz";

fn btf2wit(arguments: &[&str]) -> Output {
    Command::new(COMMAND)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("the binary is built")
}

#[cfg(unix)]
fn shell(script: &str) -> Output {
    Command::new("sh")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["-c", script])
        .output()
        .expect("the shell runs")
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder exists");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries
        .map(|entry| name(entry.expect("the folder can be listed")))
        .collect()
}

#[test]
fn a_file_has_the_same_text_as_standard_output() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("event.wit");
    let to_file = btf2wit(&[EVENT, "-o", path.to_str().expect("the text is UTF-8")]);
    assert!(to_file.status.success());
    assert!(to_file.stdout.is_empty());
    assert_eq!(
        fs::read(&path).expect("the file was written"),
        btf2wit(&[EVENT]).stdout
    );
    assert_eq!(files(folder.path()), ["event.wit"]);
}

#[test]
fn a_failure_does_not_change_the_file() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("event.wit");
    fs::write(&path, "old").expect("the file can be written");
    let output = btf2wit(&[
        EVENT,
        "-t",
        "nothing",
        "-o",
        path.to_str().expect("the text is UTF-8"),
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&path).expect("the file exists"), "old");
    assert_eq!(files(folder.path()), ["event.wit"]);
}

#[test]
fn a_file_with_the_same_contents_is_not_written() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("event.wit");
    let arguments = [EVENT, "-o", path.to_str().expect("the text is UTF-8")];
    assert!(btf2wit(&arguments).status.success());
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    let file = fs::File::options()
        .write(true)
        .open(&path)
        .expect("the file was written");
    file.set_modified(long_ago)
        .expect("the owner may change it");
    let modified = || fs::metadata(&path).and_then(|found| found.modified());
    assert!(btf2wit(&arguments).status.success());
    assert_eq!(modified().expect("the file exists"), long_ago);
    assert!(
        btf2wit(&[&arguments[..], &["--docs", "none"]].concat())
            .status
            .success()
    );
    assert_ne!(modified().expect("the file exists"), long_ago);
    assert_eq!(files(folder.path()), ["event.wit"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let to_file = btf2wit(&[EVENT, "-o", "/dev/full"]);
    let to_output = shell(&format!("{COMMAND} {EVENT} > /dev/full"));
    for (output, place) in [(to_file, "/dev/full"), (to_output, "standard output")] {
        assert_eq!(output.status.code(), Some(1));
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            message,
            format!("error: {place}: No space left on device (os error 28)\n")
        );
    }
}

/// The disk becomes full while a kernel is written. The old file must stay, and no temporary file may be left.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_becomes_full_does_not_change_the_file() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let at = folder.path().display();
    let script = format!(
        "mount -t tmpfs -o size=1m none {at} && echo mounted && echo old > {at}/k.wit &&
         ! {COMMAND} {KERNEL} -o {at}/k.wit && ls -A {at} && cat {at}/k.wit"
    );
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let Some(output) = output.ok().filter(|o| o.stdout.starts_with(b"mounted\n")) else {
        eprintln!("skipped: this system lets nobody mount a small disk with unshare");
        return;
    };
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        message,
        format!("error: {at}/k.wit: No space left on device (os error 28)\n")
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "mounted\nk.wit\nold\n"
    );
}

/// A limit on the size of files stops the write halfway, as a full disk does. Such a test needs no file system of its
/// own.
#[cfg(unix)]
#[test]
fn a_file_that_becomes_too_large_does_not_replace_the_old_one() {
    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("kernel.wit");
    fs::write(&path, "old").expect("the file can be written");
    let at = path.display();
    // Without this trap, the signal SIGXFSZ would end the command.
    let output = shell(&format!(
        "trap '' XFSZ; ulimit -f 1000; exec {COMMAND} {KERNEL} -o {at}"
    ));
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.starts_with(&format!("error: {at}: File too large")),
        "{message}"
    );
    assert_eq!(fs::read_to_string(&path).expect("the file exists"), "old");
    assert_eq!(files(folder.path()), ["kernel.wit"]);
}

/// Nobody can create files in `/sys`, not even root.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_allows_no_files_is_an_error() {
    if !Path::new("/sys/kernel").exists() {
        eprintln!("skipped: there is no /sys");
        return;
    }
    let output = btf2wit(&[EVENT, "-o", "/sys/event.wit"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let message = String::from_utf8_lossy(&output.stderr);
    let refused = [
        "error: /sys/event.wit: Permission denied (os error 13)\n",
        "error: /sys/event.wit: Read-only file system (os error 30)\n",
    ];
    assert!(refused.contains(&&*message), "{message}");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_an_error() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder can be created");
    let path = folder.path().join("event.wit");
    fs::write(&path, "old").expect("the file can be written");
    let set = |mode| fs::set_permissions(folder.path(), PermissionsExt::from_mode(mode));
    set(0o555).expect("the owner may change it");
    // Root may write into a read-only folder. Therefore, if the test runs as root, the command runs as another user.
    let is_root = fs::write(folder.path().join("probe"), "").is_ok();
    let output = match is_root {
        false => btf2wit(&[EVENT, "-o", path.to_str().expect("the text is UTF-8")]),
        true => as_nobody(&path),
    };
    set(0o755).expect("the owner may change it");
    let _ = fs::remove_file(folder.path().join("probe"));
    let message = String::from_utf8_lossy(&output.stderr);
    if is_root && (message.contains("setpriv") || message.is_empty()) {
        eprintln!("skipped: root cannot be somebody else here: {message}");
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{message}");
    let expected = format!(
        "error: {}: Permission denied (os error 13)\n",
        path.display()
    );
    assert_eq!(message, expected);
    assert_eq!(fs::read_to_string(&path).expect("the file exists"), "old");
    assert_eq!(files(folder.path()), ["event.wit"]);
}

/// Runs the command as the user `nobody`, from a copy that this user may read.
#[cfg(unix)]
fn as_nobody(output: &Path) -> Output {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder can be created");
    let (command, input) = (folder.path().join("btf2wit"), folder.path().join("event.o"));
    let object = Path::new(env!("CARGO_MANIFEST_DIR")).join(EVENT);
    fs::copy(COMMAND, &command).expect("the file can be written");
    fs::copy(object, &input).expect("the file can be written");
    let open = |path| fs::set_permissions(path, PermissionsExt::from_mode(0o755));
    for path in [folder.path(), &command, &input] {
        open(path).expect("the owner may change it");
    }
    shell(&format!(
        "setpriv --reuid 65534 --regid 65534 --clear-groups {} {} -o {}",
        command.display(),
        input.display(),
        output.display()
    ))
}

#[cfg(unix)]
#[test]
fn links_and_permissions_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().expect("a folder can be created");
    let (path, link) = (
        folder.path().join("event.wit"),
        folder.path().join("link.wit"),
    );
    fs::write(&path, "old").expect("the file can be written");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).expect("the owner may change it");
    symlink(&path, &link).expect("links work");
    assert!(
        btf2wit(&[EVENT, "-o", link.to_str().expect("the text is UTF-8")])
            .status
            .success()
    );
    assert!(link.is_symlink());
    assert_eq!(
        fs::read(&path).expect("the file exists"),
        btf2wit(&[EVENT]).stdout
    );
    let mode = fs::metadata(&path)
        .expect("the file exists")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
}

/// The reader of a pipe may close it early, as `head` does. This is not an error.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_not_a_failure() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    for input in [EVENT, KERNEL] {
        let mut command = Command::new(COMMAND)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary is built");
        let mut line = String::new();
        let mut reader =
            BufReader::with_capacity(64, command.stdout.take().expect("standard output is piped"));
        reader.read_line(&mut line).expect("the pipe can be read");
        drop(reader);
        assert!(line.starts_with("// Made by btf2wit"), "{line}");
        let output = command.wait_with_output().expect("the process ends");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{input}: {message}");
        assert!(!message.contains("error"), "{input}: {message}");
    }
}

#[cfg(unix)]
#[test]
fn an_endless_input_is_an_error() {
    let output = btf2wit(&["/dev/zero"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.starts_with("error: /dev/zero: is neither BTF nor an ELF file"));
}
