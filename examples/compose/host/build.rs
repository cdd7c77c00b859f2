//! Makes the package `bpf:event`, which is equal to that of the guests. Also makes a file that calls wasmtime's macro
//! with the folder of the package, since the macro accepts only literals.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    btf2wit::Config::new()
        .input("../../../testdata/obj/event.bpfel.o")
        .package("bpf:event")
        .types(["event"])
        .char_arrays(btf2wit::CharArrays::String)
        .generate()?;

    let out_dir = env::var("OUT_DIR")?;
    let bindings = format!(
        "wasmtime::component::bindgen!({{
            path: [{:?}, \"../wit/filter\"],
            world: \"example:filter/app\",
        }});",
        Path::new(&out_dir).join("wit")
    );
    fs::write(Path::new(&out_dir).join("bindings.rs"), bindings)?;
    Ok(())
}
