//! Writes minimal ELF files with given sections.

use super::encode::Endian;

/// The machine number of BPF objects.
pub const BPF: u16 = 247;

/// The flag that marks a compressed section.
pub const COMPRESSED: u64 = 0x800;

/// Returns a relocatable ELF file with these sections, each with a name and a content. `bits` is 64 or 32.
pub fn file(bits: u8, endian: Endian, machine: u16, sections: &[(&str, &[u8])]) -> Vec<u8> {
    let plain: Vec<_> = sections
        .iter()
        .map(|(name, content)| (*name, *content, 0))
        .collect();
    flagged(bits, endian, machine, &plain)
}

/// Returns a file as [`file`] does, but each section has flags as well.
pub fn flagged(bits: u8, endian: Endian, machine: u16, sections: &[(&str, &[u8], u64)]) -> Vec<u8> {
    let mut writer = Writer {
        wide: bits == 64,
        endian,
        bytes: Vec::new(),
    };
    let mut names = vec![0];
    let mut headers = vec![Header::default()];
    let header_size = if bits == 64 { 64 } else { 52 };
    let mut contents = Vec::new();
    for (name, content, flags) in sections.iter().chain([&(".shstrtab", &[][..], 0)]) {
        let name_at = names.len() as u64;
        names.extend(name.bytes().chain([0]));
        let content = if *name == ".shstrtab" {
            &names
        } else {
            *content
        };
        headers.push(Header {
            name: name_at,
            kind: if *name == ".shstrtab" { 3 } else { 1 },
            flags: *flags,
            at: (header_size + contents.len()) as u64,
            size: content.len() as u64,
        });
        contents.extend_from_slice(content);
    }
    writer.file_header(
        machine,
        (header_size + contents.len()) as u64,
        headers.len() as u16,
    );
    writer.bytes.extend(contents);
    headers
        .iter()
        .for_each(|header| writer.section_header(header));
    writer.bytes
}

#[derive(Default)]
struct Header {
    name: u64,
    kind: u64,
    flags: u64,
    at: u64,
    size: u64,
}

struct Writer {
    wide: bool,
    endian: Endian,
    bytes: Vec<u8>,
}

impl Writer {
    fn number(&mut self, number: u64, size: usize) {
        match self.endian {
            Endian::Little => self.bytes.extend_from_slice(&number.to_le_bytes()[..size]),
            Endian::Big => self
                .bytes
                .extend_from_slice(&number.to_be_bytes()[8 - size..]),
        }
    }

    /// Appends a number that has the size of an address.
    fn word(&mut self, number: u64) {
        self.number(number, if self.wide { 8 } else { 4 });
    }

    fn file_header(&mut self, machine: u16, sections_at: u64, sections: u16) {
        let class = if self.wide { 2 } else { 1 };
        let data = if self.endian == Endian::Little { 1 } else { 2 };
        self.bytes.extend_from_slice(b"\x7fELF");
        self.bytes
            .extend_from_slice(&[class, data, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        self.number(1, 2);
        self.number(u64::from(machine), 2);
        self.number(1, 4);
        self.word(0);
        self.word(0);
        self.word(sections_at);
        self.number(0, 4);
        let (header, section) = if self.wide { (64, 64) } else { (52, 40) };
        for number in [
            header,
            0,
            0,
            section,
            u64::from(sections),
            u64::from(sections) - 1,
        ] {
            self.number(number, 2);
        }
    }

    fn section_header(&mut self, header: &Header) {
        self.number(header.name, 4);
        self.number(header.kind, 4);
        self.word(header.flags);
        self.word(0);
        self.word(header.at);
        self.word(header.size);
        self.number(0, 4);
        self.number(0, 4);
        self.word(1);
        self.word(0);
    }
}
