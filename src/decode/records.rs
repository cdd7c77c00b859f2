//! Where one record ends and the next begins. Knows nothing of what is in a record.

use super::Decoder;
use super::error::{self, DecodeError, Problem};
use super::value::Value;
use crate::error::Error;

/// How many bytes a record takes: see [`Decoder::record_size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordSize {
    /// Records follow one another, each after so many bytes.
    Bytes(usize),
    /// All bytes are one record, whose flexible array has what is left.
    Rest,
}

impl Decoder {
    /// Sets how many bytes [`records`](Decoder::records) takes for each record.
    ///
    /// By default a record has the size of its type. Where the type ends in a flexible array, more bytes
    /// than that may be elements of the array or further records. C does not say which, and reading
    /// them is an error until this says so:
    ///
    /// - [`RecordSize::Bytes`]: every record has this many bytes, and its flexible array has what is left
    ///   in them. Of a type without a flexible array, the bytes behind its size are padding, which is
    ///   skipped: the values of a per-CPU map are rounded up to 8 bytes each.
    /// - [`RecordSize::Rest`]: there is one record, and its flexible array has all bytes that are left.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/flexible.bpfel.o");
    /// use btf2wit::decode::RecordSize;
    ///
    /// // struct flexible_last { unsigned int count; struct item items[]; };
    /// let mut decoder = btf2wit::Config::new().input(object).load()?.decoder("flexible_last")?;
    /// let bytes = [0; 24];
    /// assert!(decoder.records(&bytes).next().unwrap().is_err());
    ///
    /// decoder.record_size(RecordSize::Bytes(12))?;
    /// assert_eq!(decoder.records(&bytes).count(), 2);
    /// decoder.record_size(RecordSize::Rest)?;
    /// assert_eq!(decoder.records(&bytes).count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::RecordSize`] where the type has more bytes, and for [`RecordSize::Rest`] where it does not
    /// end in a flexible array.
    pub fn record_size(&mut self, size: RecordSize) -> Result<&mut Decoder, Error> {
        let least = self.least().max(1);
        let what = match size {
            RecordSize::Bytes(bytes) if bytes < least => {
                format!(
                    "each has at least {}, not {bytes}",
                    error::bytes(least as u64)
                )
            }
            RecordSize::Rest if !self.is_flexible() => {
                let size = error::bytes(self.size() as u64);
                format!("it does not end in a flexible array, so that each has {size}")
            }
            _ => {
                self.record_size = Some(size);
                return Ok(self);
            }
        };
        Err(Error::RecordSize {
            name: self.name.clone(),
            what,
        })
    }

    /// Reads values that stand in a row, as in a file of records. After an error there are no further
    /// ones.
    ///
    /// [`record_size`](Decoder::record_size) says how many bytes each takes. It has to be called where the type
    /// ends in a flexible array and there are more bytes than its size.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// # let decoder = btf2wit::Config::new().input(object).load()?.decoder("event")?;
    /// let bytes = vec![0; 3 * decoder.size()];
    /// for event in decoder.records(&bytes) {
    ///     println!("{:?}", event?.get("pid"));
    /// }
    /// # assert_eq!(decoder.records(&bytes).count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn records<'a>(
        &'a self,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = Result<Value<'a>, DecodeError>> + 'a {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
            let value = match self.first(rest) {
                Ok((record, step)) => self.decode(record).map(|value| (value, step)),
                Err(error) => Err(error),
            };
            match value {
                Ok((value, step)) => {
                    at = at.saturating_add(step);
                    Some(Ok(value))
                }
                Err(mut error) => {
                    error.offset += at as u64;
                    at = bytes.len();
                    Some(Err(error))
                }
            }
        })
    }

    /// The bytes of the first record, and how many bytes there are to the next one.
    fn first<'a>(&self, bytes: &'a [u8]) -> Result<(&'a [u8], usize), DecodeError> {
        let (size, given) = (self.size(), bytes.len());
        let failed = |offset: usize, problem| {
            Err(DecodeError::new(offset as u64, problem).in_field(&self.name))
        };
        match (self.record_size, self.is_flexible()) {
            (Some(RecordSize::Bytes(step)), _) if given < step => {
                let (needed, left) = (step as u64, given as u64);
                failed(0, Problem::TooFew { needed, left })
            }
            (Some(RecordSize::Bytes(step)), flexible) => {
                let own = if flexible { step } else { size };
                Ok((bytes.get(..own).unwrap_or(bytes), step))
            }
            (None, true) if given > size => {
                let size = size as u64;
                failed(size as usize, Problem::WhichSize { size })
            }
            (Some(RecordSize::Rest) | None, true) => Ok((bytes, given)),
            // A type without a size has no second value.
            (_, false) if size == 0 => Ok((bytes, given)),
            (_, false) => Ok((bytes.get(..size).unwrap_or(bytes), size)),
        }
    }

    /// The fewest bytes of a value: a short one may end where its flexible array begins.
    fn least(&self) -> usize {
        let least = self
            .flexible
            .unwrap_or_else(|| self.plan.size_of(&self.root));
        usize::try_from(least).unwrap_or(usize::MAX)
    }
}
