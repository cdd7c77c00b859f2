//! Tests `Config::generate`, which writes files for bindings macros and prints lines for cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::support;
use crate::support::encode::{Encoder, Endian, UNSIGNED, member};
use btf2wit::{Config, Error};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder can be created")
}

/// Returns a configuration like that of the example in README, with `folder` as its output folder.
fn event(folder: &Path) -> Config {
    let mut config = Config::new();
    config
        .input(support::object("event", "bpfel"))
        .types(["event"])
        .package("bpf:event")
        .out_dir(folder);
    config
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder exists");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries
        .map(|entry| name(entry.expect("the folder can be listed")))
        .collect()
}

fn error(config: &Config) -> Error {
    config.generate().expect_err("it is refused")
}

#[test]
fn file_and_report_are_those_of_the_loaded_package() {
    let folder = folder();
    let config = event(&folder.path().join("made/wit"));
    let report = config.generate().expect("the object is sound");
    let path = folder.path().join("made/wit/types.wit");
    let text = fs::read_to_string(path).expect("the file was written");
    let package = config.load().expect("the object is sound");
    assert_eq!(text, package.to_wit().expect("the package is sound"));
    assert_eq!(report, package.report().expect("the package is sound"));
    let summary = package
        .write_to(std::io::sink())
        .expect("the package is sound");
    assert_eq!(report.summary, summary);
    assert_eq!(files(&folder.path().join("made/wit")), ["types.wit"]);
}

/// wit-parser refuses two packages in one folder. So if the name of the package was changed before a build script runs
/// again, the new package replaces the old one.
#[test]
fn renaming_the_package_leaves_no_old_file() {
    let folder = folder();
    let generate = |package| {
        // Each run of a build script is a process of its own.
        let output = build_script(&["generate", package], Some(folder.path()));
        assert!(output.is_ok(), "{output:?}");
    };
    generate("bpf:event");
    generate("demo:probe");
    let wit = folder.path().join("wit");
    assert_eq!(files(&wit), ["types.wit"]);
    let (id, resolve) = resolve(&[&wit]).pop().expect("the folder is one package");
    assert_eq!(resolve.packages[id].name.to_string(), "demo:probe");
}

#[test]
fn a_file_with_the_same_contents_is_not_written() {
    let folder = folder();
    let path = folder.path().join("types.wit");
    let mut config = event(folder.path());
    config.generate().expect("the object is sound");
    let file = fs::File::options().write(true).open(&path);
    let long_ago = SystemTime::UNIX_EPOCH;
    let set = file.and_then(|file| file.set_modified(long_ago));
    set.expect("the owner may change it");
    let modified = || fs::metadata(&path).and_then(|found| found.modified());
    config.generate().expect("the object is sound");
    assert_eq!(modified().expect("the file exists"), long_ago);
    config.set("event.comm=string");
    config.generate().expect("the object is sound");
    assert_ne!(modified().expect("the file exists"), long_ago);
}

#[test]
fn a_folder_holds_one_package() {
    let folder = folder();
    event(folder.path())
        .generate()
        .expect("the object is sound");
    let refused = error(event(folder.path()).package("demo:probe"));
    let object = support::object("event", "bpfel");
    let folder = fs::canonicalize(folder.path()).expect("the file exists");
    assert_eq!(
        refused.to_string(),
        format!(
            "{}: holds bpf:event from {object} by now, and a folder holds one package: name another \
             one for demo:probe from {object} with out_dir",
            folder.display(),
            object = object.display(),
        )
    );
    let other = error(event(&folder).input(support::object("event", "bpfeb")));
    assert!(matches!(other, Error::FolderTaken { .. }));
    let text = fs::read_to_string(folder.join("types.wit")).expect("the file exists");
    assert!(text.contains("package bpf:event;"));
}

/// In `path` of `wit_bindgen::generate!`, packages come before those that use them. The test parses the folders in this
/// order.
#[test]
fn a_world_uses_two_packages_each_in_its_folder() {
    let folder = folder();
    let [first, second, own] = ["event", "maps", "wit"].map(|name| folder.path().join(name));
    event(&first).generate().expect("the object is sound");
    let mut maps = Config::new();
    maps.input(support::object("maps", "bpfel"))
        .out_dir(&second);
    maps.package("bpf:maps")
        .generate()
        .expect("the object is sound");
    fs::create_dir(&own).expect("the file can be written");
    let world = "package my:guest;\n\
        world app {\n\
            use bpf:event/types.{event};\n\
            import bpf:maps/types;\n\
            export describe: func(event: event) -> string;\n\
        }\n";
    fs::write(own.join("app.wit"), world).expect("the file can be written");
    let (id, resolve) = resolve(&[&first, &second, &own])
        .pop()
        .expect("there are three packages");
    let world = resolve.select_world(&[id], Some("my:guest/app"));
    assert_eq!(
        resolve.worlds[world.expect("the file exists")]
            .imports
            .len(),
        3
    );
}

#[test]
fn a_failure_writes_nothing() {
    let folder = folder();
    let made = folder.path().join("made");
    let unknown = error(event(&made).types(["evnt"]));
    assert!(matches!(unknown, Error::UnknownType(_)));
    assert!(!made.exists());

    fs::write(folder.path().join("file"), "").expect("the file can be written");
    let not_a_folder = error(&event(&folder.path().join("file/wit")));
    assert!(matches!(not_a_folder, Error::WriteFile { .. }));
    let path = folder.path().join("file/wit").display().to_string();
    assert_eq!(
        not_a_folder.to_string(),
        format!("{path}: Not a directory (os error 20)")
    );
}

#[test]
fn cargo_is_told_which_files_were_read() {
    let folder = folder();
    let object = support::object("event", "bpfel");
    assert_eq!(
        build_script(&["generate", "bpf:event"], Some(folder.path())),
        Ok(vec![format!("cargo:rerun-if-changed={}", object.display())])
    );
    assert!(folder.path().join("wit/types.wit").is_file());
    assert_eq!(build_script(&["silent"], Some(folder.path())), Ok(vec![]));

    let (module, base) = module_and_base(folder.path());
    assert_eq!(
        build_script(&["module"], Some(&folder.path().join("out"))),
        Ok(vec![
            format!("cargo:rerun-if-changed={}", module.display()),
            format!("cargo:rerun-if-changed={}", base.display()),
        ])
    );
}

/// A build script writes the files in `OUT_DIR`, so they are newer than its last run. If cargo were told of them, it
/// would run the script each time.
#[test]
fn cargo_is_not_told_of_files_that_the_build_script_writes() {
    let folder = folder();
    let made = folder.path().join("made.o");
    fs::copy(support::object("event", "bpfel"), &made).expect("the file can be written");
    assert_eq!(build_script(&["made"], Some(folder.path())), Ok(vec![]));
}

/// A build script may go on if the input is missing. Cargo is told to run it again once the input exists.
#[test]
fn cargo_is_told_which_file_is_missing() {
    assert_eq!(
        build_script(&["missing"], Some(folder().path())),
        Ok(vec!["cargo:rerun-if-changed=nowhere.o".to_owned()])
    );
}

#[test]
fn outside_of_cargo_a_folder_is_required_and_nothing_is_printed() {
    assert_eq!(
        build_script(&["generate", "bpf:event"], None),
        Err(
            "OUT_DIR is not set, as cargo sets it for build scripts: generate from build.rs, or \
             name a folder with out_dir"
                .to_owned()
        )
    );
    let folder = folder();
    let named = folder.path().to_str().expect("the text is UTF-8");
    assert_eq!(build_script(&["named", named], None), Ok(vec![]));
    assert_eq!(files(folder.path()), ["types.wit"]);
}

#[test]
fn errors_have_their_sources() {
    use std::error::Error as _;

    let read = error(event(folder().path()).input("nowhere.o"));
    let source = read.source().expect("the error has a source");
    assert!(source.downcast_ref::<std::io::Error>().is_some());
    let malformed = error(event(folder().path()).input_bytes("cut", &[0x9f, 0xeb, 1][..]));
    let source = malformed.source().expect("the error has a source");
    assert!(source.downcast_ref::<btf2wit::Malformed>().is_some());
    assert_eq!(format!("{malformed:?}"), malformed.to_string());
}

#[test]
fn the_front_page_quotes_the_examples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read =
        |name: &str| fs::read_to_string(root.join(name)).expect("the file is in the repository");
    let page: Vec<String> = read("src/lib.rs")
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n")
        .collect();
    let page = page.concat();
    // Every second piece is code. Its first line is the name of the language.
    let code = page.split("```").skip(1).step_by(2);
    let code: Vec<&str> = code
        .filter_map(|code| Some(code.split_once('\n')?.1))
        .collect();
    for (file, from) in [
        ("guest/Cargo.toml", "[lib]"),
        ("guest/build.rs", "fn main"),
        ("guest/wit/app.wit", "package"),
        ("guest/src/lib.rs", "wit_bindgen::"),
        ("host/build.rs", "fn main"),
        ("host/src/main.rs", "use wasmtime::component"),
    ] {
        let whole = read(&format!("examples/{file}"))
            .replace("../../testdata/obj/event.bpfel.o", "probe.bpf.o");
        let text = &whole[whole.find(from).expect("the file has the code")..];
        // From these lines on, the files of the workspace differ from the page.
        let end = ["\n#[cfg(test)]", "\n[dependencies]"]
            .iter()
            .filter_map(|end| text.find(end))
            .min();
        let text = &text[..end.unwrap_or(text.len())];
        assert!(code.iter().any(|code| code.contains(text)), "{file}");
    }
}

/// Parses folders in order, as `wit_bindgen::generate!` does. Returns each package together with everything that was
/// parsed up to it.
fn resolve(folders: &[&Path]) -> Vec<(wit_parser::PackageId, wit_parser::Resolve)> {
    let mut resolve = wit_parser::Resolve::default();
    let mut packages = Vec::new();
    for folder in folders {
        let (id, _) = resolve.push_dir(folder).expect("the folder is one package");
        packages.push((id, resolve.clone()));
    }
    packages
}

/// Writes a module with split BTF, and the base of that BTF. Returns the paths of both files.
fn module_and_base(folder: &Path) -> (PathBuf, PathBuf) {
    let mut base = Encoder::new(Endian::Little);
    let int = base.int("unsigned int", 4, UNSIGNED, 0, 32);
    base.struct_(
        "pair",
        8,
        &[member("left", int, 0), member("right", int, 32)],
    );
    let mut split = Encoder::split(&base);
    split.struct_("holder", 8, &[member("held", 2, 0)]);
    let (module, vmlinux) = (folder.join("module"), folder.join("vmlinux"));
    fs::write(&module, split.finish()).expect("the file can be written");
    fs::write(&vmlinux, base.finish()).expect("the file can be written");
    (module, vmlinux)
}

/// The environment variable with the task for [`as_a_build_script`].
const TASK: &str = "BTF2WIT_TEST_TASK";

/// Runs a task in a new process, with or without `OUT_DIR`. Returns the lines that it prints for cargo, or the message
/// of its error.
fn build_script(task: &[&str], out_dir: Option<&Path>) -> Result<Vec<String>, String> {
    let mut command = Command::new(std::env::current_exe().expect("the test binary has a path"));
    command
        .args(["--exact", "generate::as_a_build_script", "--nocapture"])
        .env(TASK, task.join(" "))
        .env_remove("OUT_DIR");
    if let Some(out_dir) = out_dir {
        command.env("OUT_DIR", out_dir);
    }
    let output = command.output().expect("the test binary starts");
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).expect("the text is UTF-8");
    assert!(lines.contains("\nrunning 1 test\n"), "{lines}");
    // The test harness may print on the same line before the task does.
    let cargo = lines
        .lines()
        .filter_map(|line| line.find("cargo:").map(|start| line[start..].to_owned()));
    let errors = String::from_utf8(output.stderr).expect("the text is UTF-8");
    match errors.lines().find_map(|line| line.strip_prefix("Error: ")) {
        Some(error) => Err(error.to_owned()),
        None => Ok(cargo.collect()),
    }
}

/// This is not a test of its own: [`build_script`] runs it in a new process with a task. Without a task, it does
/// nothing.
#[test]
fn as_a_build_script() {
    let Ok(task) = std::env::var(TASK) else {
        return;
    };
    let mut config = Config::new();
    config.input(support::object("event", "bpfel"));
    match task.split(' ').collect::<Vec<_>>()[..] {
        ["generate", package] => config.package(package),
        ["named", folder] => config.out_dir(folder),
        ["silent"] => config.emit_rerun_if_changed(false),
        ["module"] => {
            let folder = std::env::var_os("OUT_DIR").expect("OUT_DIR is set");
            config.input(Path::new(&folder).with_file_name("module"))
        }
        ["made"] => {
            let folder = std::env::var_os("OUT_DIR").expect("OUT_DIR is set");
            config.input(Path::new(&folder).join("made.o"))
        }
        ["missing"] => {
            let missing = config.input("nowhere.o").generate();
            return assert!(matches!(missing, Err(Error::Read { .. })));
        }
        _ => panic!("there is no task '{task}'"),
    };
    if let Err(error) = config.generate() {
        eprintln!("Error: {error:?}");
    }
}
