//! Reads and checks BTF.
//!
//! Only this module knows btf-rs and the binary format. A [`Btf`] is sound: its type ids and names are in range, no
//! type contains itself by value, and nesting is bounded. The rest of the crate relies on this, and does not check it
//! again. Only the entries of data sections and the index types of arrays may be out of range.

mod check;
mod checker;
mod convert;
mod cut;
mod encoding;
mod ext;
mod invalid_names;
mod layout;
mod load;
mod malformed;
mod name_budget;
mod open;
mod pointer;
mod references;
mod relocate;
mod resolve;
mod sections;
mod span;
mod strings;
mod text;
mod type_info;
mod types;
mod unsound;
mod verifier;
mod warning;

pub use malformed::Malformed;
pub use pointer::PointerOrigin;
pub use sections::Endian;
pub use types::TypeId;
pub use warning::{Rule, Warning};

pub(crate) use ext::relocated_types;
pub(crate) use sections::has_magic;
pub(crate) use span::Span;
pub(crate) use types::{
    Composite, Enum, Enumerator, Int, Linkage, Member, Modifier, Name, Parameter, SectionEntry,
    Type,
};

use std::ops::Range;

use checker::Derived;
use invalid_names::InvalidNames;
use load::Tables;
use sections::{BaseExtent, Sections};
use strings::{NameIndex, Strings};
use verifier::Checked;

/// Whether BTF is split and needs a base. The string section shows this, except in the case of `Unclear`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IsSplit {
    /// The string section begins with the empty name and has other names, so the BTF is not split.
    No,
    /// The string section does not begin with the empty name, so the BTF is split. The empty name is then at the
    /// beginning of the base's string section.
    Yes,
    /// The string section holds only the empty name. Either the BTF is not split and has no names, or it is split and
    /// adds no names.
    Unclear,
}

impl IsSplit {
    pub fn of(bytes: &[u8]) -> Result<IsSplit, Malformed> {
        let strings = Sections::strings(bytes)?;
        Ok(match &bytes[strings] {
            [0] => IsSplit::Unclear,
            [0, ..] => IsSplit::No,
            _ => IsSplit::Yes,
        })
    }
}

/// BTF that has been read, but not checked. If the BTF is split, the tables and strings also include its base.
pub(crate) struct UncheckedBtf {
    /// The sections of the BTF itself, without those of its base.
    sections: Sections,
    tables: Tables,
    strings: Strings,
    /// The first type that does not belong to the base. The id is 1 if there is no base.
    start_id: TypeId,
}

impl UncheckedBtf {
    /// Reads raw BTF that is not split.
    pub fn unsplit(bytes: Vec<u8>) -> Result<UncheckedBtf, Malformed> {
        let sections = Sections::read(&bytes, BaseExtent::default())?;
        let mut names = NameIndex::read(&bytes[sections.strings.clone()])?;
        let tables = Tables::read(&bytes, &sections, &mut names)?;
        let text = text::of(bytes, sections.strings.clone())?;
        Ok(UncheckedBtf {
            sections,
            tables,
            strings: names.with_text(text)?,
            start_id: TypeId(1),
        })
    }

    fn split(bytes: &[u8], base: Vec<u8>) -> Result<UncheckedBtf, Malformed> {
        if IsSplit::of(&base)? == IsSplit::Yes {
            return Err(Malformed::new(
                "its base is split BTF, too: a base stands alone",
            ));
        }
        let base_sections = Sections::read(&base, BaseExtent::default())?;
        let mut names = NameIndex::read(&base[base_sections.strings.clone()])?;
        let before = BaseExtent {
            types: base_sections.types,
            names: base_sections.strings.len(),
        };
        let sections = Sections::read(bytes, before)?;
        if sections.endian != base_sections.endian {
            return Err(Malformed::new("its byte order is not that of its base"));
        }
        names.extend(&bytes[sections.strings.clone()])?;
        let raw_base = open::base(&base)?;
        let more = &bytes[sections.strings.clone()];
        let text = text::of_both(base, base_sections.strings.clone(), more)?;
        let mut tables = Tables::with_capacity_for(&[&base_sections, &sections]);
        tables.append(raw_base.base(), &base_sections, &mut names)?;
        let start_id = TypeId(tables.types.len() as u32);
        let raw = open::split(bytes, &raw_base)?;
        tables.append(raw.split().unwrap_or(raw.base()), &sections, &mut names)?;
        Ok(UncheckedBtf {
            sections,
            tables,
            strings: names.with_text(text)?,
            start_id,
        })
    }

    /// Checks the BTF. `pointer_size` is the size of a pointer in bytes and the source from which it is known. If it is
    /// `None`, the size is inferred from the types.
    pub fn checked(self, pointer_size: Option<(u8, PointerOrigin)>) -> Result<Btf, Malformed> {
        let UncheckedBtf {
            sections,
            mut tables,
            strings,
            start_id,
        } = self;
        name_budget::check(&tables, &strings, sections.length)?;
        let (pointer_size, pointer_origin) =
            pointer_size.unwrap_or_else(|| pointer::infer(&tables, &strings));
        let invalid_names = InvalidNames::of(&strings);
        let mut derived = check::check(&mut tables, &strings, start_id, pointer_size)?;
        let mut warnings = verifier::warnings(Checked {
            sections: &sections,
            tables: &tables,
            strings: &strings,
            derived: &derived,
            invalid_names: &invalid_names,
            start_id,
            pointer_size,
        });
        derived.unsound.take_members(&mut tables);
        warnings.extend(derived.unsound.warning());
        if pointer_origin == PointerOrigin::Option {
            warnings.extend(pointer::warning(&tables, &strings, pointer_size));
        }
        if derived.has_bitfield_ints {
            for at in 0..tables.members.len() {
                tables.members[at] = layout::with_real_bits(&tables, &derived, &tables.members[at]);
            }
        }
        Ok(Btf {
            tables,
            strings,
            derived,
            start_id,
            endian: sections.endian,
            pointer_size,
            pointer_origin,
            warnings,
        })
    }
}

/// The checked types of one BTF. If the BTF is split, the types of its base are included.
pub(crate) struct Btf {
    tables: Tables,
    strings: Strings,
    derived: Derived,
    /// The first type that does not belong to the base. The id is 1 if there is no base.
    start_id: TypeId,
    pub endian: Endian,
    /// The size of a pointer, in bytes.
    pub pointer_size: u8,
    pub pointer_origin: PointerOrigin,
    pub warnings: Vec<Warning>,
}

impl Btf {
    /// Reads and checks raw BTF. Split BTF needs its `base`; other BTF has none. `pointer_size` is the size of a
    /// pointer in bytes and the source from which it is known. If it is `None`, the size is inferred from the types.
    pub fn read(
        bytes: Vec<u8>,
        base: Option<Vec<u8>>,
        pointer_size: Option<(u8, PointerOrigin)>,
    ) -> Result<Btf, Malformed> {
        let read = match base {
            Some(base) => UncheckedBtf::split(&bytes, base)?,
            None => UncheckedBtf::unsplit(bytes)?,
        };
        read.checked(pointer_size)
    }

    /// Reads split BTF that was made for `distilled_base`, the content of the section `.BTF.base` in the same file, and
    /// moves the BTF to another base (`base`). Also returns the number of types in `distilled_base`, excluding `void`.
    pub fn relocated(
        bytes: &[u8],
        distilled_base: Vec<u8>,
        base: Vec<u8>,
        pointer_size: Option<(u8, PointerOrigin)>,
    ) -> Result<(Btf, usize), Malformed> {
        let relocated = relocate::relocate(bytes, distilled_base, base.clone())?;
        let btf = Btf::read(relocated.bytes, Some(base), pointer_size)?;
        Ok((btf, relocated.types))
    }

    /// Returns the range of type ids of each layer. The first layer is the base, if there is one. The last layer has
    /// all types that do not belong to the base. A layer without types is left out.
    pub fn layers(&self) -> impl Iterator<Item = Range<u32>> + use<> {
        let (start_id, end) = (self.start_id.0, self.tables.types.len() as u32);
        [1..start_id, start_id..end]
            .into_iter()
            .filter(|layer| !layer.is_empty())
    }

    /// Returns whether a type belongs to the base. Returns true for `void`, even without a base.
    pub fn is_of_base(&self, id: TypeId) -> bool {
        id < self.start_id
    }

    /// Returns the number of types in the base, excluding `void`; 0 if there is no base.
    pub fn base_len(&self) -> usize {
        self.start_id.index() - 1
    }

    /// Returns all type ids except that of `void`, in ascending order.
    pub fn ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        (1..self.tables.types.len() as u32).map(TypeId)
    }

    /// Returns the structs, unions, enums, typedefs and forward declarations in a range of ids, in ascending order.
    pub fn tagged_types(&self, ids: Range<u32>) -> &[TypeId] {
        let tagged = &self.tables.tagged_types;
        let before = |end: u32| tagged.partition_point(|id| id.0 < end);
        &tagged[before(ids.start)..before(ids.end)]
    }

    /// Returns the number of types, including `void`.
    pub fn len(&self) -> usize {
        self.tables.types.len()
    }

    /// Returns the number of functions.
    pub fn functions(&self) -> usize {
        self.tables.functions
    }

    pub fn ty(&self, id: TypeId) -> &Type {
        &self.tables.types[id.index()]
    }

    pub fn is_signed_enum(&self, id: TypeId) -> bool {
        matches!(self.ty(id), Type::Enum(e) if e.signed)
    }

    /// Returns whether a type is an enum of 8 bytes for which BTF stores only 32 bits of each value.
    pub fn is_cut_enum(&self, id: TypeId) -> bool {
        matches!(self.ty(id), Type::Enum(e) if e.cut)
    }

    /// Returns the number of names, including those that are suffixes of others. Such a suffix counts once for each
    /// use.
    pub fn names(&self) -> usize {
        self.strings.len()
    }

    /// Returns whether all names are printable ASCII.
    pub fn has_plain_names(&self) -> bool {
        self.strings.is_plain()
    }

    pub fn name(&self, name: Name) -> &str {
        self.strings.get(name)
    }

    /// Returns the length of the string section in bytes. If the BTF is split, adds that of the base's string section.
    pub fn text_len(&self) -> usize {
        self.strings.text().len()
    }

    /// Returns whether the string section stores this name separately. Otherwise the name is only the end of a longer
    /// name.
    pub fn is_whole_name(&self, name: Name) -> bool {
        self.strings.is_whole(name)
    }

    /// Returns the name of a type, or an empty string if it has none.
    pub fn name_of(&self, id: TypeId) -> &str {
        self.name(self.ty(id).name())
    }

    pub fn members(&self, composite: &Composite) -> &[Member] {
        &self.tables.members[composite.members.range()]
    }

    pub fn enumerators(&self, e: &Enum) -> &[Enumerator] {
        &self.tables.enumerators[e.enumerators.range()]
    }

    /// Returns the data sections, in ascending order of their ids.
    pub fn sections(&self) -> &[TypeId] {
        &self.tables.sections
    }

    /// Returns the entries of a data section. Their type ids, offsets and sizes are not checked.
    pub fn entries(&self, entries: Span) -> &[SectionEntry] {
        &self.tables.entries[entries.range()]
    }

    pub fn parameters(&self, parameters: Span) -> &[Parameter] {
        &self.tables.parameters[parameters.range()]
    }

    /// Returns the type without outer modifiers: qualifiers, type tags and unnamed typedefs. Named typedefs stay.
    pub fn unqualified(&self, id: TypeId) -> TypeId {
        self.derived.unqualified(id)
    }

    /// Returns the type without modifiers and typedefs.
    pub fn resolved(&self, id: TypeId) -> TypeId {
        self.derived.resolved(id)
    }

    /// Returns the type of the innermost elements of an array. Modifiers are removed. Typedefs are not, even if they
    /// stand for arrays. For any other type, returns that type without modifiers.
    pub fn element(&self, mut id: TypeId) -> TypeId {
        loop {
            id = self.unqualified(id);
            match self.ty(id) {
                Type::Array { element, .. } => id = *element,
                _ => return id,
            }
        }
    }

    /// Returns the reason why a struct or union lost its members. Returns `None` if the type is sound.
    pub fn fault(&self, id: TypeId) -> Option<&Malformed> {
        self.derived.unsound.fault(id)
    }

    /// Returns the size of a value in bytes, or `None` if the type has no size. Types without a size are for example
    /// `void`, functions, types that are only declared, and arrays of 4 GiB or more.
    pub fn size(&self, id: TypeId) -> Option<u64> {
        self.derived.size(id)
    }

    /// Returns whether a type has no size or the size 0.
    pub fn is_empty(&self, id: TypeId) -> bool {
        matches!(self.size(id), None | Some(0))
    }

    /// Returns the number of types, members and enumerators. The limits for steps and items grow with this number.
    pub fn volume(&self) -> usize {
        let tables = &self.tables;
        tables.types.len() + tables.members.len() + tables.enumerators.len()
    }

    /// Returns whether an integer is C's plain `char`, the type of characters in strings.
    pub fn is_char(&self, int: &Int) -> bool {
        int.size == 1 && int.is_number() && self.name(int.name) == "char"
    }

    /// Returns whether a type is a struct, union or enum without a name. A typedef of such a type has a name, so it is
    /// not anonymous.
    pub fn is_anonymous(&self, id: TypeId) -> bool {
        match self.ty(id) {
            Type::Struct(c) | Type::Union(c) => c.name.is_none(),
            Type::Enum(e) => e.name.is_none(),
            _ => false,
        }
    }
}
