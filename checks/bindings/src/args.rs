//! Parses the command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: bindings-check [--work DIR] [--no-rust] [--no-c] [--no-cpp] [--no-typescript] \
                     FILE.wit...";

/// The files to check, the languages, and the folder for the generated code.
pub struct Args {
    pub work: PathBuf,
    pub rust: bool,
    pub c: bool,
    pub cpp: bool,
    pub typescript: bool,
    pub files: Vec<PathBuf>,
}

impl Args {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let mut args = Args {
            work: PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../target/bindings-scratch"
            )),
            rust: true,
            c: true,
            cpp: true,
            typescript: true,
            files: Vec::new(),
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--work" => args.work = words.next().context(USAGE)?.into(),
                "--no-rust" => args.rust = false,
                "--no-c" => args.c = false,
                "--no-cpp" => args.cpp = false,
                "--no-typescript" => args.typescript = false,
                flag if flag.starts_with('-') => bail!("unknown option {flag}\n{USAGE}"),
                _ => args.files.push(word.into()),
            }
        }
        if args.files.is_empty() {
            bail!("no file given\n{USAGE}");
        }
        Ok(args)
    }
}
