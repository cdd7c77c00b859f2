//! Reads the CO-RE relocations of a BPF object, which are in its section `.BTF.ext`. These relocations show which
//! kernel types the programs of the object use.
//!
//! The format is that of libbpf's `struct btf_ext_header` and the kernel's `struct bpf_core_relo`. Only the type ids
//! are read, since every kind of relocation means that the type is used.

use super::malformed::Malformed;
use super::sections::Endian;
use super::types::TypeId;

/// The length in bytes of a header without the fields for relocations, as compilers wrote it before CO-RE.
const OLD_HEADER: usize = 24;
/// The minimum size of a relocation record in bytes. Such a record has an instruction offset, a type id, the offset of
/// the access string, and the kind of relocation.
const MIN_RECORD: usize = 16;

/// Returns the types that relocations refer to, each once, ordered by id. `types` is the number of types in the BTF,
/// including `void`. An id that is not below this number is an error.
pub(crate) fn relocated_types(
    section: &[u8],
    endian: Endian,
    types: usize,
) -> Result<Vec<TypeId>, Malformed> {
    let ext = Ext { section, endian };
    let mut ids = Vec::new();
    let mut rest = ext.relocations()?;
    if !rest.is_empty() {
        let size = ext.word(rest, 0)? as usize;
        if size < MIN_RECORD || size % 4 != 0 {
            return Err(malformed("its relocations have an unknown size"));
        }
        rest = &rest[4..];
        while !rest.is_empty() {
            // Each group of records begins with two words: the name of a section of code, and the number of records.
            let count = ext.word(rest, 4)? as usize;
            let end = count
                .checked_mul(size)
                .and_then(|records| records.checked_add(8));
            let records = end.and_then(|end| rest.get(8..end));
            let records = records.ok_or_else(|| malformed("its relocations end behind it"))?;
            for record in records.chunks_exact(size) {
                let id = ext.word(record, 4)?;
                if id as usize >= types {
                    return Err(malformed(
                        "a relocation refers to a type that does not exist",
                    ));
                }
                ids.push(TypeId(id));
            }
            rest = rest.get(8 + records.len()..).unwrap_or_default();
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

struct Ext<'a> {
    section: &'a [u8],
    endian: Endian,
}

impl<'a> Ext<'a> {
    /// Returns the bytes of the relocations, which begin with the size of a record. Returns no bytes if there are no
    /// relocations, or if the header ends before the fields for relocations, as it did before CO-RE.
    fn relocations(&self) -> Result<&'a [u8], Malformed> {
        let has_header = matches!(
            (self.section, self.endian),
            ([0x9f, 0xeb, 1, ..], Endian::Little) | ([0xeb, 0x9f, 1, ..], Endian::Big)
        );
        if !has_header {
            return Err(malformed("it has no header of the byte order of '.BTF'"));
        }
        let header = self.word(self.section, 4)? as usize;
        if header < OLD_HEADER + 8 {
            return Ok(&[]);
        }
        let offset = self.word(self.section, OLD_HEADER)? as usize;
        let length = self.word(self.section, OLD_HEADER + 4)? as usize;
        let start = header.checked_add(offset);
        let end = start.and_then(|start| start.checked_add(length));
        let relocations = start
            .zip(end)
            .and_then(|(start, end)| self.section.get(start..end));
        relocations.ok_or_else(|| malformed("its relocations end behind it"))
    }

    fn word(&self, bytes: &[u8], at: usize) -> Result<u32, Malformed> {
        let word = bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        let word = word.ok_or_else(|| malformed("it is cut off"))?;
        Ok(match self.endian {
            Endian::Little => u32::from_le_bytes(*word),
            Endian::Big => u32::from_be_bytes(*word),
        })
    }
}

fn malformed(what: &str) -> Malformed {
    Malformed::new(format!("the section '.BTF.ext': {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a section `.BTF.ext` with one relocation for each of `types`. The first relocation is for one section of
    /// code, and the others are for another section of code.
    fn section(types: &[u32]) -> Vec<u8> {
        let mut words = vec![32, 0, 0, 0, 0, 0, 4 + 16 + 16 * types.len() as u32, 16];
        for (code, types) in [&types[..1], &types[1..]].iter().enumerate() {
            words.extend([code as u32, types.len() as u32]);
            for ty in *types {
                words.extend([0, *ty, 0, 0]);
            }
        }
        let mut bytes = vec![0x9f, 0xeb, 1, 0];
        bytes.extend(words.iter().flat_map(|word: &u32| word.to_le_bytes()));
        bytes
    }

    fn read(section: &[u8]) -> Result<Vec<u32>, String> {
        let read = relocated_types(section, Endian::Little, 10);
        read.map(|types| types.iter().map(|ty| ty.0).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn types_of_all_relocations_are_found_once() {
        assert_eq!(read(&section(&[7, 2, 7, 3])), Ok(vec![2, 3, 7]));
        // A header as compilers wrote it before CO-RE.
        let mut old = section(&[7, 2]);
        old[4] = 24;
        assert_eq!(read(&old), Ok(vec![]));
    }

    #[test]
    fn what_is_broken_is_refused() {
        assert!(read(&section(&[7, 10])).is_err_and(|e| e.contains("does not exist")));
        let whole = section(&[7, 2, 7, 3]);
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_err(), "{end}");
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                let _ = read(&changed);
            }
        }
        assert!(relocated_types(&whole, Endian::Big, 10).is_err());
    }
}
