//! How types are encoded, by kind: three words that every type begins with, and what follows them.
//!
//! Follows `include/uapi/linux/btf.h`. Reads nothing, and knows no meaning of what it describes.

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
/// The last kind that this version reads.
pub(super) const LAST_KIND: u32 = ENUM64;

/// The most members and the like.
const MAX_ENTRIES: u32 = 0xffff;

/// Bytes of a word.
pub(super) const WORD: usize = 4;
/// Bytes of the words that every type begins with.
pub(super) const FIRST_WORDS: usize = 3 * WORD;
/// Where the last of these is, a size or a type id.
const TARGET: usize = 2 * WORD;

/// The words that every type begins with.
#[derive(Clone, Copy)]
pub(super) struct RawType {
    pub name: u32,
    pub info: u32,
    /// A size or a type id, by kind.
    pub size: u32,
}

/// Bits of [`RawType::info`].
const COUNT: u32 = 0x00ff_ffff;
const FLAG: u32 = 1 << 31;

impl RawType {
    pub fn kind(self) -> u32 {
        self.info >> 24 & 0x7f
    }

    /// Members and the like; the linkage of a function.
    pub fn count(self) -> u32 {
        self.info & COUNT
    }

    /// The layout of a kind that this version reads.
    #[inline]
    pub fn known_kind(self) -> Option<&'static Kind> {
        let kind = KINDS.get(self.kind() as usize);
        kind.filter(|_| self.kind() != 0 && self.count() <= MAX_ENTRIES)
    }

    /// Why it is not read.
    #[cold]
    pub fn unknown_kind(self) -> String {
        match (self.kind(), self.count()) {
            (0, _) => "kind 0 is no kind of a type".to_owned(),
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

    /// Bytes after the first words.
    pub fn tail(self, kind: &Kind) -> usize {
        kind.fixed + kind.entry * self.count() as usize
    }

    /// Every word of the type that refers to a name or a type, and where it stands, in bytes from the
    /// start of the type.
    pub fn references(self, kind: &'static Kind) -> impl Iterator<Item = (usize, Reference)> {
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
    /// A name, by its offset.
    Name,
    /// A type, by its id.
    Type,
}

/// How a kind is encoded.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// Bytes after the first words, and then for each entry.
    fixed: usize,
    entry: usize,
    /// Where the word is that btf-rs hides, in bytes after the first words.
    pub hidden: Option<usize>,
    /// Bits of each of the first words that the kind has no use for.
    pub unused: RawType,
    /// Whether the last of the first words is a type id.
    has_target: bool,
    /// How many words after the first ones are type ids.
    types: usize,
    /// What the first words of each entry refer to.
    entry_words: &'static [Reference],
}

static KINDS: [Kind; LAST_KIND as usize + 1] = {
    let mut kinds = [Kind::of(0, 0, COUNT | FLAG); LAST_KIND as usize + 1];
    kinds[INT as usize] = Kind::of(4, 0, COUNT | FLAG).hiding(0);
    kinds[PTR as usize] = Kind::of(0, 0, COUNT | FLAG).nameless().targeting();
    kinds[ARRAY as usize] = Kind::of(12, 0, COUNT | FLAG)
        .nameless()
        .sizeless()
        .hiding(4);
    // The elements and the index.
    kinds[ARRAY as usize].types = 2;
    kinds[STRUCT as usize] = Kind::of(0, 12, 0).listing(&[Reference::Name, Reference::Type]);
    kinds[UNION as usize] = kinds[STRUCT as usize];
    kinds[ENUM as usize] = Kind::of(0, 8, 0).listing(&[Reference::Name]);
    kinds[FWD as usize] = Kind::of(0, 0, COUNT).sizeless();
    kinds[TYPEDEF as usize] = kinds[TYPEDEF as usize].targeting();
    kinds[VOLATILE as usize] = kinds[PTR as usize];
    kinds[CONST as usize] = kinds[PTR as usize];
    kinds[RESTRICT as usize] = kinds[PTR as usize];
    // The count is the linkage.
    kinds[FUNC as usize] = Kind::of(0, 0, FLAG).targeting();
    kinds[FUNC_PROTO as usize] = Kind::of(0, 8, FLAG)
        .nameless()
        .targeting()
        .listing(&[Reference::Name, Reference::Type]);
    kinds[VAR as usize] = Kind::of(4, 0, COUNT | FLAG).hiding(0).targeting();
    kinds[DATASEC as usize] = Kind::of(0, 12, FLAG).listing(&[Reference::Type]);
    // Since Linux 6.15 the flag says that a tag is an attribute.
    kinds[DECL_TAG as usize] = Kind::of(4, 0, COUNT).hiding(0).targeting();
    kinds[TYPE_TAG as usize] = Kind::of(0, 0, COUNT).targeting();
    kinds[ENUM64 as usize] = Kind::of(0, 12, 0).listing(&[Reference::Name]);
    kinds
};

impl Kind {
    const fn of(fixed: usize, entry: usize, unused: u32) -> Kind {
        let unused = RawType {
            name: 0,
            info: unused,
            size: 0,
        };
        Kind {
            fixed,
            entry,
            hidden: None,
            unused,
            has_target: false,
            types: 0,
            entry_words: &[],
        }
    }

    const fn targeting(mut self) -> Kind {
        self.has_target = true;
        self
    }

    const fn listing(mut self, words: &'static [Reference]) -> Kind {
        self.entry_words = words;
        self
    }

    const fn nameless(mut self) -> Kind {
        self.unused.name = u32::MAX;
        self
    }

    const fn sizeless(mut self) -> Kind {
        self.unused.size = u32::MAX;
        self
    }

    const fn hiding(mut self, at: usize) -> Kind {
        self.hidden = Some(at);
        self
    }
}
