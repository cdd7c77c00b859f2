//! An empty library. Cargo needs one for a package that has only benchmarks.
