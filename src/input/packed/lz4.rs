//! Reads the legacy frames of lz4, the format that the kernel's build writes. A frame has blocks of 8 MiB when
//! unpacked, and the packed size of each block precedes the block.

use std::io::{self, ErrorKind, Read};

pub(super) const MAGIC: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// The unpacked size of a block in bytes. Only the last block of a frame may be smaller.
const BLOCK: usize = 8 << 20;
/// The maximum size of a packed block in bytes, as lz4's `LZ4_compressBound` computes it. A block that cannot be made
/// smaller grows when it is packed.
const MAX_PACKED: usize = BLOCK + BLOCK / 255 + 16;

pub(super) struct FrameReader<R> {
    packed: R,
    /// The packed bytes of the current block.
    block: Vec<u8>,
    /// The buffer for the unpacked content of a block.
    content: Vec<u8>,
    /// The number of bytes in `content` that belong to the current block.
    length: usize,
    /// The number of the current block's bytes in `content` that the caller has already read.
    read: usize,
    /// Whether the magic number of the first frame was read.
    begun: bool,
}

impl<R: Read> FrameReader<R> {
    pub fn new(packed: R) -> FrameReader<R> {
        FrameReader {
            packed,
            block: Vec::new(),
            content: Vec::new(),
            length: 0,
            read: 0,
            begun: false,
        }
    }

    /// Unpacks the next block into `content`. Returns false if there are no more blocks.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            let mut size = [0; 4];
            let read = self.packed.by_ref().take(4).read(&mut size)?;
            if read == 0 && self.begun {
                return Ok(false);
            }
            self.packed.read_exact(&mut size[read..])?;
            // A file may have several frames, so the next word may be another magic number instead of a size.
            if size == MAGIC {
                self.begun = true;
                continue;
            }
            if !self.begun {
                return Err(invalid("it does not begin with a frame"));
            }
            self.unpack(u32::from_le_bytes(size) as usize)?;
            return Ok(true);
        }
    }

    fn unpack(&mut self, size: usize) -> io::Result<()> {
        if size > MAX_PACKED {
            return Err(invalid("a block is too large"));
        }
        self.block.clear();
        let mut block = self.packed.by_ref().take(size as u64);
        if block.read_to_end(&mut self.block)? < size {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.content.resize(BLOCK, 0);
        let unpacked = lz4_flex::block::decompress_into(&self.block, &mut self.content);
        self.length = unpacked.map_err(io::Error::other)?;
        self.read = 0;
        Ok(())
    }
}

impl<R: Read> Read for FrameReader<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        while self.read == self.length {
            if bytes.is_empty() || !self.next()? {
                return Ok(0);
            }
        }
        let read = (&self.content[self.read..self.length]).read(bytes)?;
        self.read += read;
        Ok(read)
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
