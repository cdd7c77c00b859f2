//! Looks up paths of members, such as `event.addr` or `items[1].kind`, in a plan.
//!
//! As in C, the members of unnamed structs and unions belong to the parent.

use std::cell::Cell;

use super::{BaseType, NamedValue, NodeField, NodeKind, Plan};
use crate::lower::Dim;
use crate::nearest;

/// The maximum number of unnamed members that one [`Search`] visits. Without a limit, a search in hostile BTF could
/// take very long.
const MAX_STEPS: u32 = 100_000;

/// A member in a path, and the array indexes after its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment<'p> {
    pub name: &'p str,
    pub indexes: Vec<u32>,
}

/// The place to which a path leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathTarget<'p> {
    pub base: BaseType,
    /// The dimensions of the arrays for which the path has no index.
    pub dims: &'p [Dim],
    /// The offset in bits from the start of the node at which the path begins.
    pub bit_offset: u64,
    /// The width in bits if the place is a bitfield, otherwise 0.
    pub bits: u8,
    /// The enumerators of the type, if the type is an enum that is an integer in WIT. Otherwise `None`.
    pub enumerators: Option<&'p [NamedValue]>,
    /// Whether the target lacks the place, so that it reads as zero (see [`NodeField::missing`]).
    pub missing: bool,
}

/// A search for the first place that `accept` does not reject. `accept` returns `None` to reject a place.
pub(super) struct Search<'p, 'a, T> {
    pub plan: &'p Plan,
    /// Whether a path stands for all elements of an array. If so, a member in the path may be an array without an
    /// index.
    pub all_elements: bool,
    pub accept: &'a dyn Fn(PathTarget<'p>) -> Option<T>,
    steps: Cell<u32>,
}

/// The place of the node that is being searched: its offset, and whether the target lacks it.
#[derive(Clone, Copy)]
struct Start {
    /// The offset in bits from the start of the node at which the path begins.
    at: u64,
    missing: bool,
}

impl Start {
    fn field(self, field: &NodeField) -> Start {
        Start {
            at: self.at + u64::from(field.bit_offset),
            missing: self.missing || field.missing,
        }
    }
}

impl<'p, 'a, T> Search<'p, 'a, T> {
    pub fn new(
        plan: &'p Plan,
        all_elements: bool,
        accept: &'a dyn Fn(PathTarget<'p>) -> Option<T>,
    ) -> Search<'p, 'a, T> {
        Search {
            plan,
            all_elements,
            accept,
            steps: Cell::new(MAX_STEPS),
        }
    }

    /// Returns the result of `accept` for the first place that it does not reject, and the positions of the fields that
    /// lead to that place. Returns `None` if there is no such place.
    pub fn from(&self, node: u32, path: &[Segment<'_>]) -> Option<(T, Vec<usize>)> {
        let mut via = Vec::new();
        let start = Start {
            at: 0,
            missing: false,
        };
        let found = self.node(node, start, path, &mut via)?;
        Some((found, via))
    }

    fn node(&self, node: u32, at: Start, path: &[Segment<'_>], via: &mut Vec<usize>) -> Option<T> {
        let (segment, rest) = path.split_first()?;
        let fields = self.plan.fields(node)?;
        // A direct member takes precedence over the members of unnamed members.
        if let Some(field) = position(fields, segment.name) {
            via.push(field);
            let found = self.field(fields.get(field)?, at, segment, rest, via);
            if found.is_some() {
                return found;
            }
            via.pop();
        }
        for (position, field) in fields.iter().enumerate().filter(|(_, f)| f.unnamed) {
            self.steps.set(self.steps.get().checked_sub(1)?);
            if let Some(inner) = field.single().and_then(BaseType::node) {
                via.push(position);
                let found = self.node(inner, at.field(field), path, via);
                if found.is_some() {
                    return found;
                }
                via.pop();
            }
        }
        None
    }

    fn field(
        &self,
        field: &'p NodeField,
        at: Start,
        segment: &Segment<'_>,
        rest: &[Segment<'_>],
        via: &mut Vec<usize>,
    ) -> Option<T> {
        let ty = field.ty.as_ref()?;
        let mut target = PathTarget {
            base: ty.base,
            dims: &ty.dims,
            bit_offset: at.field(field).at,
            bits: field.bits,
            enumerators: field.enumerators.as_deref(),
            missing: at.field(field).missing,
        };
        for index in &segment.indexes {
            target = self.plan.element(target, *index)?;
        }
        if rest.is_empty() {
            return (self.accept)(target);
        }
        match target.base {
            BaseType::Node(node) if target.dims.is_empty() || self.all_elements => {
                let start = Start {
                    at: target.bit_offset,
                    missing: target.missing,
                };
                self.node(node, start, rest, via)
            }
            _ => None,
        }
    }

    /// Returns the number of members at the start of a path that exist, and the error after them: the next member does
    /// not exist, or the indexes of the last one are wrong. Members of unnamed members count as not existing. Returns
    /// `None` if there is no such error, so that the search failed because `accept` rejected the place.
    pub fn dead_end(&self, node: u32, path: &[Segment<'_>]) -> Option<(usize, String)> {
        let mut fields = self.plan.fields(node);
        let mut before = "";
        for (depth, segment) in path.iter().enumerate() {
            let name = segment.name;
            let Some(own) = fields else {
                return Some((depth, format!("'{before}' has no members")));
            };
            let Some(field) = position(own, name).and_then(|at| own.get(at)) else {
                let names = own.iter().map(|field| &*field.name);
                let hint = nearest::hint(nearest::find(name, names));
                return Some((depth, format!("there is no member '{name}'{hint}")));
            };
            if let Some(what) = self.index_error(field, segment) {
                return Some((depth + 1, what));
            }
            let inner = field.ty.as_ref().and_then(|ty| ty.base.node());
            fields = inner.and_then(|node| self.plan.fields(node));
            before = name;
        }
        None
    }

    /// Returns the error for an index that is out of range, that belongs to no array, or that is missing. Returns
    /// `None` if there is no such error.
    fn index_error(&self, field: &NodeField, segment: &Segment<'_>) -> Option<String> {
        let name = segment.name;
        let ty = field.ty.as_ref()?;
        let room = match ty.base {
            BaseType::Text { room } => Some(room),
            _ => None,
        };
        let lengths: Vec<u32> = ty.dims.iter().map(|dim| dim.length).chain(room).collect();
        let outside =
            |(at, index): &(usize, &u32)| lengths.get(*at).is_none_or(|length| *index >= length);
        if let Some((_, index)) = segment.indexes.iter().enumerate().find(outside) {
            return Some(format!("'{name}' has no element [{index}]"));
        }
        match lengths
            .get(segment.indexes.len())
            .filter(|_| !self.all_elements)
        {
            None => None,
            Some(0) => Some(format!("'{name}' is an array of any length")),
            Some(_) => Some(format!(
                "'{name}' is an array: name an element, as in {name}[0]"
            )),
        }
    }
}

impl Plan {
    /// Returns the fields of a record or the arms of a variant. Returns `None` for other nodes.
    pub(super) fn fields(&self, node: u32) -> Option<&[NodeField]> {
        match &self.node(node)?.kind {
            NodeKind::Record(fields) | NodeKind::Variant(fields) => Some(fields),
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => None,
        }
    }

    /// Returns the place of an element of an array, or of a byte of text. Returns `None` if the index is out of range,
    /// if the array or text is flexible, or if `target` is neither an array nor text.
    fn element<'p>(&'p self, target: PathTarget<'p>, index: u32) -> Option<PathTarget<'p>> {
        match (target.dims.split_first(), target.base) {
            (Some((dim, dims)), base) if index < dim.length => Some(PathTarget {
                dims,
                bit_offset: target.bit_offset
                    + self.stride(base, dims).saturating_mul(8 * u64::from(index)),
                ..target
            }),
            (None, BaseType::Text { room }) if index < room => Some(PathTarget {
                base: BaseType::Int {
                    bytes: 1,
                    signed: false,
                },
                bit_offset: target.bit_offset + 8 * u64::from(index),
                ..target
            }),
            _ => None,
        }
    }
}

/// Splits a path at its dots. Each part is the name of a member, with the array indexes after it.
pub(super) fn segments(path: &str) -> Result<Vec<Segment<'_>>, String> {
    path.split('.').map(segment).collect()
}

fn segment(text: &str) -> Result<Segment<'_>, String> {
    let text = text.trim();
    let Some((name, indexes)) = text.split_once('[') else {
        return Ok(Segment {
            name: text,
            indexes: Vec::new(),
        });
    };
    let indexes = indexes.strip_suffix(']');
    let indexes: Option<Vec<u32>> = indexes.and_then(|indexes| {
        let each = indexes.split("][").map(|index| index.trim().parse().ok());
        each.collect()
    });
    let name = name.trim_end();
    indexes
        .map(|indexes| Segment { name, indexes })
        .ok_or_else(|| format!("'{text}' is not an array element: use {name}[0]"))
}

/// Returns the position of the field whose [`NodeField::name`] is `name`. If there is none, returns the position of the
/// field whose label is `name`.
pub(crate) fn position(fields: &[NodeField], name: &str) -> Option<usize> {
    let by_name = fields.iter().position(|field| *field.name == *name);
    by_name.or_else(|| fields.iter().position(|field| *field.label == *name))
}
