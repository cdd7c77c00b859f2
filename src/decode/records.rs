//! Splits bytes into records. This file knows nothing of the contents of a record.

use super::Decoder;
use super::error::{self, DecodeError, Problem};
use super::value::Value;
use crate::error::Error;

/// The size of each record: see [`Decoder::record_size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordSize {
    /// Each record has this many bytes.
    Bytes(usize),
    /// All bytes are one record. Its flexible array gets the bytes that remain.
    Rest,
}

impl Decoder {
    /// Sets the number of bytes that [`records`](Decoder::records) takes for each record.
    ///
    /// By default, a record has the size of its type. If the type ends in a flexible array, further bytes may be
    /// elements of the array or further records. C does not tell which, so they are an error until the size is set:
    ///
    /// - [`RecordSize::Bytes`]: every record has this many bytes, and its flexible array gets what remains of them. If
    ///   the type has no flexible array, the bytes after it are padding and are skipped. Per-CPU maps, for example, pad
    ///   each value to a multiple of 8 bytes.
    /// - [`RecordSize::Rest`]: there is one record, and its flexible array gets all bytes that remain.
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
    /// [`Error::RecordSize`] if the size is smaller than the type, or if it is [`RecordSize::Rest`] and the type does
    /// not end in a flexible array.
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

    /// Decodes consecutive values, as in a file of records. Stops after the first error.
    ///
    /// If the type ends in a flexible array and there are more bytes than its size,
    /// [`record_size`](Decoder::record_size) has to be set before.
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

    /// Returns the bytes of the first record, and the offset of the second one.
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
            // A type of size 0 takes all bytes as one record, since its records could not advance.
            (_, false) if size == 0 => Ok((bytes, given)),
            (_, false) => Ok((bytes.get(..size).unwrap_or(bytes), size)),
        }
    }

    /// Returns the smallest number of bytes that a value may have. A type with a flexible array may end where the array
    /// begins, before the padding at the end of the type.
    fn least(&self) -> usize {
        let least = self
            .flexible
            .unwrap_or_else(|| self.plan.size_of(&self.root));
        usize::try_from(least).unwrap_or(usize::MAX)
    }
}
