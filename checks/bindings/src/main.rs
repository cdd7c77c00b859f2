//! Owns the run: judges each WIT file by what wit-bindgen generates from it,
//! prints a line per file and a summary, and sets the exit status.

mod args;
mod c;
mod clang;
mod guard;
mod rust;
mod scratch;
mod verdict;
mod wit;

use std::process::ExitCode;

use anyhow::Result;

use args::Args;
use clang::Clang;
use scratch::Scratch;
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

/// Judges every file; the answer is whether all is well.
fn run() -> Result<bool> {
    let args = Args::parse(std::env::args().skip(1))?;
    let clang = if args.c { Clang::find() } else { None };
    let mut scratch = Scratch::create(&args.work)?;
    let mut verdicts = Vec::new();
    for (index, path) in args.files.iter().enumerate() {
        let mut verdict = Verdict::new(index, path);
        judge(&mut verdict, &args, clang.as_ref(), &mut scratch);
        verdicts.push(verdict);
    }
    if args.rust {
        scratch.check(&mut verdicts)?;
    }
    let all_passed = summarise(&verdicts);
    Ok(all_passed & c_was_checked_if_due(&args, clang.as_ref()))
}

/// Resolves one file and generates from it; C is compiled here, Rust later,
/// all files together.
fn judge(verdict: &mut Verdict, args: &Args, clang: Option<&Clang>, scratch: &mut Scratch) {
    let Some(package) = verdict.note("wit", guard::catch(|| wit::load(&verdict.path))) else {
        return;
    };
    if args.rust {
        let written = guard::catch(|| rust::generate(&package))
            .and_then(|code| scratch.add(&verdict.module, &code));
        verdict.note("rust", written);
    }
    if let Some(clang) = clang {
        let folder = args.work.join("c").join(&verdict.module);
        let compiled =
            guard::catch(|| c::generate(&package)).and_then(|code| code.check(&folder, clang));
        if verdict.note("c", compiled).is_some() {
            verdict.pass("c");
        }
    }
}

/// Prints what became of each file; the answer is whether all passed.
fn summarise(verdicts: &[Verdict]) -> bool {
    for verdict in verdicts {
        print!("{verdict}");
    }
    let failed = verdicts.iter().filter(|v| v.failed()).count();
    println!("{} passed, {failed} failed", verdicts.len() - failed);
    failed == 0
}

/// Says when C was to be checked and could not be, which only CI refuses.
fn c_was_checked_if_due(args: &Args, clang: Option<&Clang>) -> bool {
    if !args.c || clang.is_some() {
        return true;
    }
    eprintln!("C SKIPPED: no `clang` in PATH, so no generated C was compiled");
    std::env::var("CI").as_deref() != Ok("true")
}
