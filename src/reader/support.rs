// The support module, which is copied into every generated reader, without this comment. It reads and writes at
// offsets, without panics and without unsafe code. Callers check the length first, so no access is past the end. If
// one were, it would read zeros or too few bytes, or its write would be incomplete. The module is also compiled in
// btf2wit, for its tests.

use super::__alloc::{string::String, vec::Vec};

/// An error for bytes that are not a valid value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The label of the item, followed by the C name of the field if it is known: `event.state`. A field without a C
    /// name has the name of the first member inside it.
    pub place: &'static str,
    /// The problem.
    pub problem: ReadProblem,
}

/// The problem with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadProblem {
    /// The bytes are fewer or more than the type has.
    Size { expected: usize, given: usize },
    /// No case of the enum has the number. To accept any number, map the enum to an integer, as with
    /// `--set 'enum state=integer'`.
    NoCase { number: i128 },
    /// Bits are set that have no label in the flags. To accept any bits, map the enum to an integer.
    NoLabel { bits: u64 },
    /// The caller did not select an arm of the union.
    WhichArm,
    /// The number that selects the arm of the union has a value for which there is no arm.
    NoArm { tag: &'static str, number: i128 },
    /// The target BTF stores the number in another size or sign, and the number does not fit into the type of the
    /// field.
    OutOfRange,
}

impl ::core::fmt::Display for ReadError {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        let place = self.place;
        match self.problem {
            ReadProblem::Size { expected, given } => {
                write!(f, "{place}: {expected} bytes expected, there are {given}")
            }
            ReadProblem::NoCase { number } => {
                write!(f, "{place}: {number} is not a value of the enum")
            }
            ReadProblem::NoLabel { bits } => {
                write!(f, "{place}: {bits:#x} has no label among the flags")
            }
            ReadProblem::WhichArm => {
                write!(f, "{place}: which arm of the union holds was not said")
            }
            ReadProblem::NoArm { tag, number } => {
                write!(f, "{place}: '{tag}' is {number}, which selects no arm")
            }
            ReadProblem::OutOfRange => {
                write!(f, "{place}: the number does not fit into its type")
            }
        }
    }
}

impl ::core::error::Error for ReadError {}

/// An error for a value that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The label of the item, followed by the C name of the field if it is known: `event.state`.
    pub place: &'static str,
    /// The problem.
    pub problem: WriteProblem,
}

/// The problem with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteProblem {
    /// There is less room for the bytes than the value needs.
    Room { expected: usize, given: usize },
    /// A number does not fit into the bits in which it is stored.
    OutOfRange { bits: u8 },
    /// A list has more elements, or a text more bytes, than fit into the array.
    TooLong { room: usize, given: usize },
    /// The text contains a NUL, at which it would end in C. Only the text of a flexible array may contain NULs.
    Nul,
    /// The number that selects the arm of the union has the given value, which does not select the arm of the value.
    OtherArm { tag: &'static str, number: i128 },
    /// The union has another arm than the one that was chosen for it.
    NotChosen,
}

impl ::core::fmt::Display for WriteError {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        let place = self.place;
        match self.problem {
            WriteProblem::Room { expected, given } => {
                write!(f, "{place}: takes {expected} bytes, and there are {given}")
            }
            WriteProblem::OutOfRange { bits } => {
                write!(f, "{place}: the number does not fit into {bits} bits")
            }
            WriteProblem::TooLong { room, given } => {
                write!(f, "{place}: there is room for {room}, not for {given}")
            }
            WriteProblem::Nul => write!(f, "{place}: text cannot have a NUL in it"),
            WriteProblem::OtherArm { tag, number } => {
                write!(
                    f,
                    "{place}: '{tag}' is {number}, which does not select this arm"
                )
            }
            WriteProblem::NotChosen => write!(f, "{place}: another arm was chosen"),
        }
    }
}

impl ::core::error::Error for WriteError {}

/// The size of the records, for a type that ends in a flexible array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordSize {
    /// Each record has this many bytes. The flexible array gets those that remain.
    Bytes(usize),
    /// All bytes are one record. The flexible array gets those that remain.
    Rest,
}

/// Splits bytes into records. If the last record is too short, it becomes an error.
pub fn records<'a>(
    bytes: &'a [u8],
    record_size: RecordSize,
    place: &'static str,
) -> impl Iterator<Item = Result<&'a [u8], ReadError>> + 'a {
    let step = match record_size {
        RecordSize::Bytes(step) => step,
        RecordSize::Rest => bytes.len(),
    };
    let whole = move |record: &'a [u8]| match record.len() == step {
        true => Ok(record),
        false => Err(size(record, step, place)),
    };
    bytes.chunks(step.max(1)).map(whole)
}

/// Returns the bytes if there are exactly as many as the type has.
#[inline]
pub fn whole<'a, const N: usize>(
    bytes: &'a [u8],
    place: &'static str,
) -> Result<&'a [u8; N], ReadError> {
    bytes.try_into().map_err(|_| size(bytes, N, place))
}

/// Returns the bytes if there are at least `expected`. A flexible array may be empty.
#[inline]
pub fn at_least<'a>(
    bytes: &'a [u8],
    expected: usize,
    place: &'static str,
) -> Result<&'a [u8], ReadError> {
    match bytes.len() < expected {
        true => Err(size(bytes, expected, place)),
        false => Ok(bytes),
    }
}

#[cold]
fn size(bytes: &[u8], expected: usize, place: &'static str) -> ReadError {
    let given = bytes.len();
    let problem = ReadProblem::Size { expected, given };
    ReadError { place, problem }
}

#[cold]
pub fn no_case(number: i128, place: &'static str) -> ReadError {
    let problem = ReadProblem::NoCase { number };
    ReadError { place, problem }
}

#[cold]
pub fn no_label(bits: u64, place: &'static str) -> ReadError {
    let problem = ReadProblem::NoLabel { bits };
    ReadError { place, problem }
}

#[cold]
pub fn which_arm(place: &'static str) -> ReadError {
    let problem = ReadProblem::WhichArm;
    ReadError { place, problem }
}

#[cold]
pub fn no_arm(number: i128, tag: &'static str, place: &'static str) -> ReadError {
    let problem = ReadProblem::NoArm { tag, number };
    ReadError { place, problem }
}

#[cold]
pub fn other_arm(number: i128, tag: &'static str, place: &'static str) -> WriteError {
    let problem = WriteProblem::OtherArm { tag, number };
    WriteError { place, problem }
}

#[cold]
pub fn not_chosen(place: &'static str) -> WriteError {
    let problem = WriteProblem::NotChosen;
    WriteError { place, problem }
}

#[inline]
pub fn take<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *part(bytes, at)
}

#[inline]
pub fn part<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
    match bytes.get(at..).and_then(|bytes| bytes.first_chunk()) {
        Some(part) => part,
        None => const { &[0; N] },
    }
}

/// Returns `len` bytes from `at` on. If `last` is true, returns all remaining bytes instead, as for a value that ends
/// in a flexible array.
#[inline]
pub fn tail(bytes: &[u8], at: usize, len: usize, last: bool) -> &[u8] {
    let bytes = bytes.get(at..).unwrap_or_default();
    match last {
        true => bytes,
        false => bytes.get(..len).unwrap_or(bytes),
    }
}

/// Returns the number of bytes of a flexible array. This is 0 unless the array is at the end (`last`).
#[inline]
pub fn rest(len: usize, at: usize, last: bool) -> usize {
    match last {
        true => len.saturating_sub(at),
        false => 0,
    }
}

#[inline]
pub fn bytes(bytes: &[u8], at: usize, len: usize) -> Vec<u8> {
    tail(bytes, at, len, false).to_vec()
}

/// Returns the text in an array of fixed length, up to the first NUL.
pub fn text(bytes: &[u8], at: usize, room: usize) -> String {
    let room = tail(bytes, at, room, false);
    let end = room.iter().position(|byte| *byte == 0);
    let text = room.get(..end.unwrap_or(room.len())).unwrap_or(room);
    String::from_utf8_lossy(text).into_owned()
}

/// Returns the text in a flexible array, without the NULs at its end. The text may consist of several strings, each
/// with its NUL.
pub fn texts(bytes: &[u8], at: usize, last: bool) -> String {
    let room = tail(bytes, at, 0, last);
    let end = room.iter().rposition(|byte| *byte != 0);
    let text = room.get(..end.map_or(0, |last| last + 1)).unwrap_or(room);
    String::from_utf8_lossy(text).into_owned()
}

pub fn list<T>(
    len: usize,
    mut element: impl FnMut(usize) -> Result<T, ReadError>,
) -> Result<Vec<T>, ReadError> {
    let mut list = Vec::with_capacity(len);
    for index in 0..len {
        list.push(element(index)?);
    }
    Ok(list)
}

pub fn array<T, const N: usize>(
    element: impl FnMut(usize) -> Result<T, ReadError>,
) -> Result<[T; N], ReadError> {
    let list = list(N, element)?;
    list.try_into().map_err(|_| which_arm("an array"))
}

/// Splits a bitfield at byte boundaries. Returns four numbers for each byte: how many bits of the field are in earlier
/// bytes, the index of the byte, how many bits of the field are in it, and how many lower bits of the byte do not
/// belong to the field. C counts bits from the least significant bit in little-endian memory, and from the most
/// significant bit in big-endian memory.
#[inline]
fn pieces(first: u8, width: u8, big: bool) -> impl Iterator<Item = (u32, usize, u32, u32)> {
    let (first, end) = (u32::from(first), u32::from(first) + u32::from(width));
    (0..end.div_ceil(8)).map(move |byte| {
        let from = (8 * byte).max(first);
        let to = (8 * byte + 8).min(end);
        let low = if big {
            8 * byte + 8 - to
        } else {
            from - 8 * byte
        };
        (from - first, byte as usize, to - from, low)
    })
}

/// Returns the bits of a bitfield as an unsigned number.
#[inline]
pub fn bits<const BIG: bool>(bytes: &[u8], at: usize, first: u8, width: u8) -> u128 {
    let mut number = 0;
    for (bit, byte, count, low) in pieces(first, width, BIG) {
        let byte = bytes.get(at + byte).copied().unwrap_or(0);
        let part = u128::from(byte >> low & (0xff >> (8 - count)));
        number = if BIG {
            number << count | part
        } else {
            number | part << bit
        };
    }
    number
}

/// Returns the bits of a bitfield as a signed number.
#[inline]
pub fn signed<const BIG: bool>(bytes: &[u8], at: usize, first: u8, width: u8) -> i128 {
    let unused = 128 - u32::from(width);
    (bits::<BIG>(bytes, at, first, width) << unused) as i128 >> unused
}

#[inline]
pub fn halves(number: u128) -> (u64, u64) {
    (number as u64, (number >> 64) as u64)
}

#[inline]
pub fn wide(low: u64, high: u64) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

/// Returns the first `expected` bytes of `out`, after setting them to zero.
#[inline]
pub fn room<'a>(
    out: &'a mut [u8],
    expected: usize,
    place: &'static str,
) -> Result<&'a mut [u8], WriteError> {
    let given = out.len();
    let problem = WriteProblem::Room { expected, given };
    let out = out
        .get_mut(..expected)
        .ok_or(WriteError { place, problem })?;
    out.fill(0);
    Ok(out)
}

#[inline]
pub fn put(out: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(out) = out.get_mut(at..at + bytes.len()) {
        out.copy_from_slice(bytes);
    }
}

#[inline]
pub fn tail_mut(out: &mut [u8], at: usize, len: usize, last: bool) -> &mut [u8] {
    let end = if last { out.len() } else { at + len };
    out.get_mut(at..end).unwrap_or_default()
}

#[inline]
pub fn fits(given: usize, room: usize, place: &'static str) -> Result<(), WriteError> {
    let problem = WriteProblem::TooLong { room, given };
    match given > room {
        true => Err(WriteError { place, problem }),
        false => Ok(()),
    }
}

#[inline]
pub fn put_bytes(
    out: &mut [u8],
    at: usize,
    room: usize,
    bytes: &[u8],
    place: &'static str,
) -> Result<(), WriteError> {
    fits(bytes.len(), room, place)?;
    put(out, at, bytes);
    Ok(())
}

pub fn put_text(
    out: &mut [u8],
    at: usize,
    room: usize,
    text: &str,
    place: &'static str,
) -> Result<(), WriteError> {
    let problem = WriteProblem::Nul;
    match text.contains('\0') {
        true => Err(WriteError { place, problem }),
        false => put_bytes(out, at, room, text.as_bytes(), place),
    }
}

/// Writes the text of a flexible array. The text may contain NULs. If the array is not at the end (`last`), only the
/// empty text fits.
pub fn put_texts(
    out: &mut [u8],
    at: usize,
    last: bool,
    text: &str,
    place: &'static str,
) -> Result<(), WriteError> {
    match last {
        true => put_bytes(out, at, rest(out.len(), at, last), text.as_bytes(), place),
        false => put_text(out, at, 0, text, place),
    }
}

/// Writes a number into a bitfield, and keeps the bits around it. `number` is sign-extended to 128 bits.
#[inline]
pub fn put_bits<const BIG: bool, const SIGNED: bool>(
    out: &mut [u8],
    at: usize,
    (first, width): (u8, u8),
    number: u128,
    place: &'static str,
) -> Result<(), WriteError> {
    let unused = 128 - u32::from(width);
    let held = match SIGNED {
        true => ((number << unused) as i128 >> unused) as u128,
        false => number << unused >> unused,
    };
    if held != number {
        let problem = WriteProblem::OutOfRange { bits: width };
        return Err(WriteError { place, problem });
    }
    for (bit, byte, count, low) in pieces(first, width, BIG) {
        let shift = if BIG {
            u32::from(width) - bit - count
        } else {
            bit
        };
        let mask = 0xff_u8 >> (8 - count);
        if let Some(byte) = out.get_mut(at + byte) {
            *byte = *byte & !(mask << low) | ((number >> shift) as u8 & mask) << low;
        }
    }
    Ok(())
}

/// Converts a number from the type in which the target stores it to the type of the field. Fails if it does not fit.
#[inline]
pub fn fit<N, T: ::core::convert::TryFrom<N>>(
    number: N,
    place: &'static str,
) -> Result<T, ReadError> {
    <T as ::core::convert::TryFrom<N>>::try_from(number).map_err(|_| ReadError {
        place,
        problem: ReadProblem::OutOfRange,
    })
}

/// Converts a float of 8 bytes to one of 4 bytes. Fails if the conversion changes the value.
#[inline]
pub fn narrow(float: f64, place: &'static str) -> Result<f32, ReadError> {
    let narrow = float as f32;
    match f64::from(narrow) == float || float.is_nan() {
        true => Ok(narrow),
        false => Err(ReadError {
            place,
            problem: ReadProblem::OutOfRange,
        }),
    }
}

/// Converts a float to the 4 bytes in which the target stores it. Fails if the conversion changes the value.
#[inline]
pub fn narrowed(float: f64, place: &'static str) -> Result<f32, WriteError> {
    narrow(float, place).map_err(|_| WriteError {
        place,
        problem: WriteProblem::OutOfRange { bits: 32 },
    })
}

/// Writes a number that the target stores in another size or sign.
#[inline]
pub fn put_number<const BIG: bool, const SIGNED: bool>(
    out: &mut [u8],
    at: usize,
    bits: (u8, u8),
    number: impl ::core::convert::TryInto<i128>,
    place: &'static str,
) -> Result<(), WriteError> {
    match ::core::convert::TryInto::try_into(number) {
        Ok(number) if SIGNED || number >= 0 => {
            put_bits::<BIG, SIGNED>(out, at, bits, number as u128, place)
        }
        _ => Err(WriteError {
            place,
            problem: WriteProblem::OutOfRange { bits: bits.1 },
        }),
    }
}
