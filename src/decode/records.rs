//! Splits bytes into records by their size only, and decodes each record.

use super::Decoder;
use super::error::{self, DecodeError, Problem};
use super::value::Value;
use crate::error::Error;

/// The size of each record, for [`Decoder::record_size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordSize {
    /// Each record has this many bytes.
    Bytes(usize),
    /// All bytes are one record, and the flexible array at its end gets all bytes that remain.
    Rest,
}

impl Decoder {
    /// Sets the number of bytes that [`records`](Decoder::records) takes for each record.
    ///
    /// By default, a record has the size of its type. If the type ends in a flexible array, further bytes may be
    /// elements of the array or further records. BTF does not say which, so such bytes are an error until the size is
    /// set:
    ///
    /// - [`RecordSize::Bytes`]: every record has this number of bytes. If the type ends in a flexible array, the array
    ///   gets the bytes of the record that remain. Otherwise the bytes after the type are padding and are skipped.
    ///   Per-CPU maps, for example, pad each value to a multiple of 8 bytes.
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
    /// [`Error::RecordSize`] if the size is 0 or smaller than the type, or if it is [`RecordSize::Rest`] and the type
    /// does not end in a flexible array. If the type ends in such an array, only the part before it counts.
    pub fn record_size(&mut self, size: RecordSize) -> Result<&mut Decoder, Error> {
        let min_size = self.min_size().max(1);
        let what = match size {
            RecordSize::Bytes(bytes) if bytes < min_size => {
                format!(
                    "each has at least {}, not {bytes}",
                    error::bytes(min_size as u64)
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

    /// Decodes the values in the bytes one after another, as in a file of records. Stops after the first error.
    ///
    /// If the type ends in a flexible array and there are more bytes than [`size`](Decoder::size), call
    /// [`record_size`](Decoder::record_size) first.
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

    /// Returns the bytes of the first record, and the offset at which the second one begins. `bytes` has at least one
    /// byte.
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
                let length = if flexible { step } else { size };
                Ok((bytes.get(..length).unwrap_or(bytes), step))
            }
            (None, true) if given > size => {
                let size = size as u64;
                failed(size as usize, Problem::WhichSize { size })
            }
            (Some(RecordSize::Rest) | None, true) => Ok((bytes, given)),
            // If the size of the type is 0, all bytes are one record, since a walk over records of 0 bytes would not
            // end.
            (_, false) if size == 0 => Ok((bytes, given)),
            (_, false) => Ok((bytes.get(..size).unwrap_or(bytes), size)),
        }
    }

    /// Returns the minimum number of bytes of a value. If a type ends in a flexible array, a value may end where the
    /// array begins, without the padding at the end of the type.
    fn min_size(&self) -> usize {
        let min_size = self
            .flexible
            .unwrap_or_else(|| self.plan.size_of(&self.root));
        usize::try_from(min_size).unwrap_or(usize::MAX)
    }
}
