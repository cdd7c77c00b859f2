//! Turns labels into Rust identifiers, in the same way as wit-bindgen and wasmtime's `bindgen!`. Both append an
//! underscore to keywords. They disagree on whether `gen`, `guest` and `host` are keywords, so `names` never makes
//! these labels.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// The keywords of all editions of Rust, including words that are only reserved (The Rust Reference, "Keywords").
/// `gen` and `Self` are not in the list, since they are never labels.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Returns the name of a field, a function or a module: `exit-code` becomes `exit_code`, `type` becomes `type_`.
pub(super) fn ident(label: &str) -> String {
    match KEYWORDS.contains(&label) {
        true => format!("{label}_"),
        false => label.to_snake_case(),
    }
}

/// Returns the name of a type, or of a case of an enum or a variant.
pub(super) fn camel(label: &str) -> String {
    label.to_upper_camel_case()
}

/// Returns the name of a flag.
pub(super) fn shouty(label: &str) -> String {
    label.to_shouty_snake_case()
}

/// Returns whether a text has the form of a Rust path. Keywords are not rejected.
pub(crate) fn is_path(path: &str) -> bool {
    let is_ident = |segment: &str| {
        let segment = segment.strip_prefix("r#").unwrap_or(segment);
        let mut chars = segment.chars();
        chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
            && chars.all(|c| c == '_' || c.is_alphanumeric())
    };
    path.strip_prefix("::")
        .unwrap_or(path)
        .split("::")
        .all(is_ident)
}

/// Returns a Rust string literal for a text.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// Returns a text in a form that can be in a line comment. Names in BTF may contain line breaks, which would end the
/// comment.
pub(super) fn comment(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
