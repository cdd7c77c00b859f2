//! Looks up the cases of an enum by name and by value.

use super::{CaseEntry, CaseTable, bits};

impl CaseTable {
    /// Returns the case whose label or one of whose C names is `name`.
    pub fn named(&self, name: &str) -> Option<&CaseEntry> {
        let named =
            |case: &&CaseEntry| *case.label == *name || case.names.iter().any(|own| **own == *name);
        self.cases.iter().find(named)
    }

    /// Returns the case with a value. The caller must have cut the value to the size of the enum.
    pub fn find(&self, value: u64) -> Option<&CaseEntry> {
        let by_value = |at: &u32| self.cases.get(*at as usize).map_or(0, |case| case.value);
        let found = self.sorted.binary_search_by_key(&value, by_value).ok()?;
        self.cases.get(*self.sorted.get(found)? as usize)
    }

    /// Returns the number that a value of the enum's size stands for. It is negative if the enum is signed and the
    /// highest bit is set.
    pub fn number(&self, value: u64) -> i128 {
        let unused = 64 - 8 * u32::from(self.size).clamp(1, 8);
        match self.signed {
            true => ((value << unused) as i64 >> unused).into(),
            false => value.into(),
        }
    }

    /// Returns the values of cases that fit into `width` bits only if they are read as negative numbers. A signed enum
    /// has no such cases, since its values are already negative.
    ///
    /// clang before 15 and all BTF before kernel 6.0 do not record that an enum is signed. In such BTF, an enumerator
    /// of value -1 has the value 4294967295. A bitfield of two bits stores this case as 3.
    pub fn negative(&self, width: u8) -> impl Iterator<Item = u64> {
        let present = self.cases.iter().filter(|case| !case.absent);
        let values = present.map(|case| case.value);
        values.filter(move |value| self.is_negative(*value, width))
    }

    fn is_negative(&self, value: u64, width: u8) -> bool {
        let bits = 8 * u32::from(self.size).clamp(1, 8);
        let (mask, width) = (self.mask(), u32::from(width));
        !self.signed
            && (1..bits).contains(&width)
            && value >> (bits - 1) & 1 == 1
            && value | mask >> (bits - width) >> 1 == mask
    }

    /// Returns the value that the bits of a bitfield stand for. This is `raw`, the number in the bits, with one
    /// exception: if no case has that number, but a negative case has these low bits, the result is the value of the
    /// negative case.
    pub fn in_bits(&self, raw: u64, width: u8) -> u64 {
        let low = bits::low_mask(width);
        // `negative` is `raw` with all bits above the bitfield set. No other negative number with these low bits fits
        // into the bitfield.
        let negative = raw | self.mask() & !low;
        let is_case = |value| self.find(value).is_some();
        match !is_case(raw) && self.is_negative(negative, width) && is_case(negative) {
            true => negative,
            false => raw,
        }
    }

    /// Returns a mask of the bits that a value of the enum has.
    pub fn mask(&self) -> u64 {
        bits::low_mask(8 * self.size.clamp(1, 8))
    }
}
