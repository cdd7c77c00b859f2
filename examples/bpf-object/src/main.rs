//! Compiles a BPF program: `bpf-object SOURCE OBJECT`. The path SOURCE must name a folder, as `./a.c` does. The path
//! OBJECT must be absolute.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let files: Vec<_> = env::args_os().skip(1).collect();
    let done = match &files[..] {
        [source, object] => bpf_object::compile(source.as_ref(), object.as_ref()),
        _ => Err("say: bpf-object SOURCE OBJECT".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
