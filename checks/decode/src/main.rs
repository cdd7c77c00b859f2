//! Compares the decoder with C compilers. A C program sets the members of a type to known values, and the decoder must
//! read these values from the bytes. The encoder must write the same bytes. A short Python reader, which knows only the
//! layout as JSON, must read the same values.
//!
//!     decode-check fixtures            the named types of testdata/*.c, by nine compilers and targets
//!     decode-check random N [SEED]     N random structs

mod c;
mod expect;
mod fixtures;
mod judge;
mod pick;
mod producers;
mod random;
mod sample;
mod tagged;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use judge::Verdict;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("decode-check: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let start = Instant::now();
    let (what, verdict) = match args.as_slice() {
        ["fixtures"] => ("fixtures".to_owned(), at_once(producers::fixtures()?)),
        ["random", count, seed @ ..] => {
            let count = count.parse().context("N is no number")?;
            let seed = match seed {
                [seed] => seed.parse().context("SEED is no number")?,
                _ => fastrand::u64(..) >> 32,
            };
            let what = format!("{count} random structs, seed {seed}");
            println!("{what}");
            (what, at_once(producers::random(count, seed)))
        }
        _ => bail!("say `fixtures`, or `random N [SEED]`"),
    };
    for wrong in verdict.wrong.iter().take(20) {
        println!("{}", wrong.chars().take(700).collect::<String>());
    }
    println!(
        "{what}: {} types, {} values with {} members compared, {} written back, {} read by reader.py, \
         {} wrong, {:.0} s",
        verdict.types,
        verdict.values,
        verdict.members,
        verdict.encoded,
        verdict.read,
        verdict.wrong.len(),
        start.elapsed().as_secs_f64(),
    );
    Ok(verdict.wrong.is_empty() && verdict.values > 0)
}

/// A part of the work that does not depend on the other parts.
type Job = Box<dyn Fn() -> Result<Verdict> + Send + Sync>;

/// Runs all parts of the work, in one thread for each processor.
fn at_once(jobs: Vec<Job>) -> Verdict {
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Verdict::default()));
    let workers = std::thread::available_parallelism().map_or(2, |n| n.get());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = job().unwrap_or_else(|error| Verdict {
                        wrong: vec![format!("{error:#}")],
                        ..Verdict::default()
                    });
                    if let Ok(mut all) = all.lock() {
                        all.add(verdict);
                    }
                }
            });
        }
    });
    all.into_inner().unwrap_or_default()
}
