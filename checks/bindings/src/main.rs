//! Checks WIT files by compiling the bindings that wit-bindgen and jco generate from them. Prints a line for each file,
//! the errors of files that fail, and a summary.

mod args;
mod c;
mod clang;
mod cpp;
mod guard;
mod rust;
mod scratch;
mod typescript;
mod verdict;
mod wit;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use args::Args;
use clang::Clang;
use cpp::Cpp;
use scratch::Scratch;
use typescript::TypeScript;
use verdict::Verdict;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bindings-check: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Checks every file. Returns whether all files passed and, in CI, no requested language was skipped.
fn run() -> Result<bool> {
    let args = Args::parse(std::env::args().skip(1))?;
    let mut judges = Judges {
        clang: Clang::find().filter(|_| args.c || args.cpp),
        scratch: Scratch::create(&args.work)?,
        cpp: Cpp::new(args.work.join("cpp")),
    };
    let typescript = TypeScript::find(args.work.join("typescript")).filter(|_| args.typescript);
    let mut verdicts = Vec::new();
    for (index, path) in args.files.iter().enumerate() {
        let mut verdict = Verdict::new(index, path);
        judges.judge(&mut verdict, &args);
        verdicts.push(verdict);
    }
    let was_compiled = judges.clang.is_some();
    if args.rust {
        judges.scratch.check(&mut verdicts)?;
    }
    if let Some(typescript) = &typescript {
        typescript.check(&mut verdicts)?;
    }
    let all_passed = summarise(&verdicts);
    let c = report_if_skipped(
        args.c || args.cpp,
        was_compiled,
        "C and C++",
        "`clang` in PATH",
    );
    let typescript = report_if_skipped(
        args.typescript,
        typescript.is_some(),
        "TypeScript",
        "`node`, or no packages in checks/bindings/typescript",
    );
    Ok(all_passed && c && typescript)
}

/// The compiler and the folders that `judge` uses. `clang` is `None` if clang is not installed or not needed.
struct Judges {
    clang: Option<Clang>,
    scratch: Scratch,
    cpp: Cpp,
}

impl Judges {
    /// Resolves a file, generates its Rust, C and C++, and compiles the C and C++. Later, Rust is compiled, and
    /// TypeScript is generated and compiled, for all files together.
    fn judge(&mut self, verdict: &mut Verdict, args: &Args) {
        let Some(package) = verdict.note("wit", guard::catch(|| wit::load(&verdict.path))) else {
            return;
        };
        if args.rust {
            let written = guard::catch(|| rust::generate(&package))
                .and_then(|code| self.scratch.add(&verdict.module, &code));
            verdict.note("rust", written);
        }
        let Some(clang) = &self.clang else { return };
        if args.c {
            let folder = args.work.join("c").join(&verdict.module);
            let compiled =
                guard::catch(|| c::generate(&package)).and_then(|code| code.check(&folder, clang));
            if verdict.note("c", compiled).is_some() {
                verdict.pass("c");
            }
        }
        if args.cpp {
            let compiled = guard::catch(|| cpp::generate(&package))
                .and_then(|code| self.cpp.check(&code, &verdict.module, clang));
            if verdict.note("c++", compiled).is_some() {
                verdict.pass("c++");
            }
        }
    }
}

/// Creates an empty folder. Removes its contents if it exists.
fn emptied(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))
}

/// Prints the result of each file. Returns whether all files passed.
fn summarise(verdicts: &[Verdict]) -> bool {
    for verdict in verdicts {
        print!("{verdict}");
    }
    let failed = verdicts.iter().filter(|v| v.failed()).count();
    println!("{} passed, {failed} failed", verdicts.len() - failed);
    failed == 0
}

/// Reports that a language was skipped, if it was requested but not checked. In CI, this is a failure: returns false.
fn report_if_skipped(requested: bool, checked: bool, language: &str, missing: &str) -> bool {
    if !requested || checked {
        return true;
    }
    eprintln!("SKIPPED: no {missing}, so no generated {language} was compiled");
    std::env::var("CI").as_deref() != Ok("true")
}
