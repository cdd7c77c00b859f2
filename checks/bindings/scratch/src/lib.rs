//! A placeholder. In its copy of the crate, bindings-check writes the file anew.
