//! Checks the codec for a type of which the target lacks a part.

use anyhow::{Result, ensure};
use btf2wit::Config;
use wasmtime::Engine;

use crate::encode::{Encoder, Endian, SIGNED, member};
use crate::judge::{Verdict, judge};

/// Judges a codec for a target that lacks a member of an inner struct. The member reads as zero, but its enum has no
/// value 0, so reading fails. The codec must report the same offset as the decoder, which is that of the inner struct.
/// A test in `tests/portable.rs` has the decoder's message.
pub fn check(engine: &Engine) -> Result<Verdict> {
    let mut config = Config::new();
    config
        .input_bytes("local", outer(true).finish())
        .target_btf_bytes("target", outer(false).finish())
        .types(["outer"])
        .missing("zero")
        .package("test:codec");
    let verdict = judge(engine, &config.load()?, "a missing member", 1, 12)?;
    ensure!(
        verdict.read_refused > 0,
        "nothing of what is missing is refused"
    );
    Ok(verdict)
}

fn outer(whole: bool) -> Encoder {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("int", 4, SIGNED, 0, 32);
    let state = btf.enum_("state", 4, false, &[("ON", 1), ("OFF", 2)]);
    let lost = btf.struct_(
        "lost",
        8,
        &[member("a", int, 0), member("state", state, 32)],
    );
    let list = btf.array(lost, int, 2);
    let mut inner = vec![member("kept", int, 0), member("also", int, 32)];
    inner.extend(whole.then(|| member("lost", list, 64)));
    let inner = btf.struct_("inner", if whole { 24 } else { 8 }, &inner);
    let outer = [member("first", int, 0), member("in", inner, 32)];
    btf.struct_("outer", if whole { 28 } else { 12 }, &outer);
    btf
}
