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
const ANYWHERE: &[&str] = &[
    "gen",
    "linux",
    "restrict",
    "ret-area",
    "self",
    "static-assert",
    "thread-local",
    "typeof",
    "unix",
];

/// Types: what Rust bindings use unqualified, or call a trait of their own (`Guest` of wit-bindgen, `Host`
/// of wasmtime's `bindgen!`). C bindings put a prefix before types.
const TYPES: &[&str] = &[
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
];

/// Members and parameters, which C bindings write without a prefix: macros of the C library that
/// may be included before, and keywords of C++.
const C_NAMES: &[&str] = &[
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
];

/// Parameters: C's own typedefs, which a parameter of that name hides from those after it, and
/// locals of generated Rust.
const PARAMETERS: &[&str] = &[
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
];

/// Must `label` be told apart by its role?
pub(crate) fn is_reserved(label: &str, role: Role) -> bool {
    ANYWHERE.contains(&label)
        || match role {
            Role::Type => TYPES.contains(&label),
            Role::Field | Role::Case => C_NAMES.contains(&label),
            // Generated Rust numbers its locals, `len0`, `ptr1`, and those that it takes a record
            // apart into: a parameter of such a name would be overwritten without an error.
            Role::Parameter => {
                C_NAMES.contains(&label)
                    || PARAMETERS.contains(&label)
                    || label.ends_with(|c: char| c.is_ascii_digit())
            }
            Role::Flag | Role::Function => false,
        }
}

/// The words of WIT, which stand after a `%` wherever they are names.
///
/// The keywords of the component model's `WIT.md`; `map` since wit-parser of December 2025.
const KEYWORDS: &[&str] = &[
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
];

/// Does WIT take `label` for a word of its own?
pub(crate) fn is_keyword(label: &str) -> bool {
    label.len() <= "error-context".len() && KEYWORDS.binary_search(&label).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }
}
