//! Programs and maps in the kernel under given names, for tests that none stays behind.

use std::thread;
use std::time::{Duration, Instant};

use aya::maps::loaded_maps;
use aya::programs::loaded_programs;
use wasmtime::{Result, bail};

/// The kernel frees a program some time after its last descriptor is closed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until no program and no map has one of these names; an error that lists them where some stay.
pub fn none_of(names: &[String]) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let there = there(names);
        if there.is_empty() {
            return Ok(());
        } else if Instant::now() > end {
            bail!("in the kernel there still is {}", there.join(", "));
        }
        // The kernel reports a freed program to perf, but reports no freed map.
        thread::sleep(Duration::from_millis(20));
    }
}

fn there(names: &[String]) -> Vec<String> {
    // An entry may vanish during the iteration.
    let programs = loaded_programs().flatten();
    let programs = programs.filter_map(|program| program.name_as_str().map(str::to_owned));
    let maps = loaded_maps().flatten();
    let maps = maps.filter_map(|map| map.name_as_str().map(str::to_owned));
    programs
        .chain(maps)
        .filter(|name| names.contains(name))
        .collect()
}
