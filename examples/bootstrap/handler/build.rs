//! Compiles the BPF program, and makes of its event the package `bpf:bootstrap`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let object = bpf_object::build("../bootstrap.bpf.c")?;
    btf2wit::Config::new()
        .input(object)
        .package("bpf:bootstrap")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .generate()?;
    Ok(())
}
