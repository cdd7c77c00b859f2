//! Prints the rights of the process that runs it, as the kernel stores them.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), concat!(env!("OUT_DIR"), "/cred.wit"), "../wit"],
    world: "example:kernel-types/guest",
    // No function of the world uses the types of the kernel, so wit-bindgen would leave them out without this option.
    generate_unused_types: true,
    generate_all,
});

mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

use std::error::Error;

use example::cred::programs::{self, Program, RunInput};
use example::cred::{bytes, object};
use reader::cred;

fn main() -> Result<(), Box<dyn Error>> {
    let bytes = copy()?;
    if bytes.len() != cred::SIZE {
        let (running, built) = (bytes.len(), cred::SIZE);
        return Err(format!(
            "struct cred has {running} bytes in this kernel, and {built} in the one that this guest was built for"
        )
        .into());
    }
    let cred = cred::read(&bytes)?;
    println!("Uid: {}", cred.uid.val);
    println!("Gid: {}", cred.gid.val);
    println!("CapEff: {:016x}", cred.cap_effective.val);
    Ok(())
}

/// Runs the BPF program, which copies the struct. Returns the bytes of the copy.
fn copy() -> Result<Vec<u8>, object::Error> {
    object::load()?;
    let none = RunInput {
        data: Vec::new(),
        context: Vec::new(),
        repeat: 0,
    };
    programs::run(Program::CopyCred, &none)?;
    let mut records = bytes::poll_bytes(Some(0))?;
    Ok(records.pop().unwrap_or_default())
}
