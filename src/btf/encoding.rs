//! Describes the binary layout of each kind of type: the three words that every type begins with, and the data that
//! follows them.
//!
//! The layout is that of `include/uapi/linux/btf.h`. This file only describes it: `sections` reads the bytes.

const INT: u32 = 1;
const PTR: u32 = 2;
const ARRAY: u32 = 3;
pub(super) const STRUCT: u32 = 4;
pub(super) const UNION: u32 = 5;
pub(super) const ENUM: u32 = 6;
const FWD: u32 = 7;
const TYPEDEF: u32 = 8;
const VOLATILE: u32 = 9;
const CONST: u32 = 10;
const RESTRICT: u32 = 11;
pub(super) const FUNC: u32 = 12;
pub(super) const FUNC_PROTO: u32 = 13;
pub(super) const VAR: u32 = 14;
pub(super) const DATASEC: u32 = 15;
const DECL_TAG: u32 = 17;
const TYPE_TAG: u32 = 18;
pub(super) const ENUM64: u32 = 19;
/// The highest number of a kind that this version reads.
pub(super) const LAST_KIND: u32 = ENUM64;

/// The maximum number of entries (members, enumerators, parameters, variables) in a type that this version reads. This
/// is the limit of btf-rs, which reads only 16 bits of the number.
const MAX_ENTRIES: u32 = 0xffff;

/// The size of a word in bytes.
pub(super) const WORD: usize = 4;
/// The size in bytes of the three words that every type begins with.
pub(super) const FIRST_WORDS: usize = 3 * WORD;
/// The offset in bytes of the third word, which is a size or a type id.
const TARGET: usize = 2 * WORD;

/// The three words that every type begins with, as in the kernel's `struct btf_type`.
#[derive(Clone, Copy)]
pub(super) struct RawType {
    pub name: u32,
    pub info: u32,
    /// A size or a type id, depending on the kind.
    pub size: u32,
}

/// The bits of [`RawType::info`] that hold the number of entries.
const COUNT: u32 = 0x00ff_ffff;
/// The bit of [`RawType::info`] that is a flag, whose meaning depends on the kind.
const FLAG: u32 = 1 << 31;

impl RawType {
    pub fn kind(self) -> u32 {
        self.info >> 24 & 0x7f
    }

    /// Returns the number of entries. For a function, the bits of this number hold the linkage instead.
    pub fn count(self) -> u32 {
        self.info & COUNT
    }

    /// Returns the layout of the kind, or `None` if this version cannot read the type.
    #[inline]
    pub fn known_kind(self) -> Option<&'static KindLayout> {
        let kind = KINDS.get(self.kind() as usize);
        kind.filter(|_| self.kind() != 0 && self.count() <= MAX_ENTRIES)
    }

    /// Returns the reason why this version cannot read the type.
    #[cold]
    pub fn unknown_kind(self) -> String {
        match (self.kind(), self.count()) {
            (0, _) => "kind 0 is not a kind of type".to_owned(),
            (1..=LAST_KIND, members) => {
                format!(
                    "{members} members need a newer btf2wit, this one reads up to {MAX_ENTRIES}"
                )
            }
            (kind, _) => {
                format!("kind {kind} needs a newer btf2wit, this one reads kinds 1 to {LAST_KIND}")
            }
        }
    }

    /// Returns the size in bytes of the data that follows the first three words.
    pub fn tail(self, kind: &KindLayout) -> usize {
        kind.fixed + kind.entry * self.count() as usize
    }

    /// Returns the offset of every word that refers to a name or a type, and which of the two it refers to. Offsets are
    /// in bytes from the start of the type.
    pub fn references(self, kind: &'static KindLayout) -> impl Iterator<Item = (usize, Reference)> {
        let first = [(0, Reference::Name), (TARGET, Reference::Type)];
        let first = first.into_iter().take(1 + usize::from(kind.has_target));
        let fixed = (0..kind.types).map(|nth| (FIRST_WORDS + WORD * nth, Reference::Type));
        let entries = (0..self.count() as usize).take_while(|_| kind.entry > 0);
        let entries = entries.map(move |nth| FIRST_WORDS + kind.fixed + kind.entry * nth);
        let inside = kind.entry_words.iter().enumerate();
        let entries = entries.flat_map(move |entry| {
            let words = inside.clone();
            words.map(move |(nth, word)| (entry + WORD * nth, *word))
        });
        first.chain(fixed).chain(entries)
    }
}

/// The kind of thing that a word of a type refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Name,
    Type,
}

/// The encoding of one kind of type. "First words" are the three words of [`RawType`].
#[derive(Clone, Copy)]
pub(super) struct KindLayout {
    /// The number of bytes between the first words and the entries.
    fixed: usize,
    /// The size of an entry in bytes.
    entry: usize,
    /// The offset in bytes, from the end of the first words, of the word that btf-rs does not expose in full. `None` if
    /// the kind has no such word.
    pub hidden: Option<usize>,
    /// Masks of the bits in the first words that the kind does not use. These bits are 0 in valid BTF.
    pub unused: RawType,
    /// Whether the third word is a type id.
    has_target: bool,
    /// The number of type ids between the first words and the entries.
    types: usize,
    /// For each word at the start of an entry, the kind of thing that it refers to. The other words of an entry are
    /// numbers.
    entry_words: &'static [Reference],
}

static KINDS: [KindLayout; LAST_KIND as usize + 1] = {
    let mut kinds = [KindLayout::of(0, 0, COUNT | FLAG); LAST_KIND as usize + 1];
    kinds[INT as usize] = KindLayout::of(4, 0, COUNT | FLAG).hiding(0);
    kinds[PTR as usize] = KindLayout::of(0, 0, COUNT | FLAG).nameless().targeting();
    kinds[ARRAY as usize] = KindLayout::of(12, 0, COUNT | FLAG)
        .nameless()
        .sizeless()
        .hiding(4);
    // After its first words, an array has two type ids: that of its element type and that of its index type.
    kinds[ARRAY as usize].types = 2;
    kinds[STRUCT as usize] = KindLayout::of(0, 12, 0).listing(&[Reference::Name, Reference::Type]);
    kinds[UNION as usize] = kinds[STRUCT as usize];
    kinds[ENUM as usize] = KindLayout::of(0, 8, 0).listing(&[Reference::Name]);
    kinds[FWD as usize] = KindLayout::of(0, 0, COUNT).sizeless();
    kinds[TYPEDEF as usize] = kinds[TYPEDEF as usize].targeting();
    kinds[VOLATILE as usize] = kinds[PTR as usize];
    kinds[CONST as usize] = kinds[PTR as usize];
    kinds[RESTRICT as usize] = kinds[PTR as usize];
    // In a function, the bits of the count hold the linkage, so only the flag is unused.
    kinds[FUNC as usize] = KindLayout::of(0, 0, FLAG).targeting();
    kinds[FUNC_PROTO as usize] = KindLayout::of(0, 8, FLAG)
        .nameless()
        .targeting()
        .listing(&[Reference::Name, Reference::Type]);
    kinds[VAR as usize] = KindLayout::of(4, 0, COUNT | FLAG).hiding(0).targeting();
    kinds[DATASEC as usize] = KindLayout::of(0, 12, FLAG).listing(&[Reference::Type]);
    // Since Linux 6.15, the flag of both kinds of tag says that the tag stands for an attribute. So only the count is
    // unused.
    kinds[DECL_TAG as usize] = KindLayout::of(4, 0, COUNT).hiding(0).targeting();
    kinds[TYPE_TAG as usize] = KindLayout::of(0, 0, COUNT).targeting();
    kinds[ENUM64 as usize] = KindLayout::of(0, 12, 0).listing(&[Reference::Name]);
    kinds
};

impl KindLayout {
    const fn of(fixed: usize, entry: usize, unused: u32) -> KindLayout {
        let unused = RawType {
            name: 0,
            info: unused,
            size: 0,
        };
        KindLayout {
            fixed,
            entry,
            hidden: None,
            unused,
            has_target: false,
            types: 0,
            entry_words: &[],
        }
    }

    const fn targeting(mut self) -> KindLayout {
        self.has_target = true;
        self
    }

    const fn listing(mut self, words: &'static [Reference]) -> KindLayout {
        self.entry_words = words;
        self
    }

    const fn nameless(mut self) -> KindLayout {
        self.unused.name = u32::MAX;
        self
    }

    const fn sizeless(mut self) -> KindLayout {
        self.unused.size = u32::MAX;
        self
    }

    const fn hiding(mut self, at: usize) -> KindLayout {
        self.hidden = Some(at);
        self
    }
}
