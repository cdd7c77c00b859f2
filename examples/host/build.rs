//! Makes the package `bpf:event` from the types of a BPF object, in `$OUT_DIR/wit`. Also makes a file that calls
//! wasmtime's macro with that folder, since the macro accepts only literals.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    btf2wit::Config::new()
        .input("../../testdata/obj/event.bpfel.o")
        .package("bpf:event")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .rust_reader("crate::bpf::event::types")
        .generate()?;

    let out_dir = env::var("OUT_DIR")?;
    let bindings = format!(
        "wasmtime::component::bindgen!({{
            path: [{:?}, \"../guest/wit\"],
            world: \"example:guest/app\",
        }});",
        Path::new(&out_dir).join("wit")
    );
    fs::write(Path::new(&out_dir).join("bindings.rs"), bindings)?;
    Ok(())
}
