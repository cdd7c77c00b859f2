// The mapping options, for build.rs and the tests.

/// Sets the options that a name stands for.
fn set(config: &mut btf2wit::Config, mapping: &str) {
    match mapping {
        "records-and-strings" => config
            .unions(btf2wit::Unions::Record)
            .char_arrays(btf2wit::CharArrays::String),
        "integers" => config.enums(btf2wit::Enums::Integer),
        "tags" => TAGS.iter().fold(config, |config, choice| config.arm(*choice)),
        _ => config,
    };
}

/// Sets the target of a mapping such as `to:i686`: the object of the same fixture by another producer.
fn set_target(config: &mut btf2wit::Config, object: &std::path::Path, mapping: &str) {
    let Some(producer) = mapping.strip_prefix("to:") else {
        return;
    };
    let name = object.file_name().and_then(|name| name.to_str());
    let fixture = name.and_then(|name| name.split('.').next());
    let target = format!("{}.{producer}.o", fixture.unwrap_or_default());
    config.target_btf(object.with_file_name(target)).missing("zero");
}

/// Choices for every union of tagged_unions.c.
const TAGS: &[&str] = &[
    "connection.local=any.family:2=in4,10=in6,0=any",
    "packet.body=headers[1].type:1=mac,2=big,*=num",
    "outer.in.body=kind:0=num,1=mac",
    "several.items.body=kind:1=mac,2=big,0=num",
    "batch.items.in.body=kind:0=num,2=big,1=mac",
    "in_bits.body=kind:1=mac,*=num",
    "by_enum.body=which:WHICH_NUM=num,WHICH_MAC=mac,1=big",
    "by_bool.body=big:true=big,false=num",
    "by_sign.body=kind:-1=mac,0=num,1=big",
    "unnamed.low=low",
    "unnamed.body=kind:1=mac,2=big,0=num",
    "unnamed.id=id",
];
