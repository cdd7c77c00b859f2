//! Checks that a call of a codec reuses the memory of the previous call.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use btf2wit::{CharArrays, Config};
use wasmtime::Engine;
use wasmtime::component::Val;

use crate::codec::Codec;

/// The memory limit of the codec in bytes. A single call needs at most a fiftieth of it.
const MEMORY: usize = 1 << 20;

/// Reads and writes events many times, in a codec with little memory.
pub fn check(engine: &Engine, objects: &Path) -> Result<()> {
    let mut config = Config::new();
    config
        .input(objects.join("event.bpfel.o"))
        .package("test:codec")
        .char_arrays(CharArrays::String);
    let component = config.load()?.to_codec()?;
    let mut codec = Codec::within(engine, &component, "test:codec/codec", MEMORY)?;
    let mut function = |name| codec.function(name).context("there is no such function");
    let (all, write) = (function("read-events")?, function("write-event")?);
    let bytes = vec![b'a'; 168 * 64];
    let mut last = Val::Bool(false);
    for call in 0..200 {
        match codec.read(all, &bytes)? {
            Ok(Val::List(mut events)) => last = events.pop().context("there are events")?,
            other => bail!("call {call} returns {other:?}"),
        }
    }
    for call in 0..10_000 {
        let written = codec.call(write, last.clone())?;
        ensure!(written.is_ok(), "call {call} returns {written:?}");
    }
    Ok(())
}
