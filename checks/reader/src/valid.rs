//! Makes bytes that usually are valid values: random bytes or zeros, in which each enum has the number of a case, and
//! flags have only bits with labels. Uses only the layout, as a program in another language would.

use std::collections::HashMap;

use btf2wit::layout::{Base, Body, Field, Item, Type};
use btf2wit::{Endian, Package};

pub fn patterns(package: &Package, label: &str, size: usize) -> Vec<Vec<u8>> {
    let items = package
        .items()
        .map(|item| item.expect("build.rs has had it"));
    let items: HashMap<String, Item> = items.map(|item| (item.wit.clone(), item)).collect();
    let source = package.source();
    let endian = source.target.map_or(source.endian, |target| target.endian);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut patterns = Vec::new();
    for sort in 0..48 {
        let bytes = (0..size).map(|_| {
            if sort % 2 == 0 {
                random.next() as u8
            } else {
                0
            }
        });
        let mut filler = Filler {
            items: &items,
            big: endian == Endian::Big,
            bytes: bytes.collect(),
            random: &mut random,
        };
        filler.item(label.trim_start_matches('%'), 0, None);
        patterns.push(filler.bytes);
    }
    patterns
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 16
    }
}

struct Filler<'a> {
    items: &'a HashMap<String, Item>,
    big: bool,
    bytes: Vec<u8>,
    random: &'a mut Random,
}

impl Filler<'_> {
    /// Writes numbers for an item at the offset `at`. If the item is a bitfield, `bits` has its first bit and its
    /// width.
    fn item(&mut self, label: &str, at: u64, bits: Option<(u8, u8)>) {
        let Some(item) = self.items.get(label) else {
            return;
        };
        let width = 8 * item.size.min(8) as u8;
        let (first, width) = bits.unwrap_or((0, width));
        let mask = u64::MAX >> (64 - width.clamp(1, 64));
        match &item.body {
            Body::Record { fields } => fields.iter().for_each(|field| self.field(field, at)),
            // Arms overlap, so the numbers of the last arm remain.
            Body::Variant { arms } => arms.iter().for_each(|field| self.field(field, at)),
            Body::Enum { cases, .. } => {
                // A bitfield may be too narrow for the number of a case. Then the low bits of the number are used.
                let held: Vec<u64> = cases.iter().map(|case| case.value as u64 & mask).collect();
                let number = held[self.random.next() as usize % held.len()];
                self.put(at, first, width, number);
            }
            Body::Flags { cases, .. } => {
                let all = cases.iter().fold(0, |all, case| all | case.value as u64);
                let number = self.random.next() & all & mask;
                self.put(at, first, width, number);
            }
            Body::Alias { ty, .. } => self.ty(ty, at, None),
            _ => {}
        }
    }

    fn field(&mut self, field: &Field, at: u64) {
        if let Some(ty) = &field.ty {
            let bits = field.bits.map(|bits| (bits.first, bits.width));
            self.ty(ty, at + field.offset, bits);
        }
    }

    fn ty(&mut self, ty: &Type, at: u64, bits: Option<(u8, u8)>) {
        let Base::Item { item } = &ty.base else {
            return;
        };
        let size = self.items.get(item).map_or(0, |item| item.size);
        let mut count = 1;
        for length in &ty.lengths {
            let left = (self.bytes.len() as u64)
                .saturating_sub(at)
                .checked_div(size)
                .unwrap_or(0);
            count *= if *length == 0 {
                left
            } else {
                u64::from(*length)
            };
        }
        for index in 0..count.min(4096) {
            self.item(item, at + index * size, bits);
        }
    }

    fn put(&mut self, at: u64, first: u8, width: u8, number: u64) {
        for bit in 0..u64::from(width) {
            let value = number >> bit & 1;
            // `bit` counts from the least significant bit. In big-endian memory, that is the last bit of the number.
            let place = match self.big {
                true => u64::from(first) + u64::from(width) - 1 - bit,
                false => u64::from(first) + bit,
            };
            let shift = if self.big { 7 - place % 8 } else { place % 8 };
            if let Some(byte) = self.bytes.get_mut((at + place / 8) as usize) {
                *byte = *byte & !(1 << shift) | (value as u8) << shift;
            }
        }
    }
}
