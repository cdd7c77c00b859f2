// The options of the mappings, for build.rs and the tests. Both include this file, so it has no inner doc comment.

/// Sets the options for the name of a mapping.
fn set(config: &mut btf2wit::Config, mapping: &str) {
    match mapping {
        "records-and-strings" => config
            .unions(btf2wit::Unions::Record)
            .char_arrays(btf2wit::CharArrays::String),
        "integers" => config.enums(btf2wit::Enums::Integer),
        "tags" => TAGS.lines().fold(config, |config, choice| config.arm(choice)),
        _ => config,
    };
}

/// Sets the target for a mapping such as `to:i686`. The target is the object of the same fixture by the named producer.
fn set_target(config: &mut btf2wit::Config, object: &std::path::Path, mapping: &str) {
    let Some(producer) = mapping.strip_prefix("to:") else {
        return;
    };
    let name = object.file_name().and_then(|name| name.to_str());
    let fixture = name.and_then(|name| name.split('.').next());
    let target = format!("{}.{producer}.o", fixture.unwrap_or_default());
    config.target_btf(object.with_file_name(target)).missing("zero");
}

/// A choice for every union in tagged_unions.c.
const TAGS: &str = include_str!("../../../testdata/tagged_unions.arms");
