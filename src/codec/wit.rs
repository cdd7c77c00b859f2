//! Writes the codec's interface as WIT text, and chooses the names of its functions.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::CodecItem;
use crate::naming::folded;

/// The name of the codec's interface.
pub(crate) const INTERFACE: &str = "codec";

/// The names of the functions for one type.
#[derive(Clone, Debug)]
pub(crate) struct FunctionNames {
    pub read: String,
    /// The name of the function that reads consecutive values. `None` if the bytes do not show where a value ends.
    pub read_all: Option<String>,
    pub write: String,
}

impl FunctionNames {
    /// Returns the names of the functions for a label. `many` says whether there is a function for consecutive values.
    /// `taken` has the labels of the whole BTF that may be equal to such names, in lower case and without hyphens.
    /// `taken` does not depend on the selection, so the names do not change with the selection.
    pub fn new(label: &str, many: bool, taken: &HashSet<String>) -> FunctionNames {
        let is_free = |name: &String| !taken.contains(&folded(name));
        let first = |candidates: [String; 2]| {
            let free = candidates.iter().find(|name| is_free(name)).cloned();
            free.unwrap_or_else(|| {
                let numbered = (2..).map(|number| format!("{}{number}", candidates[1]));
                numbered.filter(is_free).take(1).collect()
            })
        };
        let plural = format!("{label}s");
        // If another type has the plural as its label, `read-` and the plural is the name of the function that reads
        // that type, so the function for consecutive values needs another name.
        let all = match taken.contains(&folded(&plural)) {
            false => [format!("read-{plural}"), format!("read-all-of-{label}")],
            true => [format!("read-all-{label}"), format!("read-all-of-{label}")],
        };
        FunctionNames {
            read: first([format!("read-{label}"), format!("read-one-{label}")]),
            read_all: many.then(|| first(all)),
            write: first([format!("write-{label}"), format!("write-one-{label}")]),
        }
    }
}

/// Returns whether a label may affect the names in the codec's interface, because it is equal to one of them or is a
/// plural. The label must be in lower case and without hyphens.
pub(crate) fn may_clash(label: &str) -> bool {
    let starts = ["read", "write", "error", "codec"];
    // The name of the function that reads consecutive values depends on whether another type has the plural as its
    // label.
    label.ends_with('s') || starts.iter().any(|start| label.starts_with(start))
}

/// The names in the interface that do not belong to one type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommonNames {
    pub error: &'static str,
    /// The name of the function that returns the fingerprint of each type.
    pub fingerprints: &'static str,
}

impl CommonNames {
    /// Returns names that no type has. If types have all three candidates, the result is a fourth name, which is not
    /// checked. `taken` has the same labels as in `FunctionNames::new`.
    pub fn new(taken: &HashSet<String>) -> CommonNames {
        let free = |names: [&'static str; 3], last| {
            let free = names
                .into_iter()
                .find(|name| !taken.contains(&folded(name)));
            free.unwrap_or(last)
        };
        CommonNames {
            error: free(
                ["error", "codec-error", "codec-failure"],
                "failure-of-the-codec",
            ),
            fingerprints: free(
                ["fingerprints", "codec-fingerprints", "codec-layouts"],
                "fingerprints-of-the-codec",
            ),
        }
    }
}

/// Returns the interface as WIT text. `types` is the name of the interface with the types. `is_keyword` says which
/// labels WIT requires to be escaped. `docs` says whether the text has doc comments.
pub(crate) fn interface(
    items: &[CodecItem],
    types: &str,
    names: CommonNames,
    is_keyword: &dyn Fn(&str) -> bool,
    docs: bool,
) -> String {
    let id = |label: &str| match is_keyword(label) {
        true => format!("%{label}"),
        false => label.to_owned(),
    };
    let mut out = String::new();
    if docs {
        out.push_str("/// Reads C bytes as the values of these types, and writes them.\n");
    }
    let _ = writeln!(out, "interface {INTERFACE} {{");
    if !items.is_empty() {
        let used: Vec<String> = items.iter().map(|item| id(&item.label)).collect();
        let _ = writeln!(out, "    use {}.{{{}}};\n", id(types), used.join(", "));
    }
    error_record(&mut out, &id(names.error), docs);
    out.push('\n');
    if docs {
        out.push_str(
            "    /// The fingerprint of each type's layout, by the name of the type. A host that knows the fingerprint of its\n    \
                 /// bytes compares the two before it passes any\n",
        );
    }
    let _ = writeln!(
        out,
        "    {}: func() -> list<tuple<string, u64>>;",
        names.fingerprints
    );
    for item in items {
        functions(&mut out, item, &id(&item.label), &id(names.error), docs);
    }
    out.push_str("}\n");
    out
}

fn error_record(out: &mut String, name: &str, docs: bool) {
    let record = format!("    record {name} {{");
    for line in [
        "    /// The reason why bytes or a value are refused",
        &record,
        "        /// The path of the member with the problem, as in C: `event.addr[2].port`",
        "        path: string,",
        "        /// The offset of that member in bytes, from the start of the argument or of the record",
        "        offset: u64,",
        "        message: string,",
        "    }",
    ] {
        if docs || !line.trim_start().starts_with("///") {
            let _ = writeln!(out, "{line}");
        }
    }
}

fn functions(out: &mut String, item: &CodecItem, label: &str, error: &str, docs: bool) {
    let (names, c) = (&item.functions, item.c.replace('`', "'"));
    let doc = |out: &mut String, text: String| {
        out.push('\n');
        if docs {
            let _ = writeln!(out, "    /// {text}");
        }
    };
    let fingerprint = item.fingerprint;
    doc(
        out,
        format!(
            "Reads the bytes of one `{c}`, whose layout has the fingerprint {fingerprint:#018x}"
        ),
    );
    let _ = writeln!(
        out,
        "    {}: func(bytes: list<u8>) -> result<{label}, {error}>;",
        names.read
    );
    if let Some(name) = &names.read_all {
        doc(
            out,
            format!("Reads the bytes of any number of `{c}` in a row"),
        );
        let _ = writeln!(
            out,
            "    {name}: func(bytes: list<u8>) -> result<list<{label}>, {error}>;"
        );
    }
    doc(
        out,
        format!("Returns the bytes of a `{c}`. Padding is zero"),
    );
    let _ = writeln!(
        out,
        "    {}: func(value: {label}) -> result<list<u8>, {error}>;",
        names.write
    );
}
