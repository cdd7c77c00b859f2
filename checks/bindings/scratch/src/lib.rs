//! A placeholder for the file that bindings-check writes into its copy of this crate.
