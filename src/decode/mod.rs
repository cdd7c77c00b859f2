//! Decodes bytes, as a BPF program, a map or the kernel provides them, to values of the WIT types.
//!
//! A [`Decoder`] is a plan that is compiled once from the items of the WIT text, so that text and values
//! agree and no record needs a look-up. This file owns the decoder and its settings. `read` walks bytes,
//! `write` walks values. The arms of unions come from the plan or from `arms`.

mod arm_check;
mod arms;
mod error;
#[cfg(feature = "json")]
mod json;
mod location;
mod number;
mod read;
mod records;
mod value;
#[cfg(feature = "wave")]
mod wave;
mod write;

pub use arms::Union;
pub use error::{DecodeError, EncodeError, Misfit, OtherArm, Problem};
pub use records::RecordSize;
pub use value::Value;

use std::fmt;

use crate::error::Error;
use crate::plan::{ChoiceError, Fingerprints, Plan, Roots, ValueType};
use arms::Ask;
use read::ValueReader;

/// Decodes the bytes of one type to [`Value`]s.
///
/// Made by [`Package::decoder`](crate::Package::decoder). It does not borrow the package, and threads can
/// share it. Byte order and pointer size are those of the BTF.
///
/// - Numbers, `bool`, enums and flags are read from their bytes or from the bits of their bitfield. An
///   enum's number without a case, and a bit without a label, are kept as numbers; with
///   [`strict`](Decoder::strict) they are errors.
/// - A union that is a `variant` has the arm that the caller selects: see [`arm`](Decoder::arm).
/// - A flexible array at the end of the outermost type has as many whole elements as there are bytes. Any
///   other one is empty.
/// - Text in an array with a length ends at the first NUL, as in C. A flexible array may hold several
///   strings, as in trace events, so that its text only loses the NULs at its end. U+FFFD replaces bytes
///   that are not UTF-8; with [`strict_text`](Decoder::strict_text) they are an error.
/// - A pointer is its address.
pub struct Decoder {
    /// The name of the type in messages and at the start of paths, such as `event`.
    name: String,
    root: ValueType,
    plan: Plan,
    ask: Option<Ask>,
    strict: bool,
    strict_text: bool,
    record_size: Option<RecordSize>,
    /// The offset in bytes of the flexible array at the end.
    flexible: Option<u64>,
}

impl Decoder {
    pub(crate) fn new(name: String, root: ValueType, plan: Plan) -> Decoder {
        Decoder {
            flexible: plan.flexible_in(&root),
            name,
            root,
            plan,
            ask: None,
            strict: false,
            strict_text: false,
            record_size: None,
        }
    }

    /// Makes an enum's number without a case, and a flag bit without a label, an error.
    ///
    /// By default they are kept as numbers, so that one new enumerator does not cost the record. Enums
    /// that are mapped to integers are not affected.
    pub fn strict(&mut self, strict: bool) -> &mut Decoder {
        self.strict = strict;
        self
    }

    /// Makes text that is not UTF-8 an error. By default U+FFFD replaces each invalid piece.
    pub fn strict_text(&mut self, strict: bool) -> &mut Decoder {
        self.strict_text = strict;
        self
    }

    /// Chooses the arm of a union, since BTF does not record which one is active.
    /// [`Config::arm`](crate::Config::arm) does so for decoders and generated readers at once.
    ///
    /// - `event.addr=v4`: always this arm. The path of the union begins with the type, or with the union as a
    ///   type of its own, as in `union addr=v4`.
    /// - `event.addr=kind:4=v4,6=v6,*=raw`: the arm that a number selects. `*` stands for all other values.
    ///
    /// The number may be an integer, a bitfield, a `bool` (its values are also `true` and `false`) or an enum (its
    /// values are also the names of its enumerators). If several members have the name, the nearest counts:
    ///
    /// 1. beside the union, and in structs and arrays there: `kind`, `header.kind`, `headers[0].kind`;
    /// 2. inside the union: `local=sa.family:2=in4,10=in6`;
    /// 3. in the types around both, outwards to the one with which the path of the union begins:
    ///    `outer.in.body=kind:0=num` takes `outer.in.kind` if it exists, or else `outer.kind`.
    ///
    /// As in C, members of unnamed structs and unions belong to the parent. A path that begins with the type, as in
    /// `outer.in.body=outer.kind:0=num`, means exactly that member, unless a nearer one has the name. The number
    /// may stand before or behind the union.
    ///
    /// Names are those of C or WIT. The last choice for a union counts. [`encode`](Decoder::encode) refuses a value
    /// with another arm than the chosen one, so that decoding returns the value that was encoded.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/unions.bpfel.o");
    /// use btf2wit::decode::Value;
    ///
    /// let mut decoder = btf2wit::Config::new().input(object).load()?.decoder("ipv4_address")?;
    /// decoder.arm("ipv4_address=word")?;
    /// let value = decoder.decode(&[127, 0, 0, 1])?;
    /// assert_eq!(value, Value::Variant("word", Some(Box::new(Value::U32(0x0100_007f)))));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Arm`] where there is no such union, arm, number or value.
    pub fn arm(&mut self, choice: &str) -> Result<&mut Decoder, Error> {
        let what = match self.choose(choice) {
            Ok(()) => return Ok(self),
            Err(ChoiceError::Invalid(what)) => what,
            Err(ChoiceError::NoType { name, hint }) => {
                format!("'{}' holds no type '{name}'{hint}", self.name)
            }
        };
        let choice = choice.to_owned();
        Err(Error::Arm { choice, what })
    }

    /// Applies a choice. The caller of [`arm`](Decoder::arm) gets another error if the type holds no
    /// such union.
    pub(crate) fn choose(&mut self, choice: &str) -> Result<(), ChoiceError> {
        let root = self.root.base.node();
        let root = root.map(|root| (self.name.as_str(), root));
        let roots = Roots { root, aliases: &[] };
        self.plan.choose(roots, choice)
    }

    /// Sets a function that selects the arm of each union for which [`arm`](Decoder::arm) made no choice. Unions with
    /// one arm, or with the same struct in all arms, need none.
    ///
    /// The function returns the position of an arm, as [`Union::arm`] finds it, or nothing, which is an error for the
    /// record.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/unions.bpfel.o");
    /// # let mut decoder = btf2wit::Config::new().input(object).load()?.decoder("uses_named")?;
    /// decoder.arms(|union| match union.get("kind")?.as_integer()? {
    ///     1 => union.arm("u32"),
    ///     2 => union.arm("text"),
    ///     _ => None,
    /// });
    /// # assert!(decoder.decode(&[1; 32]).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn arms(
        &mut self,
        ask: impl Fn(&Union<'_, '_>) -> Option<usize> + Send + Sync + 'static,
    ) -> &mut Decoder {
        self.ask = Some(Box::new(ask));
        self
    }

    /// Decodes one value from all of the bytes. A flexible array at the end has all bytes that remain.
    /// [`records`](Decoder::records) decodes several values.
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] names the field and its offset. There may be too few bytes or too many, a union without a
    /// choice for its arm, or a value that [`strict`](Decoder::strict) refuses.
    pub fn decode<'a>(&'a self, bytes: &'a [u8]) -> Result<Value<'a>, DecodeError> {
        let value = self
            .check_length(bytes)
            .and_then(|()| ValueReader::new(self, bytes).value());
        value.map_err(|error| error.in_field(&self.name))
    }

    /// Returns the size of a value in bytes, without that of a flexible array at its end.
    pub fn size(&self) -> usize {
        usize::try_from(self.plan.size_of(&self.root)).unwrap_or(usize::MAX)
    }

    /// Returns the fingerprint of the layout: it tells a host before it passes bytes whether a program fits them.
    ///
    /// The decoder of a type, and the same relocated to [another BTF](crate::Config::target_btf), have one fingerprint if a
    /// program that was made for the first also reads the bytes of the second: if no member moved, was removed, or is
    /// read otherwise, no enumerator was removed or has another number, and no struct became smaller. What the other BTF
    /// has in addition does not count. These are the changes that [`diff`](crate::diff) calls breaking.
    /// `docs/breaking.md` has the definition, and where the two differ.
    ///
    /// A generated reader has it as `FINGERPRINT` in the module of each type, and a codec returns it from `fingerprints`.
    /// It covers names of C, not of WIT, and depends on the options that choose what becomes of a type, such as
    /// [`unions`](crate::Config::unions).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut config = btf2wit::Config::new();
    /// config.input("testdata/obj/event.bpfel.o");
    /// let here = config.load()?.decoder("event")?.fingerprint();
    /// let there = config.target_btf("testdata/obj/event.bpfeb.o").load()?.decoder("event")?.fingerprint();
    /// assert_ne!(here, there, "the byte order is another one");
    /// # Ok(())
    /// # }
    /// ```
    pub fn fingerprint(&self) -> u64 {
        Fingerprints::new(&self.plan).of(&self.root)
    }

    /// Returns whether the type ends in a flexible array, so that a value may have more bytes than its size.
    pub fn is_flexible(&self) -> bool {
        self.flexible.is_some()
    }

    /// Checks the number of bytes against the size of the type.
    fn check_length(&self, bytes: &[u8]) -> Result<(), DecodeError> {
        let (size, given) = (self.plan.size_of(&self.root), bytes.len() as u64);
        let (needed, flexible) = match self.flexible {
            Some(start) => (start, true),
            None => (size, false),
        };
        let problem = match given {
            given if given < needed => Problem::TooFew {
                needed,
                left: given,
            },
            given if given > size && !flexible => Problem::TooMany { size, given },
            _ => return Ok(()),
        };
        let offset = if given < needed { 0 } else { size };
        Err(DecodeError::new(offset, problem))
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("type", &self.name)
            .field("size", &self.plan.size_of(&self.root))
            .finish_non_exhaustive()
    }
}
