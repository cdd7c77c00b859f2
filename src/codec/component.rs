//! Assembles the text of a core module and wraps the module as a component.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::CodecError;

/// Returns a component as bytes. `module` is the text of the core module, `wit` the text of a package with one world,
/// and `others` are the texts of the packages to which `wit` refers.
pub(crate) fn encode(module: &str, wit: &str, others: &[&str]) -> Result<Vec<u8>, CodecError> {
    let refused = |error: &dyn std::fmt::Display| CodecError::Refused(error.to_string());
    let mut resolve = Resolve::default();
    for other in others {
        let pushed = resolve.push_str("other.wit", other);
        pushed.map_err(|error| refused(&error))?;
    }
    let package = resolve.push_str("codec.wit", wit);
    let package = package.map_err(|error| refused(&error))?;
    let world = resolve.select_world(&[package], None);
    let world = world.map_err(|error| refused(&error))?;
    let core = wat::parse_str(module).map_err(|error| refused(&error))?;
    let mut core = without_names(&core);
    let embedded =
        embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8, false);
    embedded.map_err(|error| refused(&error))?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder
        .module(&core)
        .and_then(|encoder| encoder.validate(true).encode());
    let component = component.map_err(|error| refused(&format!("{error:#}")))?;
    Ok(without_names(&component))
}

/// Removes the custom sections of a module or a component. They have the names of functions and instances, which
/// nothing needs, and are a third of a small codec.
fn without_names(core: &[u8]) -> Vec<u8> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let mut kept = core.get(..HEADER).unwrap_or(core).to_vec();
    let mut at = HEADER;
    while let Some(id) = core.get(at) {
        let Some((length, start)) = leb(core, at + 1) else {
            return core.to_vec();
        };
        let end = start.saturating_add(length).min(core.len());
        if *id != CUSTOM {
            kept.extend_from_slice(core.get(at..end).unwrap_or_default());
        }
        at = end;
    }
    kept
}

/// Returns the LEB128 number at an offset, and the offset after the number. Returns `None` if the number is cut off or
/// too large.
fn leb(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let (mut number, mut shift) = (0_usize, 0);
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        number |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some((number, at));
        }
        shift += 7;
    }
}
