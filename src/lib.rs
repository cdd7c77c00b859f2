//! Converts BTF, the type information of the Linux kernel and of BPF objects, to WIT, the
//! interface language of WebAssembly components.
//!
//! [BTF](https://docs.kernel.org/bpf/btf.html) has the C types that a kernel or a BPF program was
//! compiled with: structs, unions, enums, typedefs, functions, and where each member lies.
//! [WIT](https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md) has the types that
//! components exchange: records, variants, enums, flags. [`Config`] says what to convert and how,
//! [`Package`] is what was read and writes itself as text:
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
//!         .BTF    types  C name  roots +  item +   text
//!         section valid  → WIT   closure  layout
//! ```
//!
//! What is accepted is written as valid WIT; what is left out, widened or renamed is counted in
//! the [`Summary`] and listed in the [`Report`]. The README has the table of what becomes what.
//!
//! # Bytes
//!
//! What a BPF program hands over is laid out as C. [`Package::decoder`] reads it as the values that the
//! WIT describes:
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
//! This crate becomes a component that is called with the events of a BPF program, `probe.bpf.o`. To try it
//! without one, take `testdata/obj/event.bpfel.o` of the repository. `Cargo.toml`:
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
//! `build.rs` makes the package `bpf:event` of the object's types, in `$OUT_DIR/wit`:
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
//! The world is one's own. `wit/app.wit` uses the type:
//!
//! ```wit
//! package example:guest;
//!
//! /// What a guest is given, and gives.
//! world app {
//!     use bpf:event/types.{event};
//!
//!     /// An event as a line for people.
//!     export describe: func(event: event) -> string;
//! }
//! ```
//!
//! And `src/lib.rs` has both folders in `wit_bindgen::generate!`:
//!
//! ```text
//! wit_bindgen::generate!({
//!     // The generated package stands first, for the world uses it.
//!     path: [concat!(env!("OUT_DIR"), "/wit"), "wit"],
//!     // There are two packages, so that the world is named in full.
//!     world: "example:guest/app",
//!     // Modules for both.
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
//! `cargo check` compiles that on any machine. These make the component,
//! `target/wasm32-wasip2/debug/guest.wasm`:
//!
//! ```sh
//! rustup target add wasm32-wasip2
//! cargo build --target wasm32-wasip2
//! ```
//!
//! The repository has this crate in `examples/guest`. `examples/README.md` has the commands for machines
//! where rustup cannot add the target.
//!
//! To compile a type that no function of the world uses, say `generate_unused_types: true`. Several
//! packages go into a folder each, see [`Config::out_dir`].
//!
//! ## In a host
//!
//! Rust's standard library makes a component import WASI 0.2, so that its host links `wasmtime-wasi`.
//! `Cargo.toml`, in a folder beside the guest's:
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
//! `wasmtime::component::bindgen!` takes literal paths only, and `OUT_DIR` is not known beforehand.
//! `build.rs` therefore writes the call of the macro, with the path, into a file:
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
//! `src/main.rs` includes that file, and the generated reader, which turns bytes into what the guest takes
//! (see [`Config::rust_reader`]):
//!
//! ```text
//! use wasmtime::component::{Component, Linker, ResourceTable};
//! use wasmtime::{Engine, Result, Store, error::Context};
//! use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
//!
//! include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
//!
//! /// Reads the bytes of a BPF program as the types of the bindings.
//! mod reader {
//!     include!(concat!(env!("OUT_DIR"), "/wit/types.rs"));
//! }
//!
//! /// What the guest's imports act on. Rust's standard library imports WASI.
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
//! In the repository, `testdata/events.bin` has two recorded events:
//!
//! ```sh
//! cargo run -- ../guest/target/wasm32-wasip2/debug/guest.wasm events.bin
//! ```
//!
//! This is `examples/host` in the repository. The other way is to commit the WIT, as below: then the path
//! is a literal one.
//!
//! # Reproducible builds
//!
//! A build that reads `/sys/kernel/btf/vmlinux` depends on the kernel of the machine that builds: the
//! same commit gives other types on another machine, after an update, or none in a container. The
//! file's time changes with every boot, so that cargo runs the build script again. What lasts:
//!
//! - The types of a BPF object. It holds all that its programs use, and is made by the same build.
//! - The WIT, committed: `btf2wit vmlinux --type task_struct -o wit/deps/linux/types.wit`, and no build
//!   script at all. The text depends on nothing but the input, the options and the version of btf2wit,
//!   so that running the command again, then `git diff --exit-code`, shows what has changed.
//! - Small BTF, committed as the input. `bpftool gen min_core_btf /sys/kernel/btf/vmlinux small.btf
//!   probe.bpf.o` keeps the kernel types and members that a program's CO-RE relocations name, at the
//!   offsets that they have in that kernel, some hundred bytes. The whole BTF of a kernel has 1 to 2 MB
//!   when packed with xz; to read it so needs the feature `packed`.
//!
//! # Features
//!
//! | feature | what for |
//! |---|---|
//! | `cli`, by default | the command; the library needs none of it: `default-features = false` |
//! | `packed`, with `cli` | inputs that are packed with xz, zstd or gzip, as kernel modules are |
//! | `json`, with `cli` | items, layouts, reports and decoded values as JSON |
//! | `wave`, with `cli` | decoded values as WAVE |
//!
//! btf2wit links btf-rs, which is LGPL-2.1-or-later. In a build script it is part of no binary that is
//! shipped; who ships one that contains it must offer what that license asks for.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod btf;
mod c;
mod choices;
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
mod source;
#[cfg(feature = "stages")]
#[doc(hidden)]
pub mod stages;
mod wit;

/// README's examples compile.
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
pub use source::{Base, BaseOrigin, Place, Source};
