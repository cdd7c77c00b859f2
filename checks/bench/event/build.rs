//! Generates the package `bpf:event` and its reader.

fn main() -> Result<(), btf2wit::Error> {
    btf2wit::Config::new()
        .input("../../../testdata/obj/event.bpfel.o")
        .package("bpf:event")
        .world("event")
        .types(["event"])
        .rust_reader("crate::bindings::bpf::event::types")
        .generate()?;
    Ok(())
}
