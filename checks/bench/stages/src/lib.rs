//! An empty library: cargo needs one beside the benchmark.
