//! Random C structs, and values for them. What a value has to be decoded as is known from what was written,
//! not from any layout.

use std::fmt::Write as _;

use fastrand::Rng;
use serde_json::{Value as Json, json};

use crate::expect::{Dimensions, Expect, integer, wide};
use crate::pick;
use crate::sample::{Put, Round, Sample};

/// What a compiler has and what its BTF says.
#[derive(Clone, Copy)]
pub struct Target {
    /// Are there integers of 16 bytes?
    pub wide: bool,
    pub dimensions: Dimensions,
    /// Are floats floats? pahole writes integers.
    pub floats: bool,
}

/// Values for each struct.
const ROUNDS: usize = 3;

/// Levels of structs and unions in each other.
const DEPTH: u32 = 3;

/// Members that one struct has in all, arrays counted through.
const MOST_LEAVES: u32 = 150;

/// So many random structs, and values for them.
pub fn samples(count: usize, seed: u64, target: Target) -> (String, Vec<Sample>) {
    let mut maker = Maker {
        rng: Rng::with_seed(seed),
        target,
        types: String::new(),
        tags: 0,
        members: 0,
        leaves: 0,
    };
    let mut samples = Vec::new();
    for _ in 0..count {
        maker.members = 0;
        maker.leaves = 0;
        let aggregate = maker.named(0);
        let tag = aggregate.tag.clone().unwrap_or_default();
        let rounds = (0..ROUNDS).map(|number| {
            let mut putter = Putter {
                rng: &mut maker.rng,
                target,
                number,
                round: Round::default(),
            };
            let expected = putter.aggregate(&aggregate, "");
            let mut round = putter.round;
            round.expected = Some(expected);
            round
        });
        samples.push(Sample {
            rounds: rounds.collect(),
            c: tag.clone(),
            label: format!("%{}", tag.trim_start_matches("struct ")),
        });
    }
    (maker.types, samples)
}

#[derive(Clone)]
enum Ty {
    Int(Int),
    Bool,
    Char,
    Float { double: bool },
    Pointer(&'static str),
    Enum(Enum),
    Aggregate(Aggregate),
}

#[derive(Clone, Copy)]
struct Int {
    c: &'static str,
    /// Bits on every target that has it.
    width: u32,
    signed: bool,
}

#[derive(Clone)]
struct Enum {
    tag: String,
    cases: Vec<(String, i128)>,
    /// Of a value.
    bits: u32,
    flags: bool,
}

#[derive(Clone)]
struct Aggregate {
    union: bool,
    /// `struct s1`; nothing where the type has no tag.
    tag: Option<String>,
    members: Vec<Member>,
    attributes: &'static str,
}

#[derive(Clone)]
struct Member {
    /// Nothing for unnamed structs, unions and bits.
    name: Option<String>,
    ty: Ty,
    dimensions: Vec<u32>,
    bits: Option<u32>,
    attributes: &'static str,
}

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

/// Makes types, and writes those that have a tag.
struct Maker {
    rng: Rng,
    target: Target,
    types: String,
    tags: usize,
    members: usize,
    leaves: u32,
}

impl Maker {
    fn one_in(&mut self, n: u32) -> bool {
        self.rng.u32(0..n) == 0
    }

    fn tag(&mut self, letter: char) -> String {
        self.tags += 1;
        format!("{letter}{}", self.tags)
    }

    /// A struct, or below the first level a union, with a tag.
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
        // Compilers leave out what nothing uses.
        let tag = aggregate.tag.as_deref().unwrap_or_default();
        _ = writeln!(self.types, "{tag} anchor{};", self.tags);
        aggregate
    }

    fn aggregate(&mut self, depth: u32, union: bool) -> Aggregate {
        let count = self.rng.usize(1..=if depth == 0 { 8 } else { 4 });
        let mut members: Vec<Member> = Vec::new();
        while members.len() < count {
            // gcc 12 forgets unnamed bits before the first member when it writes BTF.
            if self.target.dimensions != Dimensions::Reordered || !members.is_empty() {
                members.extend(self.padding(union));
            }
            members.push(self.member(depth, union));
        }
        if union && count > 1 {
            // The decoder asks for no arm where all are alike; no other member has this many elements.
            self.members += 1;
            members.push(Member {
                name: Some(format!("m{}", self.members)),
                ty: Ty::Int(INTS[0]),
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

    /// Bits without a name, now and then.
    fn padding(&mut self, union: bool) -> Option<Member> {
        if union || !self.one_in(12) {
            return None;
        }
        let int = INTS[self.rng.usize(0..10)];
        Some(Member {
            name: None,
            bits: Some(self.rng.u32(0..=int.width)),
            ty: Ty::Int(int),
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

    fn nested(&mut self, depth: u32, plain: impl FnOnce(Ty) -> Member) -> Member {
        if self.one_in(3) {
            let aggregate = self.named(depth + 1);
            let mut member = plain(Ty::Aggregate(aggregate));
            if self.one_in(3) {
                member.dimensions = vec![self.rng.u32(1..=2)];
            }
            return member;
        }
        let union = self.rng.bool();
        let aggregate = self.aggregate(depth + 1, union);
        let mut member = plain(Ty::Aggregate(aggregate));
        match self.rng.u8(0..4) {
            0..2 => member.name = None,
            2 => member.dimensions = vec![self.rng.u32(1..=2)],
            _ => {}
        }
        member
    }

    fn bitfield(&mut self, plain: impl FnOnce(Ty) -> Member) -> Member {
        let (ty, bits) = match self.rng.u8(0..10) {
            0 => (Ty::Bool, 1),
            1 => {
                let own = self.enumeration(true);
                let bits = self.rng.u32(own.bits..=own.bits + 3);
                (Ty::Enum(own), bits)
            }
            _ => {
                let most = if self.target.wide { INTS.len() } else { 10 };
                let int = INTS[self.rng.usize(..most)];
                // pahole 1.24 loses the place of a bitfield that is as wide as its type.
                let full = self.target.dimensions != Dimensions::Merged;
                (Ty::Int(int), self.rng.u32(1..int.width + u32::from(full)))
            }
        };
        let mut member = plain(ty);
        member.bits = Some(bits);
        member
    }

    fn scalar(&mut self) -> Ty {
        match self.rng.u8(0..16) {
            0 => Ty::Bool,
            1 => Ty::Char,
            2 => Ty::Float { double: false },
            3 => Ty::Float { double: true },
            4 => Ty::Pointer("void *"),
            5 | 6 => Ty::Enum(self.enumeration(false)),
            _ => {
                let most = if self.target.wide { INTS.len() } else { 10 };
                Ty::Int(INTS[self.rng.usize(..most)])
            }
        }
    }

    /// An enum, or one that is flags.
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

/// The type in C, with the members of what has no tag.
fn body(text: &mut String, aggregate: &Aggregate, depth: usize) {
    let tag = aggregate.tag.clone();
    let word = if aggregate.union { "union" } else { "struct" };
    _ = writeln!(text, "{} {{", tag.unwrap_or_else(|| word.to_owned()));
    let indent = "\t".repeat(depth + 1);
    for member in &aggregate.members {
        text.push_str(&indent);
        match &member.ty {
            Ty::Aggregate(own) => match &own.tag {
                Some(tag) => text.push_str(tag),
                None => body(text, own, depth + 1),
            },
            Ty::Int(int) => text.push_str(int.c),
            Ty::Bool => text.push_str("_Bool"),
            Ty::Char => text.push_str("char"),
            Ty::Float { double } => text.push_str(if *double { "double" } else { "float" }),
            Ty::Pointer(c) => text.push_str(c),
            Ty::Enum(own) => _ = write!(text, "enum {}", own.tag),
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

/// Puts values into a type.
struct Putter<'r> {
    rng: &'r mut Rng,
    target: Target,
    number: usize,
    round: Round,
}

impl Putter<'_> {
    fn put(&mut self, path: &str, value: String) {
        self.round.puts.push(Put {
            path: path.to_owned(),
            byte: None,
            value,
        });
    }

    fn aggregate(&mut self, aggregate: &Aggregate, path: &str) -> Expect {
        if aggregate.union {
            let arm = self.rng.usize(..aggregate.members.len());
            self.round.arms.push((arm, aggregate.members.len() > 1));
            let arm = &aggregate.members[arm];
            let held = self.member(arm, path);
            return Expect::Variant(label(arm), Some(Box::new(held)));
        }
        let mut fields = Vec::new();
        self.fields(aggregate, path, &mut fields);
        Expect::Record(fields)
    }

    /// The members of unnamed structs are those of the struct around them.
    fn fields(&mut self, aggregate: &Aggregate, path: &str, fields: &mut Vec<(String, Expect)>) {
        for member in &aggregate.members {
            match (&member.name, &member.ty) {
                (None, Ty::Aggregate(own)) if !own.union => self.fields(own, path, fields),
                (None, Ty::Int(_)) => {}
                _ => {
                    let expected = self.member(member, path);
                    fields.push((label(member), expected));
                }
            }
        }
    }

    fn member(&mut self, member: &Member, path: &str) -> Expect {
        let path = match &member.name {
            Some(name) => format!("{path}.{name}"),
            None => path.to_owned(),
        };
        self.elements(member, &member.dimensions, &path)
    }

    fn elements(&mut self, member: &Member, dimensions: &[u32], path: &str) -> Expect {
        let Some((length, inner)) = dimensions.split_first() else {
            return self.value(member, path);
        };
        let elements =
            (0..*length).map(|at| self.elements(member, inner, &format!("{path}[{at}]")));
        Expect::List(elements.collect())
    }

    fn value(&mut self, member: &Member, path: &str) -> Expect {
        match &member.ty {
            Ty::Aggregate(own) => self.aggregate(own, path),
            Ty::Int(int) => {
                let width = member.bits.unwrap_or(int.width);
                let bits = pick::bits(self.rng, width, self.number);
                let number = pick::number(bits, width, int.signed);
                self.put(path, pick::literal(number));
                // A bitfield of a wide integer is as wide as it needs to be.
                if width <= 64 {
                    return Expect::Is(integer(number));
                }
                Expect::Is(wide(number as u128, int.signed))
            }
            Ty::Bool => {
                let value = self.rng.bool();
                self.put(path, u8::from(value).to_string());
                Expect::Is(json!(value))
            }
            Ty::Char => {
                // Whether it is signed, producers do not agree on.
                let value = self.rng.u8(0..128);
                self.put(path, value.to_string());
                Expect::Is(json!(value))
            }
            Ty::Pointer(_) => {
                let value = pick::bits(self.rng, 32, self.number) as u32;
                self.put(path, format!("(void *){value}UL"));
                Expect::Is(json!(value))
            }
            Ty::Float { double } => {
                let value = pick::float(self.rng);
                self.put(path, format!("{value:?}"));
                Expect::Is(match (self.target.floats, double) {
                    (true, _) => json!(value),
                    (false, true) => integer(value.to_bits().into()),
                    (false, false) => integer((value as f32).to_bits().into()),
                })
            }
            Ty::Enum(own) => {
                let width = member.bits.unwrap_or(6).min(6);
                self.enumeration(own, width, path)
            }
        }
    }

    /// A case, or now and then a small number that may have none.
    fn enumeration(&mut self, own: &Enum, width: u32, path: &str) -> Expect {
        let number = match self.rng.u8(0..3) {
            0 => self.rng.i128(0..1 << width),
            _ => own.cases[self.rng.usize(..own.cases.len())].1,
        };
        self.put(path, pick::literal(number));
        if own.flags {
            let set = own.cases.iter().filter(|(_, bit)| number & bit != 0);
            let mut labels: Vec<Json> = set.map(|(name, _)| json!(case(name))).collect();
            let rest = number & !15;
            labels.extend((rest != 0).then(|| integer(rest)));
            return Expect::Is(Json::Array(labels));
        }
        let found = own.cases.iter().find(|(_, value)| *value == number);
        Expect::Is(found.map_or_else(|| integer(number), |(name, _)| json!(case(name))))
    }
}

/// The label of a member; what has no name is called after its first member.
fn label(member: &Member) -> String {
    match (&member.name, &member.ty) {
        (Some(name), _) => name.clone(),
        (None, Ty::Aggregate(own)) => {
            let mut named = own
                .members
                .iter()
                .filter(|m| !matches!((&m.name, &m.ty), (None, Ty::Int(_))));
            named.next().map(label).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// The label of an enumerator.
fn case(name: &str) -> String {
    name.to_lowercase()
}
