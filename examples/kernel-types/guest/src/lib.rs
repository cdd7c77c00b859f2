//! Prints the rights of the process that runs it, as the kernel stores them.

wit_bindgen::generate!({
    path: [concat!(env!("OUT_DIR"), "/wit"), "../../bootstrap/wit/bpf", "../wit"],
    world: "example:kernel-types/guest",
    // Only this crate uses the types.
    generate_unused_types: true,
    generate_all,
});

mod reader {
    include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
}

use example::bpf::console;
use example::bpf::objects::Object;
use reader::cred;

/// The BPF program, as build.rs compiled it.
const OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cred.bpf.o"));

struct KernelTypes;

export!(KernelTypes);

impl Guest for KernelTypes {
    fn run(_: Vec<String>) -> Result<(), String> {
        let bytes = copy().map_err(|error| error.message)?;
        if bytes.len() != cred::SIZE {
            let (running, built) = (bytes.len(), cred::SIZE);
            return Err(format!(
                "struct cred has {running} bytes in this kernel, and {built} in the one that this guest \
                 was built for"
            ));
        }
        let cred = cred::read(&bytes).map_err(|error| error.to_string())?;
        let (uid, gid) = (cred.uid.val, cred.gid.val);
        let capabilities = cred.cap_effective.val;
        console::print(format!("Uid: {uid}").as_bytes());
        console::print(format!("Gid: {gid}").as_bytes());
        console::print(format!("CapEff: {capabilities:016x}").as_bytes());
        Ok(())
    }
}

/// Returns the bytes of the struct, which the BPF program copies when it is run.
fn copy() -> Result<Vec<u8>, example::bpf::objects::Error> {
    let object = Object::open(OBJECT)?;
    object.load()?;
    object.run("copy_cred", &[])?;
    Ok(object.poll("bytes", 0)?.unwrap_or_default())
}
