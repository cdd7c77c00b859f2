//! Holds checks/bench/stages.rs, and nothing of its own.
