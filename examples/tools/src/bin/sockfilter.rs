//! Prints the IPv4 packets of all network interfaces.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/sockfilter.wit"), generate_all });

use std::net::Ipv4Addr;

use tools::sockfilter::programs::{self, Program};
use tools::sockfilter::{events, object};

fn main() -> Result<(), object::Error> {
    object::load()?;
    programs::attach(Program::Filter)?;
    println!(
        "{:<4} {:<22} {:<22} {:<8} BYTES",
        "IF", "SOURCE", "DESTINATION", "PROTOCOL"
    );
    loop {
        for event in events::poll(None)? {
            let source = end(&event.source, event.source_port);
            let destination = end(&event.destination, event.destination_port);
            let protocol = match event.protocol {
                1 => "ICMP".to_owned(),
                6 => "TCP".to_owned(),
                17 => "UDP".to_owned(),
                other => other.to_string(),
            };
            let (interface, size) = (event.interface, event.size);
            println!("{interface:<4} {source:<22} {destination:<22} {protocol:<8} {size}");
        }
    }
}

fn end(address: &[u8], port: u16) -> String {
    let address = <[u8; 4]>::try_from(address).unwrap_or_default();
    format!("{}:{port}", Ipv4Addr::from(address))
}
