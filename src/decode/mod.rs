//! Bytes to values: what a BPF program, a map or the kernel hands over, as the WIT describes it.
//!
//! A [`Decoder`] is a plan that was compiled once from the items that are printed as WIT, so that text
//! and values cannot disagree, and nothing is looked up for each record. This file owns the decoder and
//! what is set for it; `read` walks the bytes and `write` values. Which arms hold is in the plan, or `arms` asks.

mod arm_check;
mod arms;
mod error;
#[cfg(feature = "json")]
mod json;
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
use crate::plan::{ChoiceError, Plan, Roots, ValueType};
use arms::Ask;
use read::ValueReader;

/// Reads the bytes of one type into [`Value`]s.
///
/// Made by [`Package::decoder`](crate::Package::decoder); needs the package no longer, and may be shared
/// between threads. The layout is that of the BTF: its byte order, its size of pointers.
///
/// - Numbers, `bool`, `enum` and flags are read from their bytes or from the bits of their bitfield.
///   An enum's number that has no case, and a bit that has no label, stay beside the label that is
///   missing; with [`strict`](Decoder::strict) they are errors.
/// - A union that is a `variant` has the arm that the caller says: see [`arm`](Decoder::arm).
/// - A flexible array holds as many whole elements as there are bytes, where nothing is behind it at the
///   end of the outermost type; elsewhere it is empty.
/// - Text in an array of a length ends at the first NUL, as in C. A flexible array may hold several strings, as
///   those of trace events do: its text has all of it but the NULs at the end. What is not UTF-8 is
///   replaced by U+FFFD, or an error: see [`strict_text`](Decoder::strict_text).
/// - A pointer is its address.
pub struct Decoder {
    /// What messages call the type, and paths begin with: `event`.
    name: String,
    root: ValueType,
    plan: Plan,
    ask: Option<Ask>,
    strict: bool,
    strict_text: bool,
    record_size: Option<RecordSize>,
    /// Where the flexible array at the end begins.
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

    /// Makes an enum's number that has no case, and a flag bit that has no label, an error. By default
    /// they are kept as numbers, so that the rest of the record is not lost. An enum that is mapped to
    /// an integer has no such question.
    pub fn strict(&mut self, strict: bool) -> &mut Decoder {
        self.strict = strict;
        self
    }

    /// Makes text that is not UTF-8 an error. By default U+FFFD stands for each piece that is not.
    pub fn strict_text(&mut self, strict: bool) -> &mut Decoder {
        self.strict_text = strict;
        self
    }

    /// Chooses which arm of a union holds, which BTF does not tell. [`Config::arm`](crate::Config::arm) does so
    /// for decoders and generated readers at once.
    ///
    /// - `event.addr=v4`: always this one. The union is named by its place, beginning with the type, or
    ///   as a type of its own, `union addr=v4`.
    /// - `event.addr=kind:4=v4,6=v6,*=raw`: by the value of a number. `*` stands for all other values.
    ///
    /// The number may be an integer, a bitfield, an enum (also by the names of its enumerators) or a
    /// `bool` (also by `true` and `false`). The nearest of its name counts:
    ///
    /// 1. beside the union, and in structs and arrays there: `kind`, `header.kind`, `headers[0].kind`;
    /// 2. inside the union: `local=sa.family:2=in4,10=in6`;
    /// 3. in what holds them, outwards to the type that the path of the union begins with:
    ///    `outer.in.body=kind:0=num` takes `outer.in.kind` if there is one, or else `outer.kind`.
    ///
    /// Members that C leaves unnamed are seen through. A path that begins with the type, as
    /// `outer.in.body=outer.kind:0=num`, means just that member where no nearer one is called so. It does not
    /// matter whether the number stands before the union.
    ///
    /// Names are those of C or WIT. The last choice that is for a union counts. [`encode`](Decoder::encode)
    /// refuses another arm than the one that is chosen, so that what is written is read again.
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

    /// The same for those who know whether the type holds the union.
    pub(crate) fn choose(&mut self, choice: &str) -> Result<(), ChoiceError> {
        let root = self.root.base.node();
        let root = root.map(|root| (self.name.as_str(), root));
        let roots = Roots { root, aliases: &[] };
        self.plan.choose(roots, choice)
    }

    /// Asks for the arm of each union that [`arm`](Decoder::arm) said nothing of, unless it has one arm, or the
    /// same struct in all of them: the
    /// answer is the
    /// position of an arm, as [`Union::arm`] finds it, or nothing, which is an error for the record.
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

    /// Reads one value from all of the bytes: where the type ends in a flexible array, that has what is
    /// left. [`records`](Decoder::records) reads several.
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] names the field and its byte: too few bytes or too many, a union whose arm is
    /// not said, and what [`strict`](Decoder::strict) refuses.
    pub fn decode<'a>(&'a self, bytes: &'a [u8]) -> Result<Value<'a>, DecodeError> {
        let value = self
            .whole(bytes)
            .and_then(|()| ValueReader::new(self, bytes).value());
        value.map_err(|error| error.in_field(&self.name))
    }

    /// Bytes of a value, without those of a flexible array at its end.
    pub fn size(&self) -> usize {
        usize::try_from(self.plan.size_of(&self.root)).unwrap_or(usize::MAX)
    }

    /// Returns whether the type ends in a flexible array, so that a value may have more bytes than its size.
    pub fn is_flexible(&self) -> bool {
        self.flexible.is_some()
    }

    /// Is there as much as the type has?
    fn whole(&self, bytes: &[u8]) -> Result<(), DecodeError> {
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
