//! Prints how long threads wait for a processor, as a histogram. Arguments: the seconds between two histograms, and the
//! number of histograms.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/runqlat.wit"), generate_all });

use std::time::Duration;

use tools::runqlat::programs::{self, Program};
use tools::runqlat::{globals, object};

/// The length of the longest bar in characters.
const WIDTH: u64 = 40;

fn main() -> Result<(), object::Error> {
    let mut numbers = std::env::args().skip(1).map_while(|text| text.parse().ok());
    let seconds = numbers.next().unwrap_or(1);
    let rounds = numbers.next().unwrap_or(u64::MAX);
    object::load()?;
    for program in [Program::Wakeup, Program::WakeupNew, Program::Change] {
        programs::attach(program)?;
    }
    for _ in 0..rounds {
        std::thread::sleep(Duration::from_secs(seconds));
        print(&globals::get_slots()?);
        globals::set_slots(&[0; 26])?;
    }
    Ok(())
}

/// Prints a histogram. Each slot counts the waits from one power of two microseconds to the next.
fn print(slots: &[u64]) {
    let most = slots.iter().max().copied().unwrap_or(0).max(1);
    let used = slots.iter().rposition(|count| *count > 0);
    println!("{:>20} : {:<8} distribution", "usecs", "count");
    for (slot, count) in slots
        .iter()
        .enumerate()
        .take(used.map_or(0, |last| last + 1))
    {
        let from = if slot == 0 { 0 } else { 1_u64 << slot };
        let to = (2_u64 << slot) - 1;
        let bar = "*".repeat((count * WIDTH / most) as usize);
        println!("{from:>8} -> {to:<8} : {count:<8} |{bar:<40}|");
    }
}
