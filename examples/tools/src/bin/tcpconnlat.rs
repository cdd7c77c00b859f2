//! Prints how long TCP connections take to be established.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/tcpconnlat.wit"), generate_all });

use std::net::Ipv4Addr;

use tools::tcpconnlat::programs::{self, Program};
use tools::tcpconnlat::{events, object};

fn main() -> Result<(), object::Error> {
    object::load()?;
    for program in [Program::Answer, Program::Begin] {
        programs::attach(program)?;
    }
    println!("{:<8} {:<16} {:<22} MS", "PID", "COMM", "REMOTE");
    loop {
        for event in events::poll(None)? {
            let address = <[u8; 4]>::try_from(&event.remote[..]).unwrap_or_default();
            let remote = format!("{}:{}", Ipv4Addr::from(address), event.remote_port);
            let milliseconds = event.latency_us as f64 / 1000.0;
            println!(
                "{:<8} {:<16} {remote:<22} {milliseconds:.3}",
                event.pid, event.comm
            );
        }
    }
}
