// What is chosen of the mapping; build.rs and the tests share it.

/// Sets what a name stands for.
fn set(config: &mut btf2wit::Config, mapping: &str) {
    match mapping {
        "records-and-strings" => config
            .unions(btf2wit::Unions::Record)
            .char_arrays(btf2wit::CharArrays::String),
        "integers" => config.enums(btf2wit::Enums::Integer),
        _ => config,
    };
}
