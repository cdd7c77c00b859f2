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
const MOST_ENTRIES: u32 = 0xffff;

/// Bytes of the words that every type begins with.
pub(super) const FIRST_WORDS: usize = 12;

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
        kind.filter(|_| self.kind() != 0 && self.count() <= MOST_ENTRIES)
    }

    /// Why it is not read.
    #[cold]
    pub fn unknown_kind(self) -> String {
        match (self.kind(), self.count()) {
            (0, _) => "kind 0 is no kind of a type".to_owned(),
            (1..=LAST_KIND, members) => {
                format!(
                    "{members} members need a newer btf2wit, this one reads up to {MOST_ENTRIES}"
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
}

static KINDS: [Kind; LAST_KIND as usize + 1] = {
    let mut kinds = [Kind::of(0, 0, COUNT | FLAG); LAST_KIND as usize + 1];
    kinds[INT as usize] = Kind::of(4, 0, COUNT | FLAG).hiding(0);
    kinds[PTR as usize] = Kind::of(0, 0, COUNT | FLAG).nameless();
    kinds[ARRAY as usize] = Kind::of(12, 0, COUNT | FLAG)
        .nameless()
        .sizeless()
        .hiding(4);
    kinds[STRUCT as usize] = Kind::of(0, 12, 0);
    kinds[UNION as usize] = Kind::of(0, 12, 0);
    kinds[ENUM as usize] = Kind::of(0, 8, 0);
    kinds[FWD as usize] = Kind::of(0, 0, COUNT).sizeless();
    kinds[VOLATILE as usize] = Kind::of(0, 0, COUNT | FLAG).nameless();
    kinds[CONST as usize] = Kind::of(0, 0, COUNT | FLAG).nameless();
    kinds[RESTRICT as usize] = Kind::of(0, 0, COUNT | FLAG).nameless();
    // The count is the linkage.
    kinds[FUNC as usize] = Kind::of(0, 0, FLAG);
    kinds[FUNC_PROTO as usize] = Kind::of(0, 8, FLAG).nameless();
    kinds[VAR as usize] = Kind::of(4, 0, COUNT | FLAG).hiding(0);
    kinds[DATASEC as usize] = Kind::of(0, 12, FLAG);
    // Since Linux 6.15 the flag says that a tag is an attribute.
    kinds[DECL_TAG as usize] = Kind::of(4, 0, COUNT).hiding(0);
    kinds[TYPE_TAG as usize] = Kind::of(0, 0, COUNT);
    kinds[ENUM64 as usize] = Kind::of(0, 12, 0);
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
        }
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
