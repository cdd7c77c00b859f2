//! BTF, read and checked.
//!
//! The only place that knows btf-rs and the wire format. What leaves it is sound: type ids and
//! names are in range, nothing contains itself by value, nesting is bounded. Everything after it
//! relies on that and checks none of it again.

mod check;
mod contents;
mod convert;
mod cut;
mod encoding;
mod fact;
mod invalid_names;
mod layout;
mod load;
mod look;
mod malformed;
mod name_budget;
mod open;
mod pointer;
mod relocate;
mod sections;
mod strings;
mod text;
mod types;
mod unsound;
mod verifier;
mod warning;

pub use malformed::Malformed;
pub use pointer::PointerOrigin;
pub use sections::Endian;
pub use types::TypeId;
pub use warning::{Rule, Warning};

pub(crate) use sections::has_magic;
pub(crate) use types::{
    Composite, Enum, Enumerator, Int, Member, Modifier, Name, Parameter, SectionEntry, Span, Type,
};

use std::ops::Range;

use check::Derived;
use invalid_names::InvalidNames;
use load::Tables;
use sections::{Base, Sections};
use strings::{Numbering, Strings};
use verifier::Checked;

/// What the string section tells of whether BTF needs a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It begins with the empty name: BTF that stands alone.
    Alone,
    /// It does not begin with the empty name, since the base has that: split BTF.
    Split,
    /// It has the empty name and no other: BTF that stands alone and names nothing, or split BTF
    /// that adds no names to those of its base.
    Unclear,
}

impl Standing {
    pub fn of(bytes: &[u8]) -> Result<Standing, Malformed> {
        let strings = Sections::strings(bytes)?;
        Ok(match &bytes[strings] {
            [0] => Standing::Unclear,
            [0, ..] => Standing::Alone,
            _ => Standing::Split,
        })
    }
}

/// What was read and is not checked yet.
pub(crate) struct Read {
    /// Of split BTF, not of its base.
    sections: Sections,
    tables: Tables,
    strings: Strings,
    /// The first type that is not the base's.
    own: TypeId,
}

impl Read {
    /// Reads raw BTF that stands alone.
    pub fn alone(bytes: Vec<u8>) -> Result<Read, Malformed> {
        let sections = Sections::read(&bytes, Base::default())?;
        let mut names = Numbering::read(&bytes[sections.strings.clone()])?;
        let tables = Tables::read(&bytes, &sections, &mut names)?;
        let text = text::of(bytes, sections.strings.clone())?;
        Ok(Read {
            sections,
            tables,
            strings: names.of(text)?,
            own: TypeId(1),
        })
    }

    fn split(bytes: &[u8], base: Vec<u8>) -> Result<Read, Malformed> {
        if Standing::of(&base)? == Standing::Split {
            return Err(Malformed::new(
                "its base is split BTF, too: a base stands alone",
            ));
        }
        let base_wire = Sections::read(&base, Base::default())?;
        let mut names = Numbering::read(&base[base_wire.strings.clone()])?;
        let before = Base {
            types: base_wire.types,
            names: base_wire.strings.len(),
        };
        let sections = Sections::read(bytes, before)?;
        if sections.endian != base_wire.endian {
            return Err(Malformed::new("its byte order is not that of its base"));
        }
        names.extend(&bytes[sections.strings.clone()])?;
        let raw_base = open::base(&base)?;
        let more = &bytes[sections.strings.clone()];
        let text = text::of_both(base, base_wire.strings.clone(), more)?;
        let mut tables = Tables::with_room(&[&base_wire, &sections]);
        tables.append(raw_base.base(), &base_wire, &mut names)?;
        let own = TypeId(tables.types.len() as u32);
        let raw = open::split(bytes, &raw_base)?;
        tables.append(raw.split().unwrap_or(raw.base()), &sections, &mut names)?;
        Ok(Read {
            sections,
            tables,
            strings: names.of(text)?,
            own,
        })
    }

    /// Checks it; `pointer_size` in bytes where the caller knows it.
    pub fn checked(self, pointer_size: Option<(u8, PointerOrigin)>) -> Result<Btf, Malformed> {
        let Read {
            sections,
            mut tables,
            strings,
            own,
        } = self;
        name_budget::check(&tables, &strings, sections.length)?;
        let (pointer_size, pointer_origin) =
            pointer_size.unwrap_or_else(|| pointer::find(&tables, &strings));
        let odd = InvalidNames::of(&strings);
        let mut derived = check::check(&mut tables, &strings, &odd, own, pointer_size)?;
        let mut warnings = verifier::warnings(Checked {
            sections: &sections,
            tables: &tables,
            strings: &strings,
            derived: &derived,
            invalid_names: &odd,
            own,
            pointer_size,
        });
        derived.unsound.settle(&mut tables);
        warnings.extend(derived.unsound.warning());
        if pointer_origin == PointerOrigin::Option {
            warnings.extend(pointer::warning(&tables, &strings, pointer_size));
        }
        if derived.has_bitfield_ints {
            for at in 0..tables.members.len() {
                tables.members[at] = layout::placed(&tables, &derived, &tables.members[at]);
            }
        }
        Ok(Btf {
            tables,
            strings,
            derived,
            own,
            endian: sections.endian,
            pointer_size,
            pointer_origin,
            warnings,
        })
    }
}

/// The checked types of one BTF.
pub(crate) struct Btf {
    tables: Tables,
    strings: Strings,
    derived: Derived,
    /// The first type that is not the base's; 1 in BTF that stands alone.
    own: TypeId,
    pub endian: Endian,
    /// Bytes.
    pub pointer_size: u8,
    pub pointer_origin: PointerOrigin,
    /// What the kernel would refuse.
    pub warnings: Vec<Warning>,
}

impl Btf {
    /// Reads raw BTF, and the base that it is split from; `pointer_size` in bytes where the caller
    /// knows it.
    pub fn read(
        bytes: Vec<u8>,
        base: Option<Vec<u8>>,
        pointer_size: Option<(u8, PointerOrigin)>,
    ) -> Result<Btf, Malformed> {
        let read = match base {
            Some(base) => Read::split(&bytes, base)?,
            None => Read::alone(bytes)?,
        };
        read.checked(pointer_size)
    }

    /// Reads split BTF over another base than the one that it brings along, and counts the types of
    /// the latter.
    pub fn relocated(
        bytes: &[u8],
        brought: Vec<u8>,
        base: Vec<u8>,
        pointer_size: Option<(u8, PointerOrigin)>,
    ) -> Result<(Btf, usize), Malformed> {
        let relocated = relocate::relocate(bytes, brought, base.clone())?;
        let btf = Btf::read(relocated.bytes, Some(base), pointer_size)?;
        Ok((btf, relocated.types))
    }

    /// The types that are named together: those of the base, if there is one, then all others.
    pub fn layers(&self) -> impl Iterator<Item = Range<u32>> + use<> {
        let (own, end) = (self.own.0, self.tables.types.len() as u32);
        [1..own, own..end]
            .into_iter()
            .filter(|layer| !layer.is_empty())
    }

    /// Is this a type of the base?
    pub fn is_of_base(&self, id: TypeId) -> bool {
        id < self.own
    }

    /// How many types the base has, `void` not counted; 0 where there is no base.
    pub fn base_len(&self) -> usize {
        self.own.index() - 1
    }

    /// Every type id but that of `void`, ascending.
    pub fn ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        (1..self.tables.types.len() as u32).map(TypeId)
    }

    /// The structs, unions, enums, typedefs and forward declarations with these ids, ascending.
    pub fn tagged_types(&self, ids: Range<u32>) -> &[TypeId] {
        let defined = &self.tables.tagged_types;
        let before = |end: u32| defined.partition_point(|id| id.0 < end);
        &defined[before(ids.start)..before(ids.end)]
    }

    /// Types, `void` included.
    pub fn len(&self) -> usize {
        self.tables.types.len()
    }

    /// How many types are functions.
    pub fn functions(&self) -> usize {
        self.tables.functions
    }

    pub fn ty(&self, id: TypeId) -> &Type {
        &self.tables.types[id.index()]
    }

    /// Is this an enum with signed values?
    pub fn is_signed_enum(&self, id: TypeId) -> bool {
        matches!(self.ty(id), Type::Enum(e) if e.signed)
    }

    /// Returns whether this is an enum of whose values BTF has only 32 bits, although they have more.
    pub fn is_cut_enum(&self, id: TypeId) -> bool {
        matches!(self.ty(id), Type::Enum(e) if e.cut)
    }

    /// How many names there are; they are numbered.
    pub fn names(&self) -> usize {
        self.strings.len()
    }

    /// Are all characters of all names printable ASCII?
    pub fn has_plain_names(&self) -> bool {
        self.strings.is_plain()
    }

    /// The name of a number.
    pub fn name(&self, name: Name) -> &str {
        self.strings.get(name)
    }

    /// Bytes of all names together.
    pub fn text_len(&self) -> usize {
        self.strings.text().len()
    }

    /// Is it a name of its own, not one that begins inside another? All of these together are as long as their text.
    pub fn is_whole_name(&self, name: Name) -> bool {
        self.strings.is_whole(name)
    }

    /// The name of a type, empty where it has none.
    pub fn name_of(&self, id: TypeId) -> &str {
        self.name(self.ty(id).name())
    }

    pub fn members(&self, composite: &Composite) -> &[Member] {
        &self.tables.members[composite.members.range()]
    }

    pub fn enumerators(&self, e: &Enum) -> &[Enumerator] {
        &self.tables.enumerators[e.enumerators.range()]
    }

    /// The sections with variables or functions, ascending.
    pub fn sections(&self) -> &[TypeId] {
        &self.tables.sections
    }

    /// What a section lists. Nothing of it is checked.
    pub fn entries(&self, entries: Span) -> &[SectionEntry] {
        &self.tables.entries[entries.range()]
    }

    pub fn parameters(&self, parameters: Span) -> &[Parameter] {
        &self.tables.parameters[parameters.range()]
    }

    /// The type behind const, volatile, restrict and tags.
    pub fn unqualified(&self, id: TypeId) -> TypeId {
        self.derived.unqualified(id)
    }

    /// The type behind those and typedefs.
    pub fn resolved(&self, id: TypeId) -> TypeId {
        self.derived.resolved(id)
    }

    /// The type of the innermost elements, seen through arrays and modifiers but not typedefs.
    pub fn element(&self, mut id: TypeId) -> TypeId {
        loop {
            id = self.unqualified(id);
            match self.ty(id) {
                Type::Array { element, .. } => id = *element,
                _ => return id,
            }
        }
    }

    /// What is wrong with a struct or union that lost its members, since they do not fit it.
    pub fn fault(&self, id: TypeId) -> Option<&Malformed> {
        self.derived.unsound.fault(id)
    }

    /// The size of a value in bytes, or nothing where there are no values: `void`, functions,
    /// types that are only declared, arrays of more than 4 GiB.
    pub fn size(&self, id: TypeId) -> Option<u64> {
        self.derived.size(id)
    }

    /// Does a value of this type carry nothing?
    pub fn is_empty(&self, id: TypeId) -> bool {
        matches!(self.size(id), None | Some(0))
    }

    /// Types, members and enumerators: what a walk over everything takes.
    pub fn volume(&self) -> usize {
        let tables = &self.tables;
        tables.types.len() + tables.members.len() + tables.enumerators.len()
    }

    /// Is this C's plain `char`, of which strings are made?
    pub fn is_char(&self, int: &Int) -> bool {
        int.size == 1 && int.is_number() && self.name(int.name) == "char"
    }

    /// Is this a struct, union or enum without a name, seen through nothing?
    pub fn is_anonymous(&self, id: TypeId) -> bool {
        match self.ty(id) {
            Type::Struct(c) | Type::Union(c) => c.name.is_none(),
            Type::Enum(e) => e.name.is_none(),
            _ => false,
        }
    }
}
