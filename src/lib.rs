//! Converts BTF, the type information of the Linux kernel and of BPF objects, to WIT, the
//! interface language of WebAssembly components.
//!
//! ```text
//! bytes ─ input ─ btf ─ names ─ select ─ lower ─ wit
//!         .BTF    types  C name  roots +  item +   text
//!         section valid  → WIT   closure  layout
//! ```
//!
//! [`Config`] says what to convert and how, [`Package`] is what was read, and writes itself as
//! text:
//!
//! ```
//! # fn main() -> Result<(), btf2wit::Error> {
//! # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
//! let package = btf2wit::Config::new().input(object).load()?;
//! let mut wit = Vec::new();
//! let summary = package.write_to(&mut wit)?;
//! assert!(summary.records > 0);
//! # Ok(())
//! # }
//! ```
//!
//! What is accepted is written as valid WIT; what is left out, widened or renamed is counted in
//! the [`Summary`] and listed in the [`Report`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod btf;
mod cdecl;
mod choices;
mod config;
pub mod diff;
mod error;
mod input;
pub mod layout;
mod lower;
mod names;
mod naming;
mod nearest;
mod options;
mod package;
mod report;
mod select;
mod shape;
mod shared;
mod source;
mod wit;

/// README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use btf::{Endian, Malformed, PointerOrigin, Rule, Warning};
pub use config::Config;
pub use error::{Error, UnknownType};
pub use names::{CName, Kind, NameKind};
pub use options::{Arrays, CharArrays, Docs, Enums, Functions, PointerSize, Unions};
pub use package::Package;
pub use report::{Entry, Fate, Reason, Report, Summary};
pub use source::{Base, BaseOrigin, Place, Source};
