//! The texts of parameters and results: made for the first of a name and a type, and written again for the others,
//! which are three of four in a kernel.

use crate::btf::{Name, TypeId};
use crate::names::Key;

/// Of how many a text is kept, as a power of two; of a kernel's functions those of two thirds of the parameters that
/// occur again.
const BITS: u32 = 12;
/// When all of them are given up, in bytes.
const MOST: usize = 120 << 10;

/// The texts that were made last.
#[derive(Default)]
pub(super) struct Parts {
    text: String,
    /// At a place that name and type tell; the next that has the same takes it.
    known: Vec<Option<Part>>,
}

/// A parameter, or without a name a result: as C declares it, and as WIT does.
#[derive(Clone, Copy)]
pub(super) struct Part {
    name: Name,
    ty: TypeId,
    /// Where the first text begins, where the second does, and where it ends.
    start: u32,
    wit: u32,
    end: u32,
    /// That of its label.
    pub key: Key,
}

impl Part {
    /// Bytes.
    pub fn c_length(&self) -> usize {
        (self.wit - self.start) as usize
    }
}

impl Parts {
    /// To be called before each function: makes room where there is little. What was found before must not be used
    /// after it.
    pub fn begin(&mut self) {
        if self.text.len() > MOST || self.known.is_empty() {
            self.text.clear();
            self.known.clear();
            self.known.resize(1 << BITS, None);
        }
    }

    pub fn get(&self, name: Name, ty: TypeId) -> Option<Part> {
        self.known[place(name, ty)].filter(|part| (part.name, part.ty) == (name, ty))
    }

    /// Makes both texts: `make` appends them, and tells where the second begins, and the key.
    pub fn make(
        &mut self,
        name: Name,
        ty: TypeId,
        make: impl FnOnce(&mut String) -> Option<(usize, Key)>,
    ) -> Option<Part> {
        let start = self.text.len();
        let Some((wit, key)) = make(&mut self.text) else {
            self.text.truncate(start);
            return None;
        };
        let part = Part {
            name,
            ty,
            start: start as u32,
            wit: wit as u32,
            end: self.text.len() as u32,
            key,
        };
        self.known[place(name, ty)] = Some(part);
        Some(part)
    }

    /// The declaration in C; of a result what stands before the function's name.
    pub fn c(&self, part: &Part) -> &str {
        &self.text[part.start as usize..part.wit as usize]
    }

    /// Label and type in WIT; of a result the type behind its arrow.
    pub fn wit(&self, part: &Part) -> &str {
        &self.text[part.wit as usize..part.end as usize]
    }
}

/// Spreads what comes in rows, as ids and numbers of names do.
fn place(name: Name, ty: TypeId) -> usize {
    /// 2 to the power of 64 by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4).
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let both = (name.index() as u64) << 32 | u64::from(ty.0);
    (both.wrapping_mul(SPREAD) >> (u64::BITS - BITS)) as usize
}
