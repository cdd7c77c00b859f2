//! Measures how long a guest takes to get events and to sum one of their fields, in four ways: `codec-bench COMPOSED
//! READER EVENTS`.
//!
//! COMPOSED is the guest by-codec, composed with its codec. READER is the guest by-reader. EVENTS is a file of two
//! recorded events.

mod ways;

use std::time::Instant;

use anyhow::{Context, Result, ensure};

use ways::{EVENTS, Ways};

/// The number of measurements of each way.
const ROUNDS: usize = 300;
/// The number of batches in one measurement. It is small, so that other processes seldom interrupt a measurement.
const BATCHES: usize = 20;
/// The four ways: a name, a description for the table, and a goal. The first way is the codec. The goal for another way
/// is the least ratio of its time to the time of the codec. `None` if there is no goal.
const WAYS: [(&str, &str, Option<f64>); 4] = [
    ("codec", "the codec, composed with the guest", None),
    (
        "typed",
        "(a) the host's reader, and typed values",
        Some(1.3),
    ),
    ("dynamic", "(b) the host's decoder, and `Val`s", Some(3.0)),
    ("reader", "(c) the reader in the guest", None),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = || {
        arguments
            .next()
            .context("say: codec-bench COMPOSED READER EVENTS")
    };
    let (composed, reader, events) = (next()?, next()?, next()?);
    let recorded = std::fs::read(events)?;
    let size = recorded.len() / 2;
    let bytes: Vec<u8> = recorded
        .iter()
        .copied()
        .cycle()
        .take(EVENTS * size)
        .collect();
    let mut ways = Ways::new(composed.as_ref(), reader.as_ref(), bytes.leak())?;

    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        for ((name, ..), times) in WAYS.iter().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..BATCHES {
                let sum = ways.sum(name)?;
                ensure!(sum == ways.expected, "{name} sums {sum}");
            }
            times.push(start.elapsed().as_nanos() as f64 / (BATCHES * EVENTS) as f64);
        }
    }
    report(&mut times);
    Ok(())
}

/// Prints a table with the figures for BENCHMARKS.md.
fn report(times: &mut [Vec<f64>; 4]) {
    let figures = times.each_mut().map(|times| {
        times.sort_by(f64::total_cmp);
        [times[0], times[times.len() / 2]]
    });
    println!("| | ns an event, least, median | of the codec's | at least | |");
    println!("|---|---|---|---|---|");
    for ((_, what, goal), [least, median]) in WAYS.iter().zip(figures) {
        let [of_least, of_median] = [least / figures[0][0], median / figures[0][1]];
        // The shortest times are compared, since other processes disturb them less than the medians.
        let judged = match goal {
            Some(goal) if of_least >= *goal => format!("{goal} | met"),
            Some(goal) => format!("{goal} | **not met**"),
            None => " |".to_owned(),
        };
        println!("| {what} | {least:.0}, {median:.0} | {of_least:.2}, {of_median:.2} | {judged} |");
    }
}
