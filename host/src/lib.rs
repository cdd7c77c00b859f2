//! Runs WebAssembly components that use BPF objects: they load an object, attach its programs and use its maps.
//!
//! A guest imports the interfaces of the skeleton that `btf2wit skeleton` writes for an object. [`compose()`] generates
//! the adapter of this object and connects it to the guest. The resulting component still imports `btf2wit:bpf/object`
//! and usually interfaces of WASI 0.2. [`Host::run`] implements both, the former with libbpf and aya.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use btf2wit_host::{Adapter, Host, compose};
//!
//! let object = std::fs::read("probe.bpf.o")?;
//! let guest = std::fs::read("guest.wasm")?;
//! let component = compose(&guest, &Adapter::new("probe.bpf.o", &object))?;
//! let code = Host::new(object).run(&component, &["guest".to_owned()])?;
//! std::process::exit(code);
//! # }
//! ```

#![forbid(unsafe_code)]

mod attach;
mod bpf;
mod budget;
mod bundle;
mod by_aya;
mod cache;
mod compose;
mod console;
mod error;
mod guest;
mod map;
mod memory;
mod pump;
mod raw;
mod recorded;
mod records;
mod run;
mod stop;
mod target;

/// For `examples/loaders.rs`, which loads objects and attaches programs without a guest.
#[doc(hidden)]
pub use bpf::Bpf;
pub use bundle::{bundle, find as find_object};
pub use compose::{Adapter, compose};
pub use console::escape;
pub use guest::{Host, Limits};
pub use recorded::Recorded;
pub use stop::Stop;
