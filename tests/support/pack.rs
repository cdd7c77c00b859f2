//! Compresses bytes in the formats of kernels and modules. The headers of xz and zstd files can state any window size.

use std::io::Write;

pub type Pack = fn(&[u8]) -> Vec<u8>;

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(content).expect("a vector takes all");
    packer.finish().expect("a vector takes all")
}

/// Compresses with the smallest window that a preset of xz has.
pub fn xz(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(0);
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("the options are sound");
    packer.write_all(content).expect("a vector takes all");
    packer.finish().expect("a vector takes all")
}

/// Compresses like [`xz`], but the header states a window of 2^`log` bytes, or of one and a half times as much if
/// `half_more` is true. `log` is 12 to 31.
pub fn xz_asking(content: &[u8], log: u8, half_more: bool) -> Vec<u8> {
    let mut packed = xz(content);
    // The header of the stream comes first, and then the header of the first block. This header has four parts: one
    // less than its size in words of 4 bytes, flags, the filter LZMA2, and a checksum. The only property of the filter
    // is one byte for the window size.
    let header = &mut packed[12..];
    let end = (usize::from(header[0]) + 1) * 4 - 4;
    let filter = header[..end]
        .windows(2)
        .position(|bytes| bytes == [0x21, 1]);
    header[filter.expect("it is packed with LZMA2") + 2] = (log - 12) * 2 + u8::from(half_more);
    let mut sum = flate2::Crc::new();
    sum.update(&header[..end]);
    header[end..end + 4].copy_from_slice(&sum.sum().to_le_bytes());
    packed
}

/// Returns a zstd file with the content in raw blocks, or in runs of one byte where possible. The header states a
/// window of 2^`log` bytes. `log` is 10 to 41.
pub fn zstd_asking(content: &[u8], log: u8) -> Vec<u8> {
    const STORED: u32 = 0;
    const RUN: u32 = 1;
    const MAX_BLOCK: usize = 1 << 17;
    // The flags say that there is no content size, checksum or dictionary.
    let mut packed = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3];
    let mut blocks = content.chunks(MAX_BLOCK.min(1 << log)).peekable();
    while let Some(block) = blocks.next() {
        let is_run = block.iter().all(|byte| *byte == block[0]);
        let (kind, bytes) = match is_run {
            true => (RUN, &block[..1]),
            false => (STORED, block),
        };
        let last = u32::from(blocks.peek().is_none());
        let header = last | kind << 1 | (block.len() as u32) << 3;
        packed.extend_from_slice(&header.to_le_bytes()[..3]);
        packed.extend_from_slice(bytes);
    }
    packed
}

/// Compresses like [`zstd_asking`], with a window of 1 MiB.
pub fn zstd(content: &[u8]) -> Vec<u8> {
    zstd_asking(content, 20)
}

pub fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packer.write_all(content).expect("a vector takes all");
    packer.finish().expect("a vector takes all")
}

pub fn lzma(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(0);
    let packer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None);
    let mut packer = packer.expect("the options are sound");
    packer.write_all(content).expect("a vector takes all");
    packer.finish().expect("a vector takes all")
}

/// Compresses like `lz4 -l`, the format of kernels.
pub fn lz4(content: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x02, 0x21, 0x4c, 0x18];
    for block in content.chunks(8 << 20) {
        let block = lz4_flex::block::compress(block);
        packed.extend_from_slice(&(block.len() as u32).to_le_bytes());
        packed.extend_from_slice(&block);
    }
    packed
}
