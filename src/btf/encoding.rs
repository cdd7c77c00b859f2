//! The binary layout of each kind of type: the three words that every type begins with, and what follows them.
//!
//! The layout is that of `include/uapi/linux/btf.h`. This file does not read or interpret bytes.

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
/// The highest kind that this version reads.
pub(super) const LAST_KIND: u32 = ENUM64;

/// The maximum number of entries (members, enumerators, parameters, variables) of a type.
const MAX_ENTRIES: u32 = 0xffff;

/// The size of a word in bytes.
pub(super) const WORD: usize = 4;
/// The size in bytes of the words that every type begins with.
pub(super) const FIRST_WORDS: usize = 3 * WORD;
/// The offset in bytes of the third word, which is a size or a type id.
const TARGET: usize = 2 * WORD;

/// The words that every type begins with, as in the kernel's `struct btf_type`.
#[derive(Clone, Copy)]
pub(super) struct RawType {
    pub name: u32,
    pub info: u32,
    /// A size or a type id, depending on the kind.
    pub size: u32,
}

/// Masks for [`RawType::info`]: the number of entries, and the flag.
const COUNT: u32 = 0x00ff_ffff;
const FLAG: u32 = 1 << 31;

impl RawType {
    pub fn kind(self) -> u32 {
        self.info >> 24 & 0x7f
    }

    /// Returns the number of entries. For a function, this is its linkage.
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

    /// Returns the size in bytes of the data that follows the first words.
    pub fn tail(self, kind: &KindLayout) -> usize {
        kind.fixed + kind.entry * self.count() as usize
    }

    /// Returns every word that refers to a name or a type, with its offset in bytes from the start of the type.
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

/// What a word of a type refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Name,
    Type,
}

/// How types of a kind are encoded.
#[derive(Clone, Copy)]
pub(super) struct KindLayout {
    /// The number of bytes between the first words and the entries.
    fixed: usize,
    /// The size of an entry in bytes.
    entry: usize,
    /// The offset in bytes, counted from the end of the first words, of the word that btf-rs does not expose.
    pub hidden: Option<usize>,
    /// A mask of the bits of the first words that the kind does not use.
    pub unused: RawType,
    /// Whether the third of the first words is a type id.
    has_target: bool,
    /// The number of type ids between the first words and the entries.
    types: usize,
    /// What the words at the start of an entry refer to.
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
    // The types of the element and of the index.
    kinds[ARRAY as usize].types = 2;
    kinds[STRUCT as usize] = KindLayout::of(0, 12, 0).listing(&[Reference::Name, Reference::Type]);
    kinds[UNION as usize] = kinds[STRUCT as usize];
    kinds[ENUM as usize] = KindLayout::of(0, 8, 0).listing(&[Reference::Name]);
    kinds[FWD as usize] = KindLayout::of(0, 0, COUNT).sizeless();
    kinds[TYPEDEF as usize] = kinds[TYPEDEF as usize].targeting();
    kinds[VOLATILE as usize] = kinds[PTR as usize];
    kinds[CONST as usize] = kinds[PTR as usize];
    kinds[RESTRICT as usize] = kinds[PTR as usize];
    // A function has its linkage in place of the count.
    kinds[FUNC as usize] = KindLayout::of(0, 0, FLAG).targeting();
    kinds[FUNC_PROTO as usize] = KindLayout::of(0, 8, FLAG)
        .nameless()
        .targeting()
        .listing(&[Reference::Name, Reference::Type]);
    kinds[VAR as usize] = KindLayout::of(4, 0, COUNT | FLAG).hiding(0).targeting();
    kinds[DATASEC as usize] = KindLayout::of(0, 12, FLAG).listing(&[Reference::Type]);
    // Since Linux 6.15, the flag marks a tag that stands for an attribute.
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
