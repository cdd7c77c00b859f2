//! Holds benches/event.rs, and nothing of its own.
