//! The frames of lz4 that the kernel's build uses, which lz4 calls legacy: blocks of 8 MiB, each after its packed size.

use std::io::{self, ErrorKind, Read};

pub(super) const MAGIC: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// The content of a block. All but the last have so much.
const BLOCK: usize = 8 << 20;
/// What a block takes that cannot be packed.
const MAX_PACKED: usize = BLOCK + BLOCK / 255 + 16;

pub(super) struct Reader<R> {
    packed: R,
    /// The block at hand, packed.
    block: Vec<u8>,
    /// The same, unpacked, in so many bytes of this.
    content: Vec<u8>,
    length: usize,
    /// How much of it was read.
    read: usize,
    begun: bool,
}

impl<R: Read> Reader<R> {
    pub fn new(packed: R) -> Reader<R> {
        Reader {
            packed,
            block: Vec::new(),
            content: Vec::new(),
            length: 0,
            read: 0,
            begun: false,
        }
    }

    /// Unpacks the next block; returns whether there is one.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            let mut size = [0; 4];
            let read = self.packed.by_ref().take(4).read(&mut size)?;
            if read == 0 && self.begun {
                return Ok(false);
            }
            self.packed.read_exact(&mut size[read..])?;
            // Frames may follow each other.
            if size == MAGIC {
                self.begun = true;
                continue;
            }
            if !self.begun {
                return Err(wrong("it does not begin with a frame"));
            }
            self.unpack(u32::from_le_bytes(size) as usize)?;
            return Ok(true);
        }
    }

    fn unpack(&mut self, size: usize) -> io::Result<()> {
        if size > MAX_PACKED {
            return Err(wrong("a block is too large"));
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

impl<R: Read> Read for Reader<R> {
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

fn wrong(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
