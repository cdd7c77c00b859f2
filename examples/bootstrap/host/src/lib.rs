//! Runs guests that drive BPF, and guests that are handed events. Knows none of the objects that they are
//! for: what it needs of an object's types is read when it starts.

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
