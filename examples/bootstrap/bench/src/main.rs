//! `bootstrap-bench COUNTER`: how many events a second go from the kernel's ring buffer to a guest, in
//! three ways side by side, and how many are lost.
//!
//! Each way is measured twice: with as many events as the kernel can write on another CPU, which shows
//! what the way can take, and with four fifths of that, at which nothing should be lost.

mod flood;
mod ways;

mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

use std::env;

use wasmtime::Result;
use wasmtime::error::Context;

use flood::{Flow, flood};
use ways::Way;

/// The BPF program, as build.rs compiled it.
const OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/bootstrap.bpf.o"));

fn main() -> Result<()> {
    let counter = env::args().nth(1).context("say: bootstrap-bench COUNTER")?;
    println!(
        "{:<44} {:>12} {:>12} {:>10}",
        "events a second", "written", "handled", "lost"
    );
    for mut way in ways::all(&counter)? {
        let most = flood(None, &mut way)?;
        report(&way, "as many as go", &most);
        let fewer = flood(Some(most.handled_per_second() * 4 / 5), &mut way)?;
        report(&way, "four fifths", &fewer);
    }
    Ok(())
}

fn report(way: &Way, what: &str, flow: &Flow) {
    println!(
        "{:<44} {:>12} {:>12} {:>10}",
        format!("{}, {what}", way.name),
        flow.written_per_second(),
        flow.handled_per_second(),
        flow.lost
    );
}
