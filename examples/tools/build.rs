//! Compiles each BPF program of the folder `bpf`, and writes the WIT of its skeleton to `$OUT_DIR/NAME.wit`.

use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = env::var("OUT_DIR")?;
    for source in fs::read_dir("bpf")? {
        let source = source?.path();
        let Some(name) = source.to_str().and_then(|path| path.strip_suffix(".bpf.c")) else {
            continue;
        };
        let name = Path::new(name).file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let mut config = btf2wit::Config::new();
        config
            .input(bpf_object::build(&source)?)
            .skeleton(true)
            .package(format!("tools:{name}"))
            .world(&name)
            .char_arrays(btf2wit::CharArrays::String);
        if fs::read_to_string(&source)?.contains("struct event {") {
            config.event("events=event");
        }
        config.load()?.write_file(format!("{out}/{name}.wit"))?;
    }
    Ok(())
}
