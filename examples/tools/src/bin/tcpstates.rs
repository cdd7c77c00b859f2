//! Prints the states of TCP connections.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/tcpstates.wit"), generate_all });

use std::net::Ipv4Addr;

use tools::tcpstates::programs::{self, Program};
use tools::tcpstates::types::State;
use tools::tcpstates::{events, object};

fn main() -> Result<(), object::Error> {
    object::load()?;
    programs::attach(Program::SetState)?;
    println!(
        "{:<8} {:<22} {:<22} {:<12} -> {:<12} MS",
        "PID", "LOCAL", "REMOTE", "FROM", "TO"
    );
    loop {
        for event in events::poll(None)? {
            let local = end(&event.local, event.local_port);
            let remote = end(&event.remote, event.remote_port);
            println!(
                "{:<8} {local:<22} {remote:<22} {:<12} -> {:<12} {:.3}",
                event.pid,
                name(event.from),
                name(event.to),
                event.duration_us as f64 / 1000.0
            );
        }
    }
}

fn end(address: &[u8], port: u16) -> String {
    let address = <[u8; 4]>::try_from(address).unwrap_or_default();
    format!("{}:{port}", Ipv4Addr::from(address))
}

fn name(state: State) -> String {
    format!("{state:?}").replace("State::", "").to_uppercase()
}
