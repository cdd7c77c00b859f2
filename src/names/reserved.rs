//! Labels that are valid WIT and still must not be written as they are.

/// What a label names; its word tells a name from the one that it must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Type,
    Field,
    Case,
    Flag,
    Function,
    Parameter,
}

impl Role {
    pub fn word(self) -> &'static str {
        match self {
            Role::Type => "type",
            Role::Field => "field",
            Role::Case => "case",
            Role::Flag => "flag",
            Role::Function => "func",
            Role::Parameter => "param",
        }
    }
}

/// Names after which generated code does not compile, in one position or another (wit-bindgen
/// 0.63, `checks/bindings`).
///
/// Rust: `self` has no raw form; `gen` is reserved in the edition of `wit_bindgen::generate!`;
/// `ret-area` is a struct and a local of its own. C: keywords that wit-bindgen-c looks for with
/// underscores and so never escapes, and macros that compilers predefine.
static ANYWHERE: Words = Words::new(&[
    "gen",
    "linux",
    "restrict",
    "ret-area",
    "self",
    "static-assert",
    "thread-local",
    "typeof",
    "unix",
]);

/// Types: what Rust bindings use unqualified, or call a trait of their own (`Guest` of wit-bindgen, `Host`
/// of wasmtime's `bindgen!`). C bindings put a prefix before types.
static TYPES: Words = Words::new(&[
    "copy",
    "err",
    "from",
    "guest",
    "host",
    "internal-bit-flags",
    "none",
    "ok",
    "option",
    "some",
]);

/// Members and parameters, which C bindings write without a prefix: macros of the C library that
/// may be included before, and keywords of C++.
static C_NAMES: Words = Words::new(&[
    "and-eq",
    "char16-t",
    "char32-t",
    "char8-t",
    "co-await",
    "co-return",
    "co-yield",
    "complex",
    "const-cast",
    "dynamic-cast",
    "errno",
    "noreturn",
    "not-eq",
    "or-eq",
    "reinterpret-cast",
    "static-cast",
    "wchar-t",
    "xor-eq",
]);

/// Parameters: C's own typedefs, which a parameter of that name hides from those after it, and
/// locals of generated Rust.
static PARAMETERS: Words = Words::new(&[
    "cleanup-list",
    "int16-t",
    "int32-t",
    "int64-t",
    "int8-t",
    "size-t",
    "uint16-t",
    "uint32-t",
    "uint64-t",
    "uint8-t",
]);

/// The roles in which a label must be told apart by its role.
#[derive(Clone, Copy, Default)]
pub(super) struct Roles(u8);

impl Roles {
    const ALL: Roles = Roles(u8::MAX);

    const fn of(roles: &[Role]) -> Roles {
        let mut bits = 0;
        let mut at = 0;
        while at < roles.len() {
            bits |= 1 << roles[at] as u8;
            at += 1;
        }
        Roles(bits)
    }

    pub fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }
}

/// Must `label` be told apart by its role?
pub(crate) fn is_reserved(label: &str, role: Role) -> bool {
    match role {
        // Only what is reserved anywhere.
        Role::Function | Role::Flag => ANYWHERE.has(label),
        Role::Type => ANYWHERE.has(label) || TYPES.has(label),
        Role::Field | Role::Case | Role::Parameter => roles(label).has(role),
    }
}

/// The roles in which `label` must be told apart by its role.
pub(super) fn roles(label: &str) -> Roles {
    if ANYWHERE.has(label) {
        return Roles::ALL;
    }
    if TYPES.has(label) {
        return const { Roles::of(&[Role::Type]) };
    }
    if C_NAMES.has(label) {
        return const { Roles::of(&[Role::Field, Role::Case, Role::Parameter]) };
    }
    // Generated Rust numbers its locals, `len0`, `ptr1`, and those that it takes a record apart into:
    // a parameter of such a name would be overwritten without an error.
    if label.ends_with(|c: char| c.is_ascii_digit()) || PARAMETERS.has(label) {
        return const { Roles::of(&[Role::Parameter]) };
    }
    Roles::default()
}

/// A few words, of which nearly all labels are none.
struct Words {
    sorted: &'static [&'static str],
    letters: [Letter; 26],
}

/// The words that begin with one letter.
#[derive(Clone, Copy)]
struct Letter {
    /// Their lengths, one bit each.
    lengths: u32,
    /// Where they stand in the list.
    start: usize,
    end: usize,
}

impl Words {
    const fn new(sorted: &'static [&'static str]) -> Words {
        let mut letters = [Letter {
            lengths: 0,
            start: 0,
            end: 0,
        }; 26];
        let mut at = 0;
        while at < sorted.len() {
            let word = sorted[at].as_bytes();
            let letter = &mut letters[(word[0] - b'a') as usize];
            if letter.lengths == 0 {
                letter.start = at;
            }
            letter.lengths |= 1 << word.len();
            letter.end = at + 1;
            at += 1;
        }
        Words { sorted, letters }
    }

    fn has(&self, label: &str) -> bool {
        let first = label.bytes().next().unwrap_or_default();
        let letter = self.letters.get(usize::from(first.wrapping_sub(b'a')));
        let length = 1u32.checked_shl(label.len() as u32).unwrap_or(0);
        letter.is_some_and(|letter| {
            letter.lengths & length != 0 && self.sorted[letter.start..letter.end].contains(&label)
        })
    }
}

/// The words of WIT, which stand after a `%` wherever they are names.
///
/// The keywords of the component model's `WIT.md`; `map` since wit-parser of December 2025.
static KEYWORDS: Words = Words::new(&[
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "f32",
    "f64",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "u16",
    "u32",
    "u64",
    "u8",
    "use",
    "variant",
    "with",
    "world",
]);

/// Does WIT take `label` for a word of its own?
pub(crate) fn is_keyword(label: &str) -> bool {
    KEYWORDS.has(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_role_is_asked_as_all_are() {
        let lists = [&ANYWHERE, &TYPES, &C_NAMES, &PARAMETERS, &KEYWORDS];
        let words = lists.iter().flat_map(|words| words.sorted.iter().copied());
        for label in words.chain(["len0", "plain"]) {
            for role in [
                Role::Type,
                Role::Field,
                Role::Case,
                Role::Flag,
                Role::Function,
                Role::Parameter,
            ] {
                assert_eq!(is_reserved(label, role), roles(label).has(role), "{label}");
            }
        }
    }
}
