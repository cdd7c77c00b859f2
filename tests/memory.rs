//! Memory: at most 64 MB over the size of the input, which the command is run under a limit to show.
#![cfg(target_os = "linux")]

mod support;

use std::process::Command;

use support::encode::{Encoder, Endian, UNSIGNED, member};

/// Runs the command with so many bytes of address space over the input's own, mapped once and read
/// once; the program and its libraries are in that, too.
fn converts_within(name: &str, btf: &[u8], over: u64) {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join(name);
    std::fs::write(&path, btf).expect("there is room");
    let limit = (2 * btf.len() as u64 + over) / 1024;
    let command = format!(
        "ulimit -v {limit} && exec {} -q --functions all {} -o /dev/null",
        env!("CARGO_BIN_EXE_btf2wit"),
        path.display()
    );
    let output = Command::new("sh")
        .args(["-c", &command])
        .output()
        .expect("there is a shell");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {message}");
}

#[test]
fn a_kernel_is_converted_in_little_memory() {
    converts_within("vmlinux", support::kernel(), 64 << 20);
}

/// Many types of one name, and as many members as a type can have.
#[test]
fn rivals_take_little_memory() {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    for _ in 0..60_000 {
        btf.struct_("same", 4, &[member("value", int, 0)]);
    }
    let same: Vec<_> = (0..60_000).map(|i| member("same", int, i * 32)).collect();
    btf.struct_("clones", 240_000, &same);
    converts_within("rivals", &btf.finish(), 64 << 20);
}
