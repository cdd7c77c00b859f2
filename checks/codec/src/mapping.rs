//! The mappings with which the codecs of fixtures are checked.

use std::path::Path;

use btf2wit::{Arrays, CharArrays, Config, Enums, Unions};

/// Returns the names of the mappings for an object.
pub fn names(object: &Path) -> impl Iterator<Item = &'static str> + use<> {
    let name = object.file_name().unwrap_or_default().to_string_lossy();
    let tagged = name.starts_with("tagged_unions.");
    let more = tagged
        .then_some(["tags", "first arms"])
        .into_iter()
        .flatten();
    // Codecs with the types of x86-64 are also made for the bytes of two other producers.
    let targets = name.ends_with(".x86-64.o").then_some([ON_BPFEB, ON_I686]);
    let more = more.chain(targets.into_iter().flatten());
    ["default", "records", "bytes", "integers", "fixed"]
        .into_iter()
        .chain(more)
}

const ON_BPFEB: &str = "on bpfeb";
const ON_I686: &str = "on i686";

/// Sets the options for the name of a mapping.
pub fn set(config: &mut Config, object: &Path, name: &str) {
    match name {
        ON_BPFEB | ON_I686 => {
            let producer = name.trim_start_matches("on ");
            let target = object.display().to_string().replace("x86-64", producer);
            config.target_btf(target).missing("zero");
        }
        "records" => {
            config
                .unions(Unions::Record)
                .char_arrays(CharArrays::String);
        }
        "bytes" => {
            config.unions(Unions::Bytes).enums(Enums::Enum);
        }
        "integers" => {
            config.enums(Enums::Integer).char_arrays(CharArrays::String);
        }
        "fixed" => {
            config.arrays(Arrays::Fixed);
        }
        "tags" => TAGS.lines().for_each(|choice| {
            config.arm(choice);
        }),
        "first arms" => FIRST.iter().for_each(|choice| {
            config.arm(*choice);
        }),
        _ => {}
    }
}

/// A choice for every union in tagged_unions.c.
const TAGS: &str = include_str!("../../../testdata/tagged_unions.arms");

/// Choices that always select the same arm, each at one place only.
const FIRST: &[&str] = &[
    "connection.local=in6",
    "outer.in.body=mac",
    "several.items.body=big",
];
