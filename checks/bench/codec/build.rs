//! Generates the types and the reader of the host. Also generates a file that calls wasmtime's macro with the folder of
//! the types, since the macro accepts only literals.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    btf2wit::Config::new()
        .input("../../../testdata/obj/event.bpfel.o")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .package("bpf:event")
        .rust_reader("crate::ways::bpf::event::types")
        .generate()?;
    let out_dir = env::var("OUT_DIR")?;
    let bindings = format!(
        "wasmtime::component::bindgen!({{
            path: [{:?}, \"by-reader/wit\"],
            world: \"example:sum/by-reader\",
        }});",
        Path::new(&out_dir).join("wit")
    );
    fs::write(Path::new(&out_dir).join("bindings.rs"), bindings)?;
    println!("cargo:rerun-if-changed=by-reader/wit");
    Ok(())
}
