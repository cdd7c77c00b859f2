//! Prints the traffic that a network interface receives, by protocol. Arguments: the interface, the seconds between two
//! tables, and the number of tables.

wit_bindgen::generate!({ path: concat!(env!("OUT_DIR"), "/xdp.wit"), generate_all });

use std::time::Duration;

use tools::xdp::programs::{self, Program};
use tools::xdp::{object, traffic};

fn main() -> Result<(), object::Error> {
    let mut arguments = std::env::args().skip(1);
    let interface = arguments.next().unwrap_or_default();
    let mut numbers = arguments.map_while(|text| text.parse().ok());
    let seconds = numbers.next().unwrap_or(1);
    let rounds = numbers.next().unwrap_or(u64::MAX);
    object::load()?;
    programs::attach_to(Program::Count, &interface)?;
    for _ in 0..rounds {
        std::thread::sleep(Duration::from_secs(seconds));
        println!("{:<10} {:>10} {:>12}", "PROTOCOL", "PACKETS", "BYTES");
        for (protocol, of_cpus) in traffic::entries()? {
            let packets: u64 = of_cpus.iter().map(|traffic| traffic.packets).sum();
            let bytes: u64 = of_cpus.iter().map(|traffic| traffic.bytes).sum();
            if packets > 0 {
                println!("{:<10} {packets:>10} {bytes:>12}", name(protocol));
            }
        }
    }
    Ok(())
}

fn name(protocol: u32) -> String {
    match protocol {
        0 => "not IPv4".to_owned(),
        1 => "ICMP".to_owned(),
        6 => "TCP".to_owned(),
        17 => "UDP".to_owned(),
        other => other.to_string(),
    }
}
