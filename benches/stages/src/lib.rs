//! Holds benches/stages.rs, and nothing of its own.
