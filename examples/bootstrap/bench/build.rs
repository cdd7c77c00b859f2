//! Compiles the BPF program, converts its types to the package `bpf:bootstrap` and a reader, and writes the call of
//! wasmtime's macro, which accepts only a literal path.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let object = bpf_object::build("../bootstrap.bpf.c")?;
    btf2wit::Config::new()
        .input(object)
        .package("bpf:bootstrap")
        .types(["event", "settings", "name"])
        .char_arrays(btf2wit::CharArrays::String)
        .rust_reader("crate::bpf::bootstrap::types")
        .generate()?;

    let out_dir = env::var("OUT_DIR")?;
    let bindings = format!(
        "wasmtime::component::bindgen!({{
            path: [{:?}, \"../wit/counter\"],
            world: \"example:counter/counter\",
        }});",
        Path::new(&out_dir).join("wit")
    );
    fs::write(Path::new(&out_dir).join("bindings.rs"), bindings)?;
    Ok(())
}
