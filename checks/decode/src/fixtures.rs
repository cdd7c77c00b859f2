//! Makes values for the types of a fixture, member by member.
//!
//! The layout provides the members and their C names. The expected result is made from the values. Offsets are used
//! only to find flexible arrays and unions.

mod leaf;

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use btf2wit::layout::{Base, Bits, Body, Field, Item, Type};
use btf2wit::{Kind, Package};
use fastrand::Rng;
use serde_json::json;

use crate::c::BytesFrom;
use crate::expect::Expect;
use crate::sample::{Assignment, Round, Sample};
use leaf::Leaf;

/// The minimum number of values for each type. A type whose unions have more arms gets more values.
const MIN_ROUNDS: usize = 3;
/// The maximum number of values for a type.
const MAX_ROUNDS: usize = 64;

/// The maximum size of a type in bytes. Larger types are skipped.
const LARGEST: u64 = 1 << 16;

/// The number of elements that a flexible array gets.
const FLEXIBLE: u32 = 9;

/// The path of the only flexible array in testdata that an initialiser of a variable can fill: an array without a
/// length, directly in the type. BTF describes arrays of length 0 in the same way, but C cannot initialise them.
const FILLED: &str = "struct flexible_last.items";

/// The dimensions of members as they are in C, by the path of the member. They are those in the BTF that clang writes
/// for BPF.
#[derive(Default)]
pub struct Dimensions(HashMap<String, Vec<u32>>);

impl Dimensions {
    pub fn of(package: &Package) -> Result<Dimensions> {
        let items = items(package)?;
        let (none, interchangeable) = (Dimensions::default(), HashSet::new());
        let mut walk = Walk::new(&items, &none, &interchangeable, BytesFrom::Program, 0);
        for item in items.values() {
            if let Some(c) = c_name(item).filter(|_| item.size <= LARGEST) {
                walk.round = Round::default();
                walk.item(item, None, "", &c, true);
            }
        }
        Ok(Dimensions(walk.seen))
    }
}

/// Returns the items of a package by their labels.
fn items(package: &Package) -> Result<HashMap<String, Item>> {
    let items = package.items();
    let items = items.map(|item| item.map(|item| (item.wit.clone(), item)));
    Ok(items.collect::<Result<_, _>>()?)
}

/// Returns the labels of the unions whose arm need not be selected. The tests of the decoder check that the decoder
/// asks for the arms of all other unions.
fn interchangeable(package: &Package, items: &HashMap<String, Item>) -> Result<HashSet<String>> {
    let mut interchangeable = HashSet::new();
    for (label, item) in items {
        if !matches!(item.body, Body::Variant { .. }) {
            continue;
        }
        let decoder = package.decoder(&format!("%{label}"))?;
        let asks = match decoder.decode(&vec![0; decoder.size()]) {
            Ok(_) => false,
            // An error whose path has a dot is about a union inside an arm, so this union needed no choice.
            Err(error) => !error.path.contains('.'),
        };
        if !asks {
            interchangeable.insert(label.clone());
        }
    }
    Ok(interchangeable)
}

/// Returns the C name of an item. Returns `None` if it has none.
fn c_name(item: &Item) -> Option<String> {
    let name = item.name.as_deref()?;
    Some(match item.kind {
        Kind::Struct => format!("struct {name}"),
        Kind::Union => format!("union {name}"),
        Kind::Enum => format!("enum {name}"),
        _ => name.to_owned(),
    })
}

/// Returns values for the types that have a name in C. Skips types of 0 bytes or more than `LARGEST`, types whose tag
/// is not unique, and unusable types.
pub fn samples(
    package: &Package,
    c: &Dimensions,
    bytes_from: BytesFrom,
    seed: u64,
) -> Result<Vec<Sample>> {
    let items = items(package)?;
    let interchangeable = interchangeable(package, &items)?;
    let mut labels: Vec<&String> = items.keys().collect();
    labels.sort();
    // A type that is defined inside a function may have the same tag as another type, even of another kind. Such tags
    // are left out.
    let (mut once, mut twice) = (HashSet::new(), HashSet::new());
    for item in items.values().filter(|item| item.kind != Kind::Typedef) {
        if !once.insert(&item.name) {
            twice.insert(&item.name);
        }
    }
    let mut samples = Vec::new();
    for label in labels {
        let item = &items[label];
        let is_unique = item.kind == Kind::Typedef || !twice.contains(&item.name);
        let Some(name) = c_name(item).filter(|_| is_unique) else {
            continue;
        };
        if item.size == 0 || item.size > LARGEST || is_unusable(item) {
            continue;
        }
        let mut walk = Walk::new(&items, c, &interchangeable, bytes_from, seed);
        let mut rounds = Vec::new();
        while rounds.len() < MIN_ROUNDS || (rounds.len() < MAX_ROUNDS && walk.has_arms_left()) {
            walk.number = rounds.len();
            let expected = walk.item(item, None, "", &name, true);
            let mut round = std::mem::take(&mut walk.round);
            round.expected = Some(expected);
            rounds.push(round);
        }
        samples.push(Sample {
            c: name,
            label: format!("%{label}"),
            rounds,
            choices: &[],
        });
    }
    Ok(samples)
}

struct Walk<'a> {
    items: &'a HashMap<String, Item>,
    c: &'a Dimensions,
    /// The unions whose arm need not be selected.
    interchangeable: &'a HashSet<String>,
    bytes_from: BytesFrom,
    rng: Rng,
    /// The number of the current round.
    number: usize,
    round: Round,
    /// By the path of each union, the number of its arms and the number of choices so far.
    arms: HashMap<String, (usize, usize)>,
    /// By [`Place::key`] of each member, the dimensions that it has in the BTF that is read. Those in C, which may
    /// differ, are in `c`.
    seen: HashMap<String, Vec<u32>>,
}

/// The place of a value, and its C type.
struct Place<'p> {
    /// The C type as the layout writes it.
    c_type: &'p str,
    bits: Option<Bits>,
    /// The C expression for the member, without the name of the variable before it.
    path: String,
    /// The C name of the type, followed by the path of the member without indexes.
    key: &'p str,
    last: bool,
}

impl<'a> Walk<'a> {
    fn new(
        items: &'a HashMap<String, Item>,
        c: &'a Dimensions,
        interchangeable: &'a HashSet<String>,
        bytes_from: BytesFrom,
        seed: u64,
    ) -> Walk<'a> {
        Walk {
            items,
            c,
            interchangeable,
            bytes_from,
            rng: Rng::with_seed(seed),
            number: 0,
            round: Round::default(),
            arms: HashMap::new(),
            seen: HashMap::new(),
        }
    }

    fn has_arms_left(&self) -> bool {
        self.arms.values().any(|(arms, chosen)| chosen < arms)
    }

    fn assign(&mut self, path: &str, value: String) {
        self.round.assignments.push(Assignment {
            path: path.to_owned(),
            byte: None,
            value,
        });
    }

    fn item(
        &mut self,
        item: &Item,
        bits: Option<Bits>,
        path: &str,
        key: &str,
        last: bool,
    ) -> Expect {
        match &item.body {
            Body::Record { fields } if is_union(item, fields) => {
                let arm = self.arm(key, fields.len());
                let fields = fields.iter().enumerate();
                let fields = fields.map(|(at, field)| {
                    let expected = match at == arm {
                        true => self.field(field, last_start(item), path, key, last),
                        false => Expect::Any,
                    };
                    (field.wit.clone(), expected)
                });
                Expect::Record(fields.collect())
            }
            Body::Record { fields } => {
                let fields = fields.iter().map(|field| {
                    let expected = self.field(field, last_start(item), path, key, last);
                    (field.wit.clone(), expected)
                });
                Expect::Record(fields.collect())
            }
            Body::Variant { arms } => {
                let asked = !self.interchangeable.contains(&item.wit);
                let arm = if asked { self.arm(key, arms.len()) } else { 0 };
                self.round.arms.push((arm, asked));
                let held = arms[arm].ty.is_some();
                let held = held.then(|| self.field(&arms[arm], last_start(item), path, key, last));
                Expect::Variant(arms[arm].wit.clone(), held.map(Box::new))
            }
            Body::Enum { signed, cases, .. } => {
                self.enumeration(item.size, *signed, cases, bits, path)
            }
            Body::Flags { cases, .. } => self.flags(item.size, cases, bits, path),
            Body::Alias { ty, .. } => {
                let place = Place {
                    c_type: &item.c,
                    bits,
                    path: path.to_owned(),
                    key,
                    last,
                };
                self.ty(ty, item.kind != Kind::Typedef, place)
            }
            _ => Expect::Any,
        }
    }

    /// Returns the next arm of the union at a path. After the last arm, begins again with the first.
    fn arm(&mut self, key: &str, arms: usize) -> usize {
        let (_, chosen) = self.arms.entry(key.to_owned()).or_insert((arms, 0));
        *chosen += 1;
        (*chosen - 1) % arms
    }

    fn field(&mut self, field: &Field, end: u64, path: &str, key: &str, last: bool) -> Expect {
        let Some(ty) = &field.ty else {
            return Expect::Any;
        };
        let (mut path, mut key) = (path.to_owned(), key.to_owned());
        if let Some(name) = &field.name {
            path = format!("{path}.{name}");
            key = format!("{key}.{name}");
        }
        let place = Place {
            c_type: &field.c_type,
            bits: field.bits,
            path,
            // The label is added to the key of an unnamed member, since one struct may have several unnamed members.
            key: &match field.name {
                Some(_) => key,
                None => format!("{key}:{}", field.wit),
            },
            last: last && start(field) == end,
        };
        self.ty(ty, false, place)
    }

    /// Makes a value of a type, which may be an array. Aliases are replaced by their targets.
    fn ty(&mut self, ty: &Type, opaque: bool, place: Place<'_>) -> Expect {
        let (mut ty, mut opaque, mut c_type) = (ty, opaque, place.c_type);
        let (mut lengths, mut own) = (Vec::new(), Vec::new());
        loop {
            lengths.extend_from_slice(&ty.lengths);
            // If a type that is not an array becomes bytes in WIT, C has no names for these bytes.
            let brackets = match opaque {
                true => 0,
                false => c_type.matches('[').count().min(ty.lengths.len()),
            };
            own.extend_from_slice(&ty.lengths[..brackets]);
            let Base::Item { item } = &ty.base else { break };
            let item = &self.items[item];
            let Body::Alias { ty: aliased, .. } = &item.body else {
                break;
            };
            (ty, opaque, c_type) = (aliased, item.kind != Kind::Typedef, &item.c);
        }
        let blob: u32 = lengths[own.len()..].iter().product();
        let blob = (lengths.len() > own.len()).then_some(blob);
        if let Base::String { size } = ty.base {
            own.push(size);
        }
        self.seen.insert(place.key.to_owned(), own.clone());

        let mut lengths = own.clone();
        if matches!(ty.base, Base::String { .. }) {
            lengths.pop();
        }
        let c = self.c.0.get(place.key).cloned().unwrap_or(own.clone());
        let flexible = own.first() == Some(&0);
        // Any value is accepted if the rows of the array have length 0 in C, or if the array is flexible and its
        // dimensions in C are not known.
        let unknown = flexible && !self.c.0.contains_key(place.key);
        if unknown || c.iter().skip(1).any(|length| *length == 0) {
            return Expect::Any;
        }
        if flexible && !place.last {
            return match own.len() {
                1 if lengths.len() == 1 => Expect::List(Vec::new()),
                1 => Expect::Is(json!("")),
                _ => Expect::Any,
            };
        }
        if flexible {
            if self.bytes_from == BytesFrom::Variables && place.key != FILLED {
                return Expect::Any;
            }
            self.round.flexible = Some(place.path.clone());
            let count = FLEXIBLE * c.iter().skip(1).product::<u32>().max(1);
            let count = count / own.iter().skip(1).product::<u32>().max(1);
            if let Some(first) = lengths.first_mut() {
                *first = count;
            }
        }
        // Elements are numbered in the order of memory. The C expression for an element uses the dimensions of C if
        // they give as many elements as those of this BTF, and otherwise those of this BTF.
        let same =
            |own: &[u32], c: &[u32]| own.iter().product::<u32>() == c.iter().product::<u32>();
        let dimensions = if same(&own, &c) { c } else { own };
        let leaf = Leaf {
            ty,
            c_type,
            blob,
            dimensions: &dimensions,
            place: &place,
        };
        let last = place.last && lengths.is_empty();
        self.elements(&lengths, &leaf, 0, last)
    }

    fn elements(&mut self, lengths: &[u32], leaf: &Leaf<'_>, first: u32, last: bool) -> Expect {
        let Some((length, inner)) = lengths.split_first() else {
            return self.leaf(leaf, first, last);
        };
        let each = inner.iter().product::<u32>();
        let elements = (0..*length).map(|at| self.elements(inner, leaf, first + at * each, last));
        Expect::List(elements.collect())
    }
}

/// Returns whether a type cannot be used. This is the case for an enum without enumerators, which C does not allow, and
/// for a `long double`, whose size is wrong in BTF.
fn is_unusable(item: &Item) -> bool {
    let listed = match &item.body {
        Body::Alias { others, .. } => !others.is_empty(),
        _ => true,
    };
    item.kind == Kind::Enum && !listed || item.c.contains("__SANITIZED_FAKE_INT__")
}

/// Returns whether a record is a union of which all arms are read. A typedef of a union is recognised by its fields,
/// which all begin at bit 0.
fn is_union(item: &Item, fields: &[Field]) -> bool {
    item.kind == Kind::Union || (fields.len() > 1 && fields.iter().all(|field| start(field) == 0))
}

/// Returns the offset of a field in bits.
fn start(field: &Field) -> u64 {
    8 * field.offset + field.bits.map_or(0, |bits| bits.first.into())
}

/// Returns the offset in bits at which the last field begins.
fn last_start(item: &Item) -> u64 {
    let (Body::Record { fields } | Body::Variant { arms: fields }) = &item.body else {
        return 0;
    };
    fields.iter().map(start).max().unwrap_or(0)
}
