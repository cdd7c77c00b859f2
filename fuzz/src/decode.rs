//! Decodes arbitrary bytes. The values must be valid JSON, and valid WAVE for the type in the WIT.

use std::collections::HashMap;

use btf2wit::decode::{DecodeError, Decoder, Problem, Value};
use btf2wit::layout::Item;
use btf2wit::{Arrays, CharArrays, Config, Enums, Package, Unions};
use wasm_wave::value::Type;
use wit_parser::{Resolve, TypeDefKind, TypeId};

/// The maximum size in bytes of a type that is decoded.
const MAX_SIZE: usize = 512;

/// The maximum number of types that are decoded.
const MAX_TYPES: usize = 512;

/// The maximum number of types inside a type whose values are parsed as WAVE, which repeats a type wherever it is used.
const MAX_CONTAINED: usize = 512;

/// The maximum number of choices that are made one after another to decode a value.
const MAX_CHOICES: usize = 16;

/// The bit in the first byte of the data that selects fixed-length lists.
const FIXED: u8 = 8;

/// Decodes bytes as each type of the BTF. The first two bytes select the mapping and the arms of unions.
///
/// # Panics
///
/// Panics if the JSON or WAVE of a value is not valid, or if encoding and decoding changes a value.
pub fn decode(btf: &[u8], data: &[u8]) {
    let [how, arm, data @ ..] = data else {
        return;
    };
    let Ok(package) = config(btf, *how).load() else {
        return;
    };
    // WAVE is not checked with fixed-length lists: wasm-wave 0.263 writes them, but cannot read them.
    let types = (*how & FIXED == 0).then(|| Types::of(&package));
    for item in package.items().take(MAX_TYPES) {
        let item = item.expect("loading has met every error");
        if item.size == 0 || item.size > MAX_SIZE as u64 {
            continue;
        }
        check_item(&package, &item, *arm, data, types.as_ref());
    }
}

/// Returns a configuration whose mapping the bits of `how` select.
pub(crate) fn config(btf: &[u8], how: u8) -> Config {
    let mut config = crate::config(btf);
    config
        .unions([Unions::Variant, Unions::Record][usize::from(how & 1)])
        .enums([Enums::Auto, Enums::Integer][usize::from(how >> 1 & 1)])
        .char_arrays([CharArrays::Bytes, CharArrays::String][usize::from(how >> 2 & 1)])
        .arrays([Arrays::List, Arrays::Fixed][usize::from(how & FIXED != 0)]);
    config
}

fn check_item(package: &Package, item: &Item, arm: u8, data: &[u8], types: Option<&Types>) {
    let label = format!("%{}", item.wit);
    let mut decoder = package.decoder(&label).expect("it is one of the items");
    // The same arm is selected at each call, so that encoded bytes are decoded in the same way again.
    decoder.arms(move |union| {
        let arms = union.arms().count();
        (arms > 0).then(|| (usize::from(arm) + union.item().len()) % arms)
    });
    // Decoding all of the bytes is usually an error. Therefore as many bytes as the type has are decoded as well.
    _ = decoder.decode(data);
    let mut bytes: Vec<u8> = data.iter().copied().cycle().take(decoder.size()).collect();
    bytes.resize(decoder.size(), 0);
    if decoder.is_flexible() {
        bytes.extend_from_slice(data);
    }
    if let Ok(value) = decoder.decode(&bytes) {
        let json = serde_json::to_string(&value).expect("every value is written");
        serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON");
        let wave = value.to_wave();
        assert!(!wave.contains('\n'));
        let ty = types.and_then(|types| types.of_label(&item.wit));
        if let Some(ty) = ty.filter(|_| is_named(&value)) {
            let read = wasm_wave::from_str::<wasm_wave::value::Value>(&ty, &wave);
            let read = read.unwrap_or_else(|error| panic!("{}: {wave}: {error}", item.wit));
            let again = wasm_wave::to_string(&read).expect("it was read");
            assert_eq!(again, wave);
        }
        check_round_trip(&decoder, &value, &wave);
    }
    decoder.strict(true).strict_text(true);
    _ = decoder.decode(&bytes);
    with_suggested_arms(package, &label, &bytes);
}

/// Decodes bytes with the choices that the errors suggest, for one union after another.
fn with_suggested_arms(package: &Package, label: &str, bytes: &[u8]) {
    let mut decoder = package.decoder(label).expect("it is one of the items");
    for _ in 0..MAX_CHOICES {
        let value = decoder.decode(bytes);
        let choice = match value {
            Ok(value) => return check_round_trip(&decoder, &value, &value.to_wave()),
            Err(error) => suggested(&error),
        };
        let Some(choice) = choice else { return };
        // A path in a choice may have another meaning, since names are fuzzed.
        if decoder.arm(&choice).is_err() {
            return;
        }
    }
}

/// Returns a choice of an arm that is made from an error. Returns `None` if the error is not about a missing choice.
pub(crate) fn suggested(error: &DecodeError) -> Option<String> {
    let Problem::WhichArm { tag, arms, .. } = &error.problem else {
        return None;
    };
    let path = error
        .path
        .split('[')
        .map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    let path: String = path.collect();
    let (first, last) = (arms.first()?, arms.last()?);
    Some(match tag {
        Some(tag) => format!("{path}={tag}:0={first},*={last}"),
        None => format!("{path}={first}"),
    })
}

/// Checks that the bytes of an encoded value are decoded to the same value.
fn check_round_trip(decoder: &Decoder, value: &Value<'_>, wave: &str) {
    if let Ok(written) = decoder.encode(value) {
        let again = decoder.decode(&written).expect("it was decoded");
        assert_eq!(again.to_wave(), wave);
    }
}

/// Returns whether every enum in a value has a case, and every bit of flags a label. WAVE has only cases and labels.
fn is_named(value: &Value<'_>) -> bool {
    match value {
        Value::Enum { label, .. } => label.is_some(),
        Value::Flags { rest, .. } => *rest == 0,
        Value::List(values) => values.iter().all(is_named),
        Value::Record(fields) => fields.iter().all(|(_, value)| is_named(value)),
        Value::Variant(_, Some(value)) => is_named(value),
        _ => true,
    }
}

/// The types that wit-parser reads from the WIT text.
struct Types {
    resolve: Resolve,
    labels: HashMap<String, TypeId>,
    /// For each type, the number of types that it contains, including itself. A type that is used several times counts
    /// each time.
    counts: HashMap<TypeId, usize>,
}

impl Types {
    fn of(package: &Package) -> Types {
        let wit = package.to_wit().expect("what loads is written");
        let mut resolve = Resolve::default();
        resolve.push_str("fuzzed.wit", &wit).expect("it parses");
        let (mut labels, mut counts) = (HashMap::new(), HashMap::new());
        // In the WIT, a type comes after the types that it contains.
        for (id, ty) in resolve.types.iter() {
            let count = 1 + contained(&ty.kind, &counts);
            counts.insert(id, count);
            if let Some(name) = &ty.name {
                labels.insert(name.clone(), id);
            }
        }
        Types {
            resolve,
            labels,
            counts,
        }
    }

    /// Returns a type for WAVE. Returns `None` if it would be too large, since WAVE repeats a type wherever it is used.
    fn of_label(&self, label: &str) -> Option<Type> {
        let id = *self.labels.get(label).expect("every item is in the text");
        if self
            .counts
            .get(&id)
            .is_none_or(|count| *count > MAX_CONTAINED)
        {
            return None;
        }
        let ty = wasm_wave::value::resolve_wit_type(&self.resolve, id);
        Some(ty.expect("WAVE has the types that are used"))
    }
}

fn contained(kind: &TypeDefKind, counts: &HashMap<TypeId, usize>) -> usize {
    let count = |ty: &wit_parser::Type| match ty {
        wit_parser::Type::Id(id) => counts.get(id).copied().unwrap_or(1),
        _ => 1,
    };
    let sum = |counts: &mut dyn Iterator<Item = usize>| counts.fold(0, usize::saturating_add);
    match kind {
        TypeDefKind::Record(record) => sum(&mut record.fields.iter().map(|field| count(&field.ty))),
        TypeDefKind::Tuple(tuple) => sum(&mut tuple.types.iter().map(count)),
        TypeDefKind::Variant(variant) => {
            let types = variant.cases.iter().filter_map(|case| case.ty.as_ref());
            sum(&mut types.map(count))
        }
        TypeDefKind::List(ty) | TypeDefKind::FixedLengthList(ty, _) | TypeDefKind::Type(ty) => {
            count(ty)
        }
        _ => 0,
    }
}
