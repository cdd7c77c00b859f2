//! Converts BTF, the type information of the Linux kernel and of BPF objects, to WIT, the
//! interface language of WebAssembly components.
//!
//! [BTF](https://docs.kernel.org/bpf/btf.html) describes the C types of a kernel or a BPF program: structs, unions,
//! enums, typedefs and functions, with the offset of each member.
//! [WIT](https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md) describes the types that
//! components exchange: records, variants, enums, flags. Configure a conversion with [`Config`], load the input as a
//! [`Package`], and write it as text:
//!
//! ```
//! # fn main() -> Result<(), btf2wit::Error> {
//! let package = btf2wit::Config::new().input("testdata/obj/event.bpfel.o").load()?;
//! let wit = package.to_wit()?;
//! assert!(wit.contains("record event {"));
//! # Ok(())
//! # }
//! ```
//!
//! ```text
//! bytes ─ input ─ btf ─ names ─ select ─ lower ─ wit
//!         .BTF    types  C name  which    item +   text
//!         section valid  → WIT   types    layout
//! ```
//!
//! The text is always valid WIT. The [`Summary`] counts the types, members and functions that are left out, renamed, or
//! widened, which means written with less information. The [`Report`] lists them. `docs/mapping.md` in the repository
//! has a table of the mapping.
//!
//! # Bytes
//!
//! BPF programs send C structs. A [decoder](Package::decoder) reads their bytes as the values that the WIT describes:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let package = btf2wit::Config::new().input("testdata/obj/event.bpfel.o").load()?;
//! let decoder = package.decoder("event")?;
//! # let bytes = [0; 168];
//! for event in decoder.records(&bytes) {
//!     let event = event?;
//!     println!("{:?} {:?}", event.get("pid"), event.get("comm"));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # In a build script
//!
//! This example is a component that receives the events of a BPF program, `probe.bpf.o`. To try the example without a
//! program of your own, use `testdata/obj/event.bpfel.o` from the repository. `Cargo.toml`:
//!
//! ```toml
//! [package]
//! name = "guest"
//! edition = "2024"
//!
//! [lib]
//! crate-type = ["cdylib"]
//!
//! [dependencies]
//! wit-bindgen = "0.63"
//!
//! [build-dependencies]
//! btf2wit = { path = "../btf2wit", default-features = false }
//! ```
//!
//! `build.rs` generates the package `bpf:event` from the object's type `event`, in `$OUT_DIR/wit`:
//!
//! ```no_run
//! fn main() -> Result<(), btf2wit::Error> {
//!     let report = btf2wit::Config::new()
//!         .input("probe.bpf.o")
//!         .package("bpf:event")
//!         .types(["event"])
//!         .char_arrays(btf2wit::CharArrays::String)
//!         .generate()?;
//!     for entry in report.of(btf2wit::Fate::LeftOut) {
//!         println!("cargo:warning={entry}");
//!     }
//!     Ok(())
//! }
//! ```
//!
//! You write the world yourself. `wit/app.wit` uses the generated type:
//!
//! ```wit
//! package example:guest;
//!
//! /// A guest uses the generated type and exports a function.
//! world app {
//!     use bpf:event/types.{event};
//!
//!     /// Returns one line of text that describes an event.
//!     export describe: func(event: event) -> string;
//! }
//! ```
//!
//! `src/lib.rs` passes both folders to `wit_bindgen::generate!`:
//!
//! ```text
//! wit_bindgen::generate!({
//!     // The generated package comes first, since the world uses it.
//!     path: [concat!(env!("OUT_DIR"), "/wit"), "wit"],
//!     // There are two packages, so the name of the world includes that of its package.
//!     world: "example:guest/app",
//!     // This generates modules for the types of both packages.
//!     generate_all,
//! });
//!
//! struct App;
//!
//! export!(App);
//!
//! impl Guest for App {
//!     fn describe(event: Event) -> String {
//!         let Event { pid, comm, .. } = &event;
//!         if !event.exit_event {
//!             return format!("{comm} ({pid}) runs {}", event.filename);
//!         }
//!         let milliseconds = event.duration_ns / 1_000_000;
//!         let code = event.exit_code;
//!         format!("{comm} ({pid}) ended with {code} after {milliseconds} ms")
//!     }
//! }
//! ```
//!
//! `cargo check` compiles this crate on any machine. The following commands build the component,
//! `target/wasm32-wasip2/debug/guest.wasm`:
//!
//! ```sh
//! rustup target add wasm32-wasip2
//! cargo build --target wasm32-wasip2
//! ```
//!
//! The repository has this crate in `examples/guest`. `examples/README.md` has commands for machines on which rustup
//! cannot add the target.
//!
//! If you need types that no function of the world uses, add `generate_unused_types: true` to the macro. To generate
//! several packages, give each its own folder: see [`Config::out_dir`].
//!
//! ## In a host
//!
//! Components that use Rust's standard library import WASI 0.2, so the host depends on `wasmtime-wasi`. `Cargo.toml`,
//! in a folder beside that of the guest:
//!
//! ```toml
//! [package]
//! name = "host"
//! edition = "2024"
//!
//! [dependencies]
//! wasmtime = { version = "48", default-features = false, features = ["component-model", "cranelift"] }
//! wasmtime-wasi = { version = "48", default-features = false, features = ["p2"] }
//!
//! [build-dependencies]
//! btf2wit = { path = "../btf2wit", default-features = false }
//! ```
//!
//! `wasmtime::component::bindgen!` accepts only literal paths, and `OUT_DIR` is not known in advance. Therefore
//! `build.rs` writes the macro call, with the path, to a file:
//!
//! ```no_run
//! use std::path::Path;
//! use std::{env, fs};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     btf2wit::Config::new()
//!         .input("probe.bpf.o")
//!         .package("bpf:event")
//!         .types(["event"])
//!         .char_arrays(btf2wit::CharArrays::String)
//!         .rust_reader("crate::bpf::event::types")
//!         .generate()?;
//!
//!     let out_dir = env::var("OUT_DIR")?;
//!     let bindings = format!(
//!         "wasmtime::component::bindgen!({{
//!             path: [{:?}, \"../guest/wit\"],
//!             world: \"example:guest/app\",
//!         }});",
//!         Path::new(&out_dir).join("wit")
//!     );
//!     fs::write(Path::new(&out_dir).join("bindings.rs"), bindings)?;
//!     Ok(())
//! }
//! ```
//!
//! `src/main.rs` includes that file and the generated reader. The reader converts bytes to the types that the guest
//! accepts (see [`Config::rust_reader`]):
//!
//! ```text
//! use wasmtime::component::{Component, Linker, ResourceTable};
//! use wasmtime::{Engine, Result, Store, error::Context};
//! use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
//!
//! include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
//!
//! /// The generated reader: it reads the bytes of a BPF program as the types of the bindings.
//! mod reader {
//!     include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
//! }
//!
//! /// The state that the guest's imports use. Rust's standard library imports WASI.
//! struct Host {
//!     wasi: WasiCtx,
//!     table: ResourceTable,
//! }
//!
//! impl WasiView for Host {
//!     fn ctx(&mut self) -> WasiCtxView<'_> {
//!         WasiCtxView {
//!             ctx: &mut self.wasi,
//!             table: &mut self.table,
//!         }
//!     }
//! }
//!
//! fn main() -> Result<()> {
//!     let mut arguments = std::env::args_os().skip(1);
//!     let (component, events) = arguments
//!         .next()
//!         .zip(arguments.next())
//!         .context("say: host COMPONENT EVENTS")?;
//!     let engine = Engine::default();
//!     let component = Component::from_file(&engine, component)?;
//!     let mut linker = Linker::new(&engine);
//!     wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
//!     let host = Host {
//!         // The guest may print. It gets no files, network, arguments or environment.
//!         wasi: WasiCtx::builder().inherit_stdout().inherit_stderr().build(),
//!         table: ResourceTable::new(),
//!     };
//!     let mut store = Store::new(&engine, host);
//!     let app = App::instantiate(&mut store, &component, &linker)?;
//!     for event in reader::event::records(&std::fs::read(events)?) {
//!         println!("{}", app.call_describe(&mut store, &event?)?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! `testdata/events.bin` in the repository contains two recorded events:
//!
//! ```sh
//! cargo run -- ../guest/target/wasm32-wasip2/debug/guest.wasm events.bin
//! ```
//!
//! The repository has this crate in `examples/host`. Alternatively, commit the WIT as described below. Then the path
//! can be a literal.
//!
//! # Reproducible builds
//!
//! A build that reads `/sys/kernel/btf/vmlinux` depends on the kernel of the build machine. On another machine or after
//! an update, the same commit gives different types. In a container without the file, the build fails. The file's
//! modification time changes with every boot, so cargo runs the build script again. These inputs are reproducible:
//!
//! - A BPF object. It contains all types that its programs use, and depends only on its source and its compiler.
//! - Committed WIT, without a build script: `btf2wit vmlinux --type task_struct -o wit/deps/linux/types.wit`. The text
//!   depends only on the input, the options and the version of btf2wit. To see what changed, run the command again and
//!   then `git diff --exit-code`.
//! - Committed BTF. `bpftool gen min_core_btf /sys/kernel/btf/vmlinux small.btf probe.bpf.o` keeps only the kernel
//!   types and members that a program's CO-RE relocations refer to, at their offsets in that kernel. The file has a few
//!   hundred bytes. The whole BTF of a kernel has 1 to 2 MB if packed with xz. Reading a packed file needs the feature
//!   `packed`.
//!
//! # Features
//!
//! | feature | purpose |
//! |---|---|
//! | `cli` (default) | the command; libraries use `default-features = false` |
//! | `codec` (part of `cli`) | codecs and adapters: components that read and write the bytes |
//! | `packed` (part of `cli`) | inputs packed with xz, zstd, gzip, bzip2, lzma or lz4, and packed boot images |
//! | `json` (part of `cli`) | items, layouts, reports and decoded values as JSON |
//! | `wave` (part of `cli`) | decoded values as WAVE |
//!
//! btf2wit links btf-rs, which is LGPL-2.1-or-later. A build script is not part of the shipped binary. Whoever ships a
//! binary that contains btf2wit must comply with that license.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod btf;
mod c;
mod choices;
#[cfg(feature = "codec")]
mod codec;
mod config;
pub mod decode;
pub mod diff;
mod error;
mod escape;
mod file;
mod generate;
mod input;
pub mod layout;
mod lower;
mod maps;
mod names;
mod naming;
mod nearest;
mod options;
mod package;
mod patterns;
mod plan;
mod reader;
mod report;
mod select;
mod skeleton;
mod source;
#[cfg(feature = "stages")]
#[doc(hidden)]
pub mod stages;
mod wit;

/// Makes `cargo test --doc` compile the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use btf::{Endian, Malformed, PointerOrigin, Rule, Warning};
pub use config::Config;
pub use error::{Error, UnknownType};
pub use layout::reason::Reason;
pub use names::{CName, Kind, NameKind};
pub use options::{Arrays, CharArrays, Docs, Enums, Functions, PointerSize, Unions};
pub use package::Package;
pub use report::{Entry, Fate, Report, Summary};
pub use source::{Base, BaseOrigin, Place, Source, Target};
