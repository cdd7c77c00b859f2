//! Rust's spelling of labels, as wit-bindgen and wasmtime's `bindgen!` have it. Both escape keywords with
//! an underscore behind them; where their lists differ (`gen`, `guest`, `host`), `names` gives no such
//! label.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Keywords of any edition, today's and reserved ones (The Rust Reference, "Keywords").
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A field, a function or a module: `exit-code` is `exit_code`, `type` is `type_`.
pub(super) fn ident(label: &str) -> String {
    match KEYWORDS.contains(&label) {
        true => format!("{label}_"),
        false => label.to_snake_case(),
    }
}

/// A type, or a case of an enum or a variant.
pub(super) fn camel(label: &str) -> String {
    label.to_upper_camel_case()
}

/// A flag.
pub(super) fn shouty(label: &str) -> String {
    label.to_shouty_snake_case()
}

/// A path of a module: identifiers, and `::` between them.
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

/// A literal of a string.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// Text as a part of a comment, which it must not end: BTF's names may hold ends of lines.
pub(super) fn comment(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}
