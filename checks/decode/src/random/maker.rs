//! Makes random structs and writes their definitions in C.

use std::fmt::Write as _;

use fastrand::Rng;

use super::{Aggregate, Enum, Int, Member, MemberType, Target};
use crate::expect::Dimensions;

/// The maximum nesting of structs and unions.
const DEPTH: u32 = 3;

/// The number of scalars from which a struct gets no further nested structs and unions. Each element of an array of
/// scalars counts.
const MOST_LEAVES: u32 = 150;

const INTS: &[Int] = &[
    int("signed char", 8, true),
    int("unsigned char", 8, false),
    int("short", 16, true),
    int("unsigned short", 16, false),
    int("int", 32, true),
    int("unsigned int", 32, false),
    int("long", 32, true),
    int("unsigned long", 32, false),
    int("long long", 64, true),
    int("unsigned long long", 64, false),
    int("__int128", 128, true),
    int("unsigned __int128", 128, false),
];

const fn int(c: &'static str, width: u32, signed: bool) -> Int {
    Int { c, width, signed }
}

/// Makes types, and collects the definitions in C of those with a tag.
pub(super) struct Maker {
    pub rng: Rng,
    target: Target,
    pub types: String,
    tags: usize,
    members: usize,
    leaves: u32,
}

impl Maker {
    pub fn new(rng: Rng, target: Target) -> Maker {
        Maker {
            rng,
            target,
            types: String::new(),
            tags: 0,
            members: 0,
            leaves: 0,
        }
    }

    /// Makes the next struct.
    pub fn next(&mut self) -> Aggregate {
        self.members = 0;
        self.leaves = 0;
        self.named(0)
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.rng.u32(0..n) == 0
    }

    fn tag(&mut self, letter: char) -> String {
        self.tags += 1;
        format!("{letter}{}", self.tags)
    }

    /// Makes a struct with a tag. Inside another type, it may also be a union.
    fn named(&mut self, depth: u32) -> Aggregate {
        let union = depth > 0 && self.one_in(3);
        let mut aggregate = self.aggregate(depth, union);
        let tag = match union {
            true => format!("union {}", self.tag('u')),
            false => format!("struct {}", self.tag('s')),
        };
        aggregate.tag = Some(tag);
        let mut text = String::new();
        body(&mut text, &aggregate, 0);
        _ = writeln!(self.types, "{text};");
        // The variable makes compilers write the type, since they leave unused types out of BTF.
        let tag = aggregate.tag.as_deref().unwrap_or_default();
        _ = writeln!(self.types, "{tag} anchor{};", self.tags);
        aggregate
    }

    fn aggregate(&mut self, depth: u32, union: bool) -> Aggregate {
        let count = self.rng.usize(1..=if depth == 0 { 8 } else { 4 });
        let mut members: Vec<Member> = Vec::new();
        while members.len() < count {
            // If a struct begins with unnamed bits, the BTF of gcc 12 has a wrong offset for the member after them.
            // Therefore structs for gcc do not begin with padding.
            if self.target.dimensions != Dimensions::Reordered || !members.is_empty() {
                members.extend(self.padding(union));
            }
            members.push(self.member(depth, union));
        }
        if union && count > 1 {
            // The decoder needs no choice of an arm if all arms are equivalent. No other arm has 7 elements, so the
            // arms differ.
            self.members += 1;
            members.push(Member {
                name: Some(format!("m{}", self.members)),
                ty: MemberType::Int(INTS[0]),
                dimensions: vec![7],
                bits: None,
                attributes: "",
            });
        }
        Aggregate {
            union,
            tag: None,
            members,
            attributes: match self.rng.u8(0..12) {
                0..3 => " __attribute__((packed))",
                3 => " __attribute__((aligned(16)))",
                4 => " __attribute__((packed, aligned(4)))",
                _ => "",
            },
        }
    }

    /// Sometimes makes an unnamed bitfield, which is padding.
    fn padding(&mut self, union: bool) -> Option<Member> {
        if union || !self.one_in(12) {
            return None;
        }
        let int = INTS[self.rng.usize(0..10)];
        Some(Member {
            name: None,
            bits: Some(self.rng.u32(0..=int.width)),
            ty: MemberType::Int(int),
            dimensions: Vec::new(),
            attributes: "",
        })
    }

    fn member(&mut self, depth: u32, union: bool) -> Member {
        self.members += 1;
        let name = Some(format!("m{}", self.members));
        let plain = |ty| Member {
            name: name.clone(),
            ty,
            dimensions: Vec::new(),
            bits: None,
            attributes: "",
        };
        if depth < DEPTH && self.leaves < MOST_LEAVES && self.one_in(4) {
            return self.nested(depth, plain);
        }
        if self.one_in(3) {
            let mut member = self.bitfield(plain);
            if self.one_in(8) && !union {
                member.attributes = " __attribute__((packed))";
            }
            self.leaves += 1;
            return member;
        }
        let mut member = plain(self.scalar());
        member.dimensions = self.dimensions();
        member.attributes = match self.rng.u8(0..20) {
            0 => " __attribute__((packed))",
            1 => " __attribute__((aligned(8)))",
            2 => " __attribute__((aligned(32)))",
            _ => "",
        };
        self.leaves += member.dimensions.iter().product::<u32>();
        member
    }

    fn dimensions(&mut self) -> Vec<u32> {
        let most = if self.leaves < MOST_LEAVES / 2 { 4 } else { 2 };
        let count = match self.rng.u8(0..10) {
            0..6 => 0,
            6..8 => 1,
            8 => 2,
            _ => 3,
        };
        (0..count).map(|_| self.rng.u32(1..=most)).collect()
    }

    fn nested(&mut self, depth: u32, plain: impl FnOnce(MemberType) -> Member) -> Member {
        if self.one_in(3) {
            let aggregate = self.named(depth + 1);
            let mut member = plain(MemberType::Aggregate(aggregate));
            if self.one_in(3) {
                member.dimensions = vec![self.rng.u32(1..=2)];
            }
            return member;
        }
        let union = self.rng.bool();
        let aggregate = self.aggregate(depth + 1, union);
        let mut member = plain(MemberType::Aggregate(aggregate));
        match self.rng.u8(0..4) {
            0..2 => member.name = None,
            2 => member.dimensions = vec![self.rng.u32(1..=2)],
            _ => {}
        }
        member
    }

    fn bitfield(&mut self, plain: impl FnOnce(MemberType) -> Member) -> Member {
        let (ty, bits) = match self.rng.u8(0..10) {
            0 => (MemberType::Bool, 1),
            1 => {
                let own = self.enumeration(true);
                let bits = self.rng.u32(own.bits..=own.bits + 3);
                (MemberType::Enum(own), bits)
            }
            _ => {
                let most = if self.target.wide { INTS.len() } else { 10 };
                let int = INTS[self.rng.usize(..most)];
                // If a bitfield is as wide as its type, pahole 1.24 loses its offset. Therefore pahole gets no such
                // bitfields.
                let full = self.target.dimensions != Dimensions::Merged;
                (
                    MemberType::Int(int),
                    self.rng.u32(1..int.width + u32::from(full)),
                )
            }
        };
        let mut member = plain(ty);
        member.bits = Some(bits);
        member
    }

    fn scalar(&mut self) -> MemberType {
        match self.rng.u8(0..16) {
            0 => MemberType::Bool,
            1 => MemberType::Char,
            2 => MemberType::Float { double: false },
            3 => MemberType::Float { double: true },
            4 => MemberType::Pointer("void *"),
            5 | 6 => MemberType::Enum(self.enumeration(false)),
            _ => {
                let most = if self.target.wide { INTS.len() } else { 10 };
                MemberType::Int(INTS[self.rng.usize(..most)])
            }
        }
    }

    /// Makes an enum, sometimes one that becomes flags in WIT.
    fn enumeration(&mut self, bitfield: bool) -> Enum {
        let tag = self.tag('e');
        let flags = self.one_in(3);
        let mut values: Vec<i128> = match (flags, self.rng.u8(0..3)) {
            (true, _) => vec![1, 2, 4, 8],
            (_, 0) => (0..self.rng.i128(2..9)).collect(),
            (_, 1) if !bitfield => vec![-7, 0, 3, self.rng.i128(10..100)],
            _ => vec![0, 3, 21, self.rng.i128(32..100)],
        };
        self.rng.shuffle(&mut values);
        if flags {
            values.sort_unstable();
        }
        let cases: Vec<(String, i128)> = (0..)
            .zip(values)
            .map(|(at, value)| (format!("{}C{at}", tag.to_uppercase()), value))
            .collect();
        let list: Vec<String> = cases
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        let packed = if !bitfield && self.one_in(4) {
            " __attribute__((packed))"
        } else {
            ""
        };
        _ = writeln!(self.types, "enum {tag} {{ {} }}{packed};", list.join(", "));
        let largest = cases.iter().map(|(_, value)| *value).max().unwrap_or(0);
        let bits = 128 - largest.leading_zeros();
        Enum {
            tag,
            cases,
            bits,
            flags,
        }
    }
}

/// Writes the definition of a struct or union in C, with its tag if it has one.
fn body(text: &mut String, aggregate: &Aggregate, depth: usize) {
    let tag = aggregate.tag.clone();
    let word = if aggregate.union { "union" } else { "struct" };
    _ = writeln!(text, "{} {{", tag.unwrap_or_else(|| word.to_owned()));
    let indent = "\t".repeat(depth + 1);
    for member in &aggregate.members {
        text.push_str(&indent);
        match &member.ty {
            MemberType::Aggregate(own) => match &own.tag {
                Some(tag) => text.push_str(tag),
                None => body(text, own, depth + 1),
            },
            MemberType::Int(int) => text.push_str(int.c),
            MemberType::Bool => text.push_str("_Bool"),
            MemberType::Char => text.push_str("char"),
            MemberType::Float { double } => text.push_str(if *double { "double" } else { "float" }),
            MemberType::Pointer(c) => text.push_str(c),
            MemberType::Enum(own) => _ = write!(text, "enum {}", own.tag),
        }
        _ = write!(text, " {}", member.name.as_deref().unwrap_or_default());
        for length in &member.dimensions {
            _ = write!(text, "[{length}]");
        }
        if let Some(bits) = member.bits {
            _ = write!(text, ":{bits}");
        }
        _ = writeln!(text, "{};", member.attributes);
    }
    _ = write!(text, "{}}}{}", "\t".repeat(depth), aggregate.attributes);
}
