//! Compiles the BPF program that this guest may load.

fn main() -> Result<(), String> {
    bpf_object::build("../bootstrap.bpf.c")?;
    Ok(())
}
