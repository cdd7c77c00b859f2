//! A placeholder: bindings-check writes this file in its copy of the crate.
