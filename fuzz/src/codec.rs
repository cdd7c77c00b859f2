//! Makes the codecs of BTF that can be converted, with and without choices of arms.

use btf2wit::{Error, Package};

use crate::decode::{config, suggested};

/// The maximum size in bytes of a type in which unions are looked for.
const MAX: u64 = 512;

/// Makes the codec of all types. The first byte of `data` selects the mapping. The other bytes are decoded as a value
/// of each type, to find unions whose arms can be chosen.
///
/// # Panics
///
/// Panics if no valid codec can be made for BTF that can be converted.
pub fn codec(btf: &[u8], data: &[u8]) {
    let [how, data @ ..] = data else {
        return;
    };
    let mut config = config(btf, *how);
    let Ok(package) = config.load() else {
        return;
    };
    check(&package);
    let choices = choices(&package, data);
    if choices.is_empty() {
        return;
    }
    for choice in choices {
        config.arm(choice);
    }
    // A path in a choice may have another meaning, since names are fuzzed. Also, two choices may be for the same union.
    // Therefore an error here is not a fault.
    if let Ok(package) = config.load() {
        check(&package);
    }
}

/// Checks that the codec can be made, which also validates it, and that each of its functions is in its WIT text. Does
/// nothing if a choice of an arm is wrong, since [`codec`] makes such choices.
fn check(package: &Package) {
    let component = match package.to_codec() {
        Ok(component) => component,
        Err(Error::Arm { .. }) => return,
        Err(error) => panic!("{error}"),
    };
    let text = package.to_codec_wit().expect("the component has it");
    let decoded = wit_component::decode(&component).expect("it is a component");
    let functions = decoded.resolve().interfaces.iter();
    let functions = functions.flat_map(|(_, interface)| interface.functions.keys());
    for function in functions {
        assert!(text.contains(&format!(" {function}: func(")), "{function}");
    }
}

/// Returns one choice for each type in which arms of unions must be selected. The choice is for the first such union.
fn choices(package: &Package, data: &[u8]) -> Vec<String> {
    let mut choices = Vec::new();
    for item in package.items() {
        let item = item.expect("loading has met every error");
        if item.size == 0 || item.size > MAX {
            continue;
        }
        let decoder = package.decoder(&format!("%{}", item.wit));
        let decoder = decoder.expect("it is one of the items");
        let mut bytes: Vec<u8> = data.iter().copied().cycle().take(decoder.size()).collect();
        bytes.resize(decoder.size(), 0);
        choices.extend(decoder.decode(&bytes).err().as_ref().and_then(suggested));
    }
    choices
}
