//! Decodes bytes of a BPF program, a map or the kernel. The results are values of the WIT types.
//!
//! A [`Decoder`] has a plan, which is compiled once from the items of the WIT text. So text and values agree, and no
//! types are looked up while a record is decoded. This file has the decoder and its settings. `read` decodes bytes, and
//! `write` encodes values. For a union, the plan or a function of the caller selects the arm, which is the member to
//! read. `arms` defines the argument of this function.

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
use arms::ArmSelector;
use read::ValueReader;

/// Decodes the bytes of one type to [`Value`]s.
///
/// [`Package::decoder`](crate::Package::decoder) returns a decoder. A decoder does not borrow the package, and threads
/// can share it. It uses the byte order and pointer size of the BTF, or of the
/// [target BTF](crate::Config::target_btf) if there is one.
///
/// - Numbers, `bool`, enums and flags are read from their bytes or from the bits of their bitfield. An enum's number
///   without a case, and a bit without a label, are kept as numbers. With [`strict`](Decoder::strict) they are errors.
/// - For a union that is a `variant`, the caller selects the arm, which is the member to read: see
///   [`arm`](Decoder::arm) and [`arms`](Decoder::arms). No selection is necessary if there is only one arm, or if all
///   arms are structs with the same members.
/// - A flexible array at the end of the decoded type has as many whole elements as the remaining bytes hold. Bytes
///   after its last whole element are ignored. Any other flexible array is empty.
/// - Text in an array of fixed length ends at the first NUL, as in C. A flexible array may hold several strings, as in
///   trace events, so only the NULs at its end are removed. U+FFFD replaces bytes that are not UTF-8. With
///   [`strict_text`](Decoder::strict_text) such bytes are an error.
/// - A pointer becomes its address, as a number.
pub struct Decoder {
    /// The name of the type in messages and at the start of paths, such as `event`.
    name: String,
    root: ValueType,
    plan: Plan,
    select_arm: Option<ArmSelector>,
    strict: bool,
    strict_text: bool,
    record_size: Option<RecordSize>,
    /// The offset in bytes of the flexible array at the end of the type. `None` if the type does not end in one.
    flexible: Option<u64>,
}

impl Decoder {
    pub(crate) fn new(name: String, root: ValueType, plan: Plan) -> Decoder {
        Decoder {
            flexible: plan.flexible_in(&root),
            name,
            root,
            plan,
            select_arm: None,
            strict: false,
            strict_text: false,
            record_size: None,
        }
    }

    /// Sets whether decoding fails for an enum's number without a case, and for a flag bit without a label.
    ///
    /// By default, both are kept as numbers, so one new enumerator does not make the whole record unreadable. This
    /// setting does not affect enums that are mapped to integers.
    pub fn strict(&mut self, strict: bool) -> &mut Decoder {
        self.strict = strict;
        self
    }

    /// Sets whether text that is not UTF-8 is an error. By default, such text is no error, and U+FFFD replaces each
    /// invalid sequence.
    pub fn strict_text(&mut self, strict: bool) -> &mut Decoder {
        self.strict_text = strict;
        self
    }

    /// Chooses the arm of a union, which is the member to read, since BTF does not record which member is active.
    /// [`Config::arm`](crate::Config::arm) sets choices for decoders, generated readers, codecs and adapters at once.
    ///
    /// - `event.addr=v4` always chooses `v4`. The path of the union begins with the decoded type or with a named type
    ///   inside it. This may be the type of the union itself, as in `union addr=v4`.
    /// - `event.addr=kind:4=v4,6=v6,*=raw` chooses the arm by a number in the record. `*` stands for all other values.
    ///
    /// The number may be an integer, a bitfield, a `bool` (whose values may be written as `true` and `false`) or an
    /// enum (whose values may be written as enumerators). If several members have the name that the choice gives
    /// for the number, the nearest one counts. Members are searched in this order:
    ///
    /// 1. next to the union, including structs and arrays there: `kind`, `header.kind`, `headers[0].kind`;
    /// 2. inside the union: `local=sa.family:2=in4,10=in6`;
    /// 3. in the enclosing types, innermost first, up to the type with which the path of the union begins:
    ///    `outer.in.body=kind:0=num` uses `outer.in.kind` if it exists, and `outer.kind` otherwise.
    ///
    /// As in C, members of unnamed structs and unions belong to the parent. If the path of the number begins with the
    /// same type name as the path of the union, as in `outer.in.body=outer.kind:0=num`, it means the member at exactly
    /// this place. If a nearer member has the name of the type, the path begins with that member instead. The number
    /// may come before or after the union.
    ///
    /// Names may be those of C or of WIT. If there are several choices for a union, the last one counts.
    /// [`encode`](Decoder::encode) rejects a value whose arm is not the chosen one, since decoding would read another
    /// arm than the one that was encoded.
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
    /// [`Error::Arm`] if the choice is invalid, for example if the union, arm, number or value does not exist.
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

    /// Makes a choice as [`arm`](Decoder::arm) does. In contrast to the error of `arm`, a [`ChoiceError`] says whether
    /// the plan lacks the type with which the path of the union begins.
    pub(crate) fn choose(&mut self, choice: &str) -> Result<(), ChoiceError> {
        let root = self.root.base.node();
        let root = root.map(|root| (self.name.as_str(), root));
        let roots = Roots { root, aliases: &[] };
        self.plan.choose(roots, choice)
    }

    /// Sets a function that selects the arm of each union for which [`arm`](Decoder::arm) made no choice. The function
    /// is not called for unions with only one arm, or in which all arms are structs with the same members.
    ///
    /// The function returns the position of an arm, which [`Union::arm`] finds by name. If the function returns `None`
    /// or a position without an arm, decoding the record fails.
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
        select_arm: impl Fn(&Union<'_, '_>) -> Option<usize> + Send + Sync + 'static,
    ) -> &mut Decoder {
        self.select_arm = Some(Box::new(select_arm));
        self
    }

    /// Decodes one value from all of the bytes. If the type ends in a flexible array, the array gets all remaining
    /// bytes. To decode several values, use [`records`](Decoder::records).
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] names the field and its offset. Possible causes are too few or too many bytes, a union whose
    /// arm is not selected, and values that [`strict`](Decoder::strict) or [`strict_text`](Decoder::strict_text)
    /// reject. Rarer causes are a number of a target BTF that does not fit in its WIT type, and a record with too many
    /// values.
    pub fn decode<'a>(&'a self, bytes: &'a [u8]) -> Result<Value<'a>, DecodeError> {
        let value = self
            .check_length(bytes)
            .and_then(|()| ValueReader::new(self, bytes).value());
        value.map_err(|error| error.in_field(&self.name))
    }

    /// Returns the size of a value in bytes, without the flexible array at its end if it has one.
    pub fn size(&self) -> usize {
        usize::try_from(self.plan.size_of(&self.root)).unwrap_or(usize::MAX)
    }

    /// Returns the fingerprint of the layout. From fingerprints, a host knows whether a program reads bytes correctly,
    /// before the host passes any bytes to the program.
    ///
    /// A decoder of a type and a decoder of the same type relocated to [another BTF](crate::Config::target_btf) have
    /// the same fingerprint if a program that was made for the first layout also reads the bytes of the second layout.
    /// This is so if no member moved, was removed or is read in another way, no enumerator was removed or has another
    /// number, and no struct became smaller. Additions in the other BTF do not count. With a few exceptions, the
    /// changes that alter the fingerprint are those that [`diff`](crate::diff) calls breaking. `docs/breaking.md` has
    /// the definition and the exceptions.
    ///
    /// A generated reader has the fingerprint of each type as `FINGERPRINT` in the module of that type, and a codec
    /// returns all fingerprints from its function `fingerprints`. Fingerprints cover names of C, not of WIT. They
    /// depend on the options that choose the form of a type, such as [`unions`](crate::Config::unions).
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

    /// Returns whether the type ends in a flexible array. If it does, values may have more bytes than
    /// [`size`](Decoder::size).
    pub fn is_flexible(&self) -> bool {
        self.flexible.is_some()
    }

    /// Returns an error if the number of bytes does not fit the size of the type.
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
