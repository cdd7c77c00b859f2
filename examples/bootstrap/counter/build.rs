//! Compiles the BPF program, and makes of its types the package `bpf:bootstrap` and a reader.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let object = bpf_object::build("../bootstrap.bpf.c")?;
    btf2wit::Config::new()
        .input(object)
        .package("bpf:bootstrap")
        .types(["event", "settings", "name"])
        .char_arrays(btf2wit::CharArrays::String)
        .rust_reader("crate::bpf::bootstrap::types")
        .generate()?;
    Ok(())
}
