//! Mutates raw BTF. Most of the BTF stays sound, so that faults get past the first checks and reach later code.
//!
//! The BTF is taken apart into types and strings, some words are changed according to their meaning, and the parts are
//! put together again. Sometimes, arbitrary bytes are changed as well. If the input is not BTF, only arbitrary bytes
//! are changed. The result depends only on the input, the sizes of its base and the seed.

use super::encode::{
    ARRAY, CONST, DATASEC, DECL_TAG, ENUM, ENUM64, FLOAT, FUNC, FUNC_PROTO, FWD, INT, PTR,
    RESTRICT, STRUCT, TYPE_TAG, TYPEDEF, UNION, VAR, VOLATILE,
};

/// The sizes of a base. The ids and name offsets of split BTF continue those of its base.
#[derive(Clone, Copy, Debug, Default)]
pub struct BaseExtent {
    /// The number of types in the base, without `void`.
    pub types: u32,
    /// The number of bytes in the base's string section.
    pub strings: u32,
}

impl BaseExtent {
    /// Returns the sizes of BTF that is used as a base. They are 0 if the input is not BTF.
    pub fn of(btf: &[u8]) -> BaseExtent {
        Parts::of(btf).map_or(BaseExtent::default(), |parts| BaseExtent {
            types: parts.types.len() as u32,
            strings: parts.strings.len() as u32,
        })
    }
}

/// A pseudo-random generator (xorshift64*).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        // The state must not be 0, since xorshift would stay there.
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn word(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }

    /// Returns a number below `end`, or 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.word() as usize % end.max(1)
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Returns the BTF with one to four changes of types. Sometimes, arbitrary bytes are changed as well.
pub fn mutate(btf: &[u8], base: BaseExtent, random: &mut Random) -> Vec<u8> {
    let Some(mut parts) = Parts::of(btf) else {
        return bytes(btf.to_vec(), random);
    };
    for _ in 0..1 + random.below(4) {
        parts.change(base, random);
    }
    let btf = parts.write();
    if random.one_in(12) {
        bytes(btf, random)
    } else {
        btf
    }
}

/// Changes sizes, offsets, widths, lengths and kind flags in some types. All other types stay readable. Returns `None`
/// if the BTF cannot be taken apart or has no types.
pub fn mutate_layout(btf: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut parts = Parts::of(btf).filter(|parts| !parts.types.is_empty())?;
    for _ in 0..1 + random.below(6) {
        let at = random.below(parts.types.len());
        parts.change_layout(at, random);
    }
    Some(parts.write())
}

/// Changes, appends or cuts off arbitrary bytes.
fn bytes(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..1 + random.below(3) {
        let len = bytes.len();
        match random.below(6) {
            0 => bytes.truncate(random.below(len)),
            1 => bytes.push(random.word() as u8),
            // This changes the header.
            2 if len > 0 => bytes[random.below(len.min(24))] = random.word() as u8,
            3 if len > 0 => bytes[random.below(len)] ^= 1 << random.below(8),
            // This usually changes the strings, which are at the end.
            4 if len > 0 => bytes[len - 1 - random.below(len / 4)] = random.word() as u8,
            _ if len > 0 => bytes[random.below(len)] = random.word() as u8,
            _ => {}
        }
    }
    bytes
}

/// Names that collide with each other, have a special meaning in C, in WIT or in a tool, or need escaping.
const NAMES: &[&str] = &[
    "a",
    "A",
    "_",
    "__",
    "a_",
    "_a",
    "a1",
    "1",
    "1a",
    "a-b",
    "a__b",
    "aB",
    "struct",
    "type",
    "record",
    "list",
    "list_u8",
    "result",
    "u8",
    "f32",
    "string",
    "world",
    "types",
    "self",
    "new",
    "free",
    "a.b",
    "a b",
    "a\nb",
    "*/",
    "`",
    "{",
    "é",
    "日本",
    "arg0",
    "a_type",
    "foo_t",
    "foo_free",
    "unnamed",
    "value",
    "int",
    "long",
    "unsigned char",
    "_Bool",
    "bool",
    "char",
    "...",
    "\u{202e}",
];

/// Numbers at the boundaries of what is allowed for sizes, offsets and the values of enumerators.
const EDGES: &[u32] = &[
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    9,
    12,
    15,
    16,
    17,
    24,
    31,
    32,
    33,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    999,
    1000,
    1001,
    4096,
    0xffff,
    0x1_0000,
    0xff_ffff,
    0x100_0000,
    0x1fff_ffff,
    0x2000_0000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fffe,
    0xffff_ffff,
];

/// The kinds, except for FUNC, that have no words after the first three and refer to one other type.
const WRAPPERS: &[u32] = &[PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG];

/// Raw BTF that was taken apart. A type has three words, and then a tail that depends on its kind.
struct Parts {
    big: bool,
    types: Vec<Vec<u32>>,
    strings: Vec<u8>,
}

impl Parts {
    fn of(btf: &[u8]) -> Option<Parts> {
        let big = match btf {
            [0x9f, 0xeb, ..] => false,
            [0xeb, 0x9f, ..] => true,
            _ => return None,
        };
        let word = |at: usize| {
            let word: [u8; 4] = btf.get(at..at.checked_add(4)?)?.try_into().ok()?;
            Some(if big {
                u32::from_be_bytes(word)
            } else {
                u32::from_le_bytes(word)
            })
        };
        let section = |at: usize| {
            let start = (word(4)? as usize).checked_add(word(at)? as usize)?;
            let end = start.checked_add(word(at + 4)? as usize)?;
            (end <= btf.len()).then_some((start, end))
        };
        let (mut at, end) = section(8)?;
        let (start, strings_end) = section(16)?;
        let mut types = Vec::new();
        while at < end {
            let words = 3 + tail_len(word(at + 4)?);
            types.push(
                (0..words)
                    .map(|i| word(at + 4 * i))
                    .collect::<Option<Vec<u32>>>()?,
            );
            at += 4 * words;
        }
        Some(Parts {
            big,
            types,
            strings: btf[start..strings_end].to_vec(),
        })
    }

    fn write(&self) -> Vec<u8> {
        let types: Vec<u32> = self.types.concat();
        let len = 4 * types.len() as u32;
        let header = [24, 0, len, len, self.strings.len() as u32];
        let mut bytes = if self.big {
            vec![0xeb, 0x9f, 1, 0]
        } else {
            vec![0x9f, 0xeb, 1, 0]
        };
        for word in header.into_iter().chain(types) {
            bytes.extend(if self.big {
                word.to_be_bytes()
            } else {
                word.to_le_bytes()
            });
        }
        bytes.extend_from_slice(&self.strings);
        bytes
    }

    fn change(&mut self, base: BaseExtent, random: &mut Random) {
        let Some(last) = self.types.len().checked_sub(1) else {
            return self.add(base, random);
        };
        let at = random.below(last + 1);
        match random.below(24) {
            0..=3 => self.refer(at, base, random),
            4..=6 => self.rename(at, base, random),
            7..=8 => self.resize(at, random),
            9..=11 => self.edit_tail(at, random),
            12..=13 => self.edit_entries(at, random),
            14 => self.change_kind(at, random),
            15 => self.types[at][1] ^= 1 << 31,
            16 => self.types.swap(at, random.below(last + 1)),
            17 => self.types.push(self.types[at].clone()),
            18 => self.delete(at, base, random),
            19..=22 => {
                self.add(base, random);
                let id = base.types + self.types.len() as u32;
                self.refer_to(at, id, random);
            }
            _ => {
                let ty = &mut self.types[at];
                let word = random.below(ty.len());
                ty[word] = match random.below(3) {
                    0 => random.word(),
                    1 => ty[word] ^ 1 << random.below(32),
                    _ => random.of(EDGES),
                };
            }
        }
    }

    fn change_layout(&mut self, at: usize, random: &mut Random) {
        let ty = &mut self.types[at];
        let entries = (ty[1] & 0xffff) as usize;
        let number = match random.below(3) {
            0 => random.word(),
            1 => random.below(200) as u32,
            _ => random.of(EDGES),
        };
        match ty[1] >> 24 & 0x1f {
            // The upper byte is the encoding, which is kept.
            INT if random.one_in(2) => ty[3] = ty[3] & 0xff00_0000 | number & 0x00ff_ffff,
            STRUCT | UNION if entries > 0 && !random.one_in(4) => {
                ty[3 + 3 * random.below(entries) + 2] = number;
            }
            STRUCT | UNION if random.one_in(4) => ty[1] ^= 1 << 31,
            INT | STRUCT | UNION | ENUM | ENUM64 | FLOAT => ty[2] = number,
            ARRAY => ty[5] = number,
            _ => {}
        }
    }

    /// Returns a type id. It is rarely out of range.
    fn id(&self, base: BaseExtent, random: &mut Random) -> u32 {
        let all = base.types as usize + self.types.len();
        match random.below(40) {
            0 => (all + 1 + random.below(3)) as u32,
            1 => random.word(),
            2 => 0,
            // Types of the BTF itself are preferred, since the base of split BTF has more types.
            3..=20 => base.types + 1 + random.below(self.types.len()) as u32,
            _ => random.below(all + 1) as u32,
        }
    }

    /// Returns the offset of a name. It is usually the start of a whole name.
    fn name(&mut self, base: BaseExtent, random: &mut Random) -> u32 {
        let own = self.strings.len();
        let offset = match random.below(20) {
            0 => return random.below(base.strings as usize + own + 1) as u32,
            1 => return random.word(),
            2 | 3 => return 0,
            4..=10 => {
                let name = random.of(NAMES);
                self.strings.extend_from_slice(name.as_bytes());
                self.strings.push(0);
                own
            }
            _ => {
                let some = random.below(own);
                let before = self.strings[..some].iter().rposition(|byte| *byte == 0);
                before.map_or(0, |nul| nul + 1)
            }
        };
        base.strings + offset as u32
    }

    fn refer(&mut self, at: usize, base: BaseExtent, random: &mut Random) {
        let id = self.id(base, random);
        self.refer_to(at, id, random);
    }

    /// Makes one reference of a type refer to `id`, if the type has any.
    fn refer_to(&mut self, at: usize, id: u32, random: &mut Random) {
        let ty = &mut self.types[at];
        let places = references(ty);
        if !places.is_empty() {
            ty[random.of(&places)] = id;
            // Makes room in the struct or union for the new type of the member.
            if let STRUCT | UNION = kind(ty)
                && random.one_in(2)
            {
                ty[2] = ty[2].saturating_add(random.of(&[8, 64, 4096]));
            }
        }
    }

    fn rename(&mut self, at: usize, base: BaseExtent, random: &mut Random) {
        let name = self.name(base, random);
        let ty = &mut self.types[at];
        // Types of other kinds have no entries with names. With this step, the division gives 0.
        let step = match kind(ty) {
            STRUCT | UNION | ENUM64 => 3,
            ENUM | FUNC_PROTO => 2,
            _ => usize::MAX,
        };
        let entries = (ty.len() - 3) / step;
        let place = match random.below(entries + 1) {
            0 => 0,
            entry => 3 + (entry - 1) * step,
        };
        ty[place] = name;
    }

    /// Changes the size of a type to a near value, to the size of another type, or to a boundary value. Some kinds have
    /// a type id in the place of the size, which is changed instead.
    fn resize(&mut self, at: usize, random: &mut Random) {
        let other = self.types[random.below(self.types.len())][2];
        let size = &mut self.types[at][2];
        *size = match random.below(8) {
            0 => random.of(EDGES),
            1 => other,
            2 => size.wrapping_sub(1),
            3 => *size / 2,
            4 => size.wrapping_mul(2),
            5 => size.wrapping_add(1),
            _ => size.wrapping_add(random.of(&[4, 8, 64])),
        };
    }

    /// Changes the words after the first three: offsets, lengths, values, or the encoding of integers.
    fn edit_tail(&mut self, at: usize, random: &mut Random) {
        let ty = &mut self.types[at];
        let tail = tail_len(ty[1]);
        if tail == 0 || ty.len() < 3 + tail {
            return; // The kind has no tail, or an earlier change of the kind or count made it too short.
        }
        let words = ty.len() - 3;
        let entry = |step: usize, word: usize, random: &mut Random| {
            3 + step * random.below(words / step) + word
        };
        match kind(ty) {
            INT => {
                let encoding = random.of(&[0, 1, 2, 4, 1, 0, 3, 5, 8]);
                let bits = random.of(&[1, 7, 8, 16, 32, 64, 128, 31, 0, 255]);
                let offset = random.of(&[0, 0, 0, 0, 1, 8, 31]);
                ty[3] = encoding << 24 | offset << 16 | bits;
            }
            ARRAY => {
                ty[5] = match random.below(3) {
                    0 => random.of(EDGES),
                    1 => random.below(5) as u32,
                    _ => ty[5].wrapping_add(1),
                }
            }
            STRUCT | UNION => {
                let place = entry(3, 2, random);
                let flag = ty[1] >> 31 == 1;
                ty[place] = match random.below(6) {
                    0 => random.of(EDGES),
                    1 => ty[place].wrapping_add(8),
                    2 => ty[place].wrapping_sub(8),
                    3 => ty[place].wrapping_add(1),
                    4 if flag => {
                        let bits = random.of(&[0, 1, 2, 7, 8, 16, 31, 32, 33, 64, 128, 255]);
                        ty[place] & 0xff_ffff | bits << 24
                    }
                    _ => ty[entry(3, 2, random)],
                };
            }
            ENUM => {
                let place = entry(2, 1, random);
                ty[place] = match random.below(3) {
                    0 => random.of(EDGES),
                    1 => 1 << random.below(32),
                    _ => ty[place].wrapping_add(1),
                };
            }
            ENUM64 => {
                let word = 1 + random.below(2);
                let place = entry(3, word, random);
                ty[place] = random.of(EDGES);
            }
            _ => {
                let place = 3 + random.below(ty.len() - 3);
                ty[place] = random.of(EDGES);
            }
        }
    }

    /// Adds, removes or swaps members, enumerators, parameters or the variables of a section. Sometimes only changes
    /// their number, so that everything after them is read at the wrong place.
    fn edit_entries(&mut self, at: usize, random: &mut Random) {
        let ty = &mut self.types[at];
        let step = match kind(ty) {
            STRUCT | UNION | ENUM64 | DATASEC => 3,
            ENUM | FUNC_PROTO => 2,
            _ => return,
        };
        let entries = (ty.len() - 3) / step;
        let some = 3 + step * random.below(entries);
        match random.below(8) {
            0 => ty[1] = ty[1] & !0xffff | random.below(entries + 3) as u32,
            1..=3 if entries > 0 => {
                ty.drain(some..some + step);
                ty[1] = ty[1].wrapping_sub(1);
            }
            4..=5 if entries > 0 && entries < 0xffff => {
                let copy: Vec<u32> = ty[some..some + step].to_vec();
                let before = 3 + step * random.below(entries + 1);
                ty.splice(before..before, copy);
                ty[1] = ty[1].wrapping_add(1);
            }
            _ if entries > 1 => {
                let other = 3 + step * random.below(entries);
                (0..step).for_each(|word| ty.swap(some + word, other + word));
            }
            _ => {}
        }
    }

    /// Changes the kind of a type. The new kind rarely has a tail of another length.
    fn change_kind(&mut self, at: usize, random: &mut Random) {
        let ty = &mut self.types[at];
        let kind = if random.one_in(20) {
            random.below(0x80) as u32
        } else {
            match kind(ty) {
                STRUCT | UNION => random.of(&[STRUCT, UNION, UNION, ENUM64]),
                ENUM64 | DATASEC => random.of(&[STRUCT, UNION, ENUM64, DATASEC]),
                ENUM | FUNC_PROTO => random.of(&[ENUM, FUNC_PROTO]),
                INT | VAR | DECL_TAG => random.of(&[INT, VAR, DECL_TAG]),
                ARRAY => ARRAY,
                FWD | FLOAT => random.of(&[FWD, FLOAT, PTR]),
                FUNC => random.of(&[TYPEDEF, TYPE_TAG]),
                _ => random.of(WRAPPERS),
            }
        };
        ty[1] = ty[1] & !(0x7f << 24) | kind << 24;
    }

    /// Removes a type. Usually also adjusts the references to the types after it.
    fn delete(&mut self, at: usize, base: BaseExtent, random: &mut Random) {
        self.types.remove(at);
        if random.one_in(4) {
            return;
        }
        let id = base.types + at as u32 + 1;
        for ty in &mut self.types {
            for place in references(ty) {
                if ty[place] > id {
                    ty[place] -= 1;
                }
            }
        }
    }

    /// Appends a type.
    fn add(&mut self, base: BaseExtent, random: &mut Random) {
        let name = self.name(base, random);
        let one = self.id(base, random);
        let other = self.id(base, random);
        let info = |kind: u32, entries: u32| kind << 24 | entries;
        let ty = match random.below(12) {
            0..=3 => vec![
                random.of(&[0, 0, 0, name]),
                info(random.of(WRAPPERS), 0),
                one,
            ],
            4 => vec![name, info(TYPEDEF, 0), one],
            5 => vec![
                0,
                info(ARRAY, 0),
                0,
                one,
                other,
                random.of(&[0, 1, 2, 3, 16, 1000]),
            ],
            6 => {
                let inner = self.name(base, random);
                let kind = random.of(&[STRUCT, UNION]);
                let size = random.of(&[0, 4, 8, 64, 4096]);
                let at = random.of(&[0, 0, 8, 64]);
                let name = random.of(&[0, name]);
                vec![name, info(kind, 2), size, inner, one, 0, 0, other, at]
            }
            7 => {
                let (first, second) = (self.name(base, random), self.name(base, random));
                let value = random.of(EDGES);
                let size = random.of(&[1, 2, 4, 8]);
                let name = random.of(&[0, name]);
                vec![name, info(ENUM, 2), size, first, 0, second, value]
            }
            8 => {
                let parameter = self.name(base, random);
                vec![
                    0,
                    info(FUNC_PROTO, 2),
                    one,
                    parameter,
                    other,
                    name,
                    self.id(base, random),
                ]
            }
            9 => vec![name, info(FUNC, random.below(3) as u32), one],
            10 => {
                let component = random.of(&[u32::MAX, 0, 1, 9]);
                vec![name, info(DECL_TAG, 0), one, component]
            }
            _ => vec![name, random.word() & 1 << 31 | info(FWD, 0), 0],
        };
        self.types.push(ty);
    }
}

fn kind(ty: &[u32]) -> u32 {
    ty[1] >> 24 & 0x1f
}

/// Returns the number of words in the tail of a type, which follows its first three words.
fn tail_len(info: u32) -> usize {
    let vlen = (info & 0xffff) as usize;
    match info >> 24 & 0x1f {
        INT | VAR | DECL_TAG => 1,
        ARRAY => 3,
        STRUCT | UNION | DATASEC | ENUM64 => 3 * vlen,
        ENUM | FUNC_PROTO => 2 * vlen,
        _ => 0,
    }
}

/// Returns the positions of the words in a type that are type ids.
fn references(ty: &[u32]) -> Vec<usize> {
    let places: Vec<usize> = match kind(ty) {
        PTR | TYPEDEF | VOLATILE | CONST | RESTRICT | FUNC | VAR | DECL_TAG | TYPE_TAG => vec![2],
        ARRAY => vec![3, 4],
        STRUCT | UNION => (4..ty.len()).step_by(3).collect(),
        FUNC_PROTO => std::iter::once(2).chain((4..ty.len()).step_by(2)).collect(),
        DATASEC => (3..ty.len()).step_by(3).collect(),
        _ => Vec::new(),
    };
    places
        .into_iter()
        .filter(|place| *place < ty.len())
        .collect()
}
