//! All tests that need the library are modules of this one program, since each further program would have to link the
//! library and the tools for WebAssembly again. This command runs the tests of one file:
//!
//!     cargo test --test suite decode::

mod arms;
mod bounds;
mod breaking;
mod cli;
mod codec;
mod decode;
mod diff;
mod enums;
mod fixtures;
mod functions;
mod generate;
mod handmade;
mod inputs;
mod kernels;
mod labels;
mod layout;
mod limits;
mod malformed;
mod maps;
mod memory;
mod mutations;
mod output;
mod patterns;
mod portable;
mod reader;
mod records;
mod relocate;
mod skeleton;
mod stability;
mod support;
mod unsound;
mod warnings;
