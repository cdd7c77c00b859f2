//! Makes the package `bpf:event` from the types of a BPF object, in `$OUT_DIR/wit`. For the component in C, the script
//! `run` makes the same package with the command btf2wit.

fn main() -> Result<(), btf2wit::Error> {
    btf2wit::Config::new()
        .input("../../../testdata/obj/event.bpfel.o")
        .package("bpf:event")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .generate()?;
    Ok(())
}
