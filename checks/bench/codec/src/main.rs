//! Times how a guest that sums a field gets events, each way in turn: `codec-bench COMPOSED READER EVENTS`.
//!
//! COMPOSED is the guest by-codec with its codec, READER is the guest by-reader, EVENTS are recorded events.

mod ways;

use std::time::Instant;

use anyhow::{Context, Result, ensure};

use ways::{EVENTS, Ways};

/// How often each way is measured.
const ROUNDS: usize = 300;
/// Batches of one measurement, so few that another process seldom interrupts it.
const BATCHES: usize = 20;
/// How many times the rate of the typed values, and of the values without types, the codec should have.
const TARGETS: [f64; 2] = [1.3, 3.0];

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

    let names = ["codec", "typed", "dynamic", "reader"];
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        for (name, times) in names.iter().zip(&mut times) {
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

/// Prints a row of BENCHMARKS.md for each way. The first is the codec.
fn report(times: &mut [Vec<f64>; 4]) {
    let figures = times.each_mut().map(|times| {
        times.sort_by(f64::total_cmp);
        [times[0], times[times.len() / 2]]
    });
    let what = [
        "the codec, composed with the guest",
        "(a) the host's reader, and typed values",
        "(b) the host's decoder, and `Val`s",
        "(c) the reader in the guest",
    ];
    println!("| | ns an event, least | median | times the codec's, least | median | at least |  |");
    println!("|---|---|---|---|---|---|---|");
    let targets = [None, Some(TARGETS[0]), Some(TARGETS[1]), None];
    for ((what, [least, median]), target) in what.iter().zip(figures).zip(targets) {
        let [of_least, of_median] = [least / figures[0][0], median / figures[0][1]];
        let judged = target.map_or(" | ".to_owned(), |target| {
            let met = of_least.min(of_median) >= target;
            format!("{target} | {}", if met { "met" } else { "**not met**" })
        });
        println!(
            "| {what} | {least:.0} | {median:.0} | {of_least:.2} | {of_median:.2} | {judged} |"
        );
    }
}
