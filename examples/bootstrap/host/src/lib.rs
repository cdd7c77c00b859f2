//! Runs guests that drive BPF, and guests that receive events, for any object. Reads the types of the
//! object when it starts.

pub mod console;
pub mod drive;
mod elements;
pub mod guest;
pub mod left;
pub mod live;
mod object;
pub mod push;
mod recorded;
pub mod shape;
pub mod source;
pub mod stop;
