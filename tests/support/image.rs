//! Writes minimal boot images.

/// Returns an x86 boot image (bzImage) with a packed kernel. `size` is the unpacked size, which is written after the
/// kernel. `None` writes no size, as for gzip.
pub fn of_x86(payload: &[u8], size: Option<u32>) -> Vec<u8> {
    let setup = 512 * 3;
    let offset = 64u32;
    let mut image = vec![0xcc; setup];
    image[0x1f1] = 2;
    image[0x1fe..0x206].copy_from_slice(b"\x55\xaa\xeb\x6aHdrS");
    image[0x206..0x208].copy_from_slice(&0x20fu16.to_le_bytes());
    let length = payload.len() as u32 + size.map_or(0, |_| 4);
    image[0x248..0x24c].copy_from_slice(&offset.to_le_bytes());
    image[0x24c..0x250].copy_from_slice(&length.to_le_bytes());
    image.extend(vec![0xcc; offset as usize]);
    image.extend_from_slice(payload);
    image.extend(size.into_iter().flat_map(u32::to_le_bytes));
    image.extend_from_slice(b"what follows the kernel");
    image
}

/// Returns an EFI program that contains a packed kernel.
pub fn of_efi(payload: &[u8]) -> Vec<u8> {
    let mut image = vec![0xcc; 256];
    image[..8].copy_from_slice(b"MZ\0\0zimg");
    image[8..12].copy_from_slice(&256u32.to_le_bytes());
    image[12..16].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    image.extend_from_slice(payload);
    image.extend_from_slice(b"what follows the kernel");
    image
}

/// Returns a kernel of arm64. It has no sections, but contains BTF.
pub fn plain(btf: &[u8]) -> Vec<u8> {
    let mut image = vec![0xcc; 1021];
    image[..2].copy_from_slice(b"MZ");
    image[0x38..0x3c].copy_from_slice(b"ARM\x64");
    image.extend_from_slice(btf);
    image.extend_from_slice(b"what follows the BTF");
    image
}
