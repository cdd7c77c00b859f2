//! Makes the package `bpf:event` from the types of a BPF object, in `$OUT_DIR/wit`. The component in C gets the same
//! package from the command btf2wit, see `run`.

fn main() -> Result<(), btf2wit::Error> {
    btf2wit::Config::new()
        .input("../../../testdata/obj/event.bpfel.o")
        .package("bpf:event")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .generate()?;
    Ok(())
}
