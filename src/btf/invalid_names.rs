//! Finds the names that the kernel's `__btf_name_valid` rejects, except the empty name, which `verifier/names` checks.
//! Each name is checked in advance and not at each use, which would cost more.

use super::{strings::Strings, types::Name, warning::Rule};

/// The maximum length of a name in bytes. This is the kernel's `KSYM_NAME_LEN`, which has this value since Linux 6.1.
const MAX_NAME: usize = 512;

/// For each value of a byte, whether a name may contain this byte.
static IS_ALLOWED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'.');
        byte += 1;
    }
    table
};

/// The names that `__btf_name_valid` rejects, without the empty name. The kernel calls this function only for some
/// kinds of types, so a kernel's own BTF has about ten such names, for example `unsigned int`.
pub(super) struct InvalidNames {
    /// Whether a name is invalid. The index of the name is the index here.
    is_invalid: Vec<bool>,
}

impl InvalidNames {
    pub fn of(strings: &Strings) -> InvalidNames {
        let names = (0..strings.len() as u32).map(Name);
        let is_invalid = |name| broken_rule(strings.get(name).as_bytes()).is_some();
        InvalidNames {
            is_invalid: names.map(is_invalid).collect(),
        }
    }

    pub fn is_invalid(&self, name: Name) -> bool {
        self.is_invalid.get(name.index()) == Some(&true)
    }

    pub fn any(&self, mut names: impl Iterator<Item = Name>) -> bool {
        names.any(|name| self.is_invalid(name))
    }
}

/// Returns the rule that a name breaks, or `None` if it is valid. The empty name is valid.
pub(super) fn broken_rule(name: &[u8]) -> Option<Rule> {
    // Unlike `all`, `fold` does not branch at each byte, so it needs half the instructions. The conversion of a kernel
    // takes 6 million instructions less.
    let all_allowed = name
        .iter()
        .fold(true, |all, byte| all & IS_ALLOWED[usize::from(*byte)]);
    if name.first().is_some_and(u8::is_ascii_digit) || !all_allowed {
        Some(Rule::Identifier)
    } else if name.len() > MAX_NAME {
        Some(Rule::LongName)
    } else {
        None
    }
}
