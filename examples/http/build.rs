//! Generates the WIT of the types and of the codec's interface, and the codec itself.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out_dir = std::env::var("OUT_DIR")?;
    btf2wit::Config::new()
        .input("../../testdata/obj/event.bpfel.o")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .package("bpf:event")
        .codec(Path::new(&out_dir).join("codec.wasm"))
        .generate()?;
    Ok(())
}
