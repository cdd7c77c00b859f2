//! Which names the kernel takes: `__btf_name_valid`, found once for each name rather than for each of its uses.

use super::{strings::Strings, types::Name, warning::Rule};

/// The longest name in bytes: the kernel's `KSYM_NAME_LEN`, of Linux 6.1 and later.
const MAX_NAME: usize = 512;

/// The bytes that a name may have.
static MAY_STAND: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'.');
        byte += 1;
    }
    table
};

/// The names that the kernel would refuse. A kernel has a few dozen, such as `unsigned int`.
pub(super) struct InvalidNames {
    /// By the number of the name.
    invalid_names: Vec<bool>,
}

impl InvalidNames {
    pub fn of(strings: &Strings) -> InvalidNames {
        let names = (0..strings.len() as u32).map(Name);
        let is_invalid = |name| fault(strings.get(name).as_bytes()).is_some();
        InvalidNames {
            invalid_names: names.map(is_invalid).collect(),
        }
    }

    pub fn is_invalid(&self, name: Name) -> bool {
        self.invalid_names.get(name.index()) == Some(&true)
    }

    /// Returns whether one of these is odd.
    pub fn any(&self, mut names: impl Iterator<Item = Name>) -> bool {
        names.any(|name| self.is_invalid(name))
    }
}

/// Returns the rule that a name breaks.
pub(super) fn fault(name: &[u8]) -> Option<Rule> {
    let may_stand = |byte: &u8| MAY_STAND[usize::from(*byte)];
    if name.first().is_some_and(u8::is_ascii_digit) || !name.iter().all(may_stand) {
        Some(Rule::Identifier)
    } else if name.len() > MAX_NAME {
        Some(Rule::LongName)
    } else {
        None
    }
}
