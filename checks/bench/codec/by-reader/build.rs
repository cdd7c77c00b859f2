//! Generates the WIT of the types, and the reader.

fn main() -> Result<(), btf2wit::Error> {
    btf2wit::Config::new()
        .input("../../../../testdata/obj/event.bpfel.o")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .package("bpf:event")
        .rust_reader("crate::bpf::event::types")
        .generate()?;
    println!("cargo:rerun-if-changed=wit");
    Ok(())
}
