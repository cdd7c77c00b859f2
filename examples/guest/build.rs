//! Makes the package `bpf:event` from the types of a BPF object, in `$OUT_DIR/wit`.

fn main() -> Result<(), btf2wit::Error> {
    let report = btf2wit::Config::new()
        .input("../../testdata/obj/event.bpfel.o")
        .package("bpf:event")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .generate()?;
    for entry in report.of(btf2wit::Fate::LeftOut) {
        println!("cargo:warning={entry}");
    }
    Ok(())
}
