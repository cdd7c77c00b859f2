//! Puts a component and its BPF object into one file. The component consists of a guest and its adapter, and the object
//! becomes a custom section of the component.

use anyhow::{Result, bail};

/// The name of the custom section that holds the object.
const SECTION: &str = "btf2wit-object";
/// The bytes that every component begins with: magic, version and layer.
const HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";
const CUSTOM: u8 = 0;

/// Returns the component with the object as an additional section. Fails if the component has an object already.
pub fn bundle(component: &[u8], object: &[u8]) -> Result<Vec<u8>> {
    if find(component)?.is_some() {
        bail!("the component has an object already");
    }
    let mut payload = leb(SECTION.len());
    payload.extend_from_slice(SECTION.as_bytes());
    payload.extend_from_slice(object);
    let mut bundle = component.to_vec();
    bundle.push(CUSTOM);
    bundle.extend(leb(payload.len()));
    bundle.extend(payload);
    Ok(bundle)
}

/// Returns the object that a component contains, or `None` if it contains none. Fails if the bytes are no component,
/// or if a section up to the object is cut off.
pub fn find(component: &[u8]) -> Result<Option<&[u8]>> {
    let Some(mut rest) = component.strip_prefix(&HEADER) else {
        bail!("the guest is no component");
    };
    while let Some((&id, behind)) = rest.split_first() {
        let Some((section, behind)) = sized(behind) else {
            bail!("the guest is a broken component");
        };
        if id == CUSTOM
            && let Some((name, object)) = sized(section)
            && name == SECTION.as_bytes()
        {
            return Ok(Some(object));
        }
        rest = behind;
    }
    Ok(None)
}

/// Reads a length in LEB128. Returns as many of the following bytes as the length says, and the rest of the input.
/// Returns `None` if the input is too short, or if the length itself takes more than 5 bytes.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut length, mut shift) = (0_usize, 0_u32);
    for (at, byte) in bytes.iter().enumerate().take(5) {
        length |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return bytes.get(at + 1..)?.split_at_checked(length);
        }
        shift += 7;
    }
    None
}

/// Returns a number in LEB128.
fn leb(mut number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADER, bundle, find};

    #[test]
    fn an_object_is_found_again() {
        let object = vec![7; 300];
        assert_eq!(find(&HEADER).ok(), Some(None));
        let made = bundle(&HEADER, &object).unwrap_or_default();
        assert_eq!(find(&made).ok(), Some(Some(&object[..])));
        assert!(bundle(&made, &object).is_err());
        for end in 9..made.len() {
            assert!(find(&made[..end]).is_err(), "{end}");
        }
    }
}
