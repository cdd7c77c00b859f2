//! The result for one WIT file, and the text in which it is printed.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The languages, in the order in which they are printed for a file that passed.
const LANGUAGES: [&str; 4] = ["rust", "c", "c++", "typescript"];

/// A WIT file, the languages in which it passed, and the errors in the other languages.
pub struct Verdict {
    pub path: PathBuf,
    /// The name of the file's Rust module and of the folders with its other bindings. It is unique within a run.
    pub module: String,
    passed: Vec<&'static str>,
    problems: Vec<(&'static str, String)>,
}

impl Verdict {
    pub fn new(index: usize, path: &Path) -> Self {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let words: Vec<_> = stem
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        Verdict {
            path: path.to_owned(),
            module: format!("m{index}_{}", words.join("_")),
            passed: Vec::new(),
            problems: Vec::new(),
        }
    }

    pub fn pass(&mut self, language: &'static str) {
        self.passed.push(language);
    }

    pub fn fail(&mut self, language: &'static str, problem: String) {
        self.problems.push((language, problem));
    }

    /// Returns the value of a result. If the result is an error, records the error and returns `None`.
    pub fn note<T>(&mut self, language: &'static str, outcome: Result<T>) -> Option<T> {
        outcome
            .map_err(|error| self.fail(language, format!("{error:#}")))
            .ok()
    }

    /// Returns whether the WIT file could be resolved. Bindings can be generated only then.
    pub fn is_wit(&self) -> bool {
        self.problems.iter().all(|(language, _)| *language != "wit")
    }

    pub fn failed(&self) -> bool {
        !self.problems.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.path.display();
        if !self.failed() {
            let passed: Vec<_> = LANGUAGES
                .into_iter()
                .filter(|language| self.passed.contains(language))
                .collect();
            let what = if passed.is_empty() {
                "resolved only".to_owned()
            } else {
                passed.join(", ")
            };
            return writeln!(f, "ok  {name}: {what}");
        }
        let languages: Vec<_> = self
            .problems
            .iter()
            .map(|(language, _)| *language)
            .collect();
        writeln!(f, "FAILED  {name}: {}", languages.join(", "))?;
        for (language, problem) in &self.problems {
            for line in problem.trim_end().lines() {
                writeln!(f, "    {language}: {line}")?;
            }
        }
        Ok(())
    }
}
