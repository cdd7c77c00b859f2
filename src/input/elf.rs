//! Reads the sections `.BTF` and `.BTF.base` of an ELF file, and `.BTF.ext` of a BPF object. Searches DWARF for names.

use memchr::memmem;
use object::read::elf::{ElfFile, FileHeader};
use object::{FileKind, Object, ObjectSection, ReadRef, elf};

use super::{MAX, Origin, Section, Symbols, programs};

pub(super) const MAGIC: &[u8] = b"\x7fELF";

/// Reads the BTF sections of a file and, if the file is a BPF object, its symbols and programs. To save time, other
/// parts of the file are read only if they are needed to find these. An error is the rest of a sentence that begins
/// with the file's name. If there is no BTF, the error says how to get it.
pub(super) fn section<'data>(data: impl ReadRef<'data>) -> Result<Section, String> {
    match FileKind::parse(data) {
        Ok(FileKind::Elf32) => of_class::<elf::FileHeader32<object::Endianness>>(data, 4),
        Ok(FileKind::Elf64) => of_class::<elf::FileHeader64<object::Endianness>>(data, 8),
        Ok(_) => Err("is an ELF file of an unknown class".to_owned()),
        Err(e) => Err(broken(e)),
    }
}

fn of_class<'data, Elf: FileHeader<Endian = object::Endianness>>(
    data: impl ReadRef<'data>,
    pointer_size: u8,
) -> Result<Section, String> {
    let file = ElfFile::<Elf, _>::parse(data).map_err(broken)?;
    let Some(section) = file.section_by_name(".BTF") else {
        return Err(absent(&file));
    };
    let bytes = content(&section)?;
    let base = match file.section_by_name(".BTF.base") {
        Some(base) => Some(content(&base)?),
        None => None,
    };
    let bpf = file.elf_header().e_machine(file.endian()) == elf::EM_BPF;
    let ext = match file.section_by_name(".BTF.ext").filter(|_| bpf) {
        Some(ext) => Some(content(&ext)?),
        None => None,
    };
    if bytes.is_empty() {
        return Err("has a '.BTF' section without content".to_owned());
    }
    Ok(Section {
        bytes,
        base,
        ext,
        origin: Origin::Elf { pointer_size, bpf },
        packed: None,
        symbols: match bpf {
            true => Symbols::read(&file),
            false => Symbols::default(),
        },
        programs: match bpf {
            true => programs::read(&file),
            false => Vec::new(),
        },
    })
}

/// Returns whether `.debug_str`, which has the names of DWARF, contains the name. Returns false if the name is empty,
/// or if the file cannot be read or has no DWARF.
pub(super) fn has_in_dwarf<'data>(data: impl ReadRef<'data>, name: &str) -> bool {
    match FileKind::parse(data) {
        Ok(FileKind::Elf32) => has_name::<elf::FileHeader32<object::Endianness>>(data, name),
        Ok(FileKind::Elf64) => has_name::<elf::FileHeader64<object::Endianness>>(data, name),
        _ => false,
    }
}

fn has_name<'data, Elf: FileHeader<Endian = object::Endianness>>(
    data: impl ReadRef<'data>,
    name: &str,
) -> bool {
    let Ok(file) = ElfFile::<Elf, _>::parse(data) else {
        return false;
    };
    if name.is_empty() || file.section_by_name(".debug_info").is_none() {
        return false;
    }
    let names = file.section_by_name(".debug_str");
    let names = names.and_then(|names| content(&names).ok());
    // The name is searched with a NUL before and after it, so that only whole names match. The first name in
    // `.debug_str` has no NUL before it, so one is added.
    let names = names.map(|names| [&[0], &names[..]].concat());
    let name = [&[0], name.as_bytes(), &[0]].concat();
    names.is_some_and(|names| memmem::find(&names, &name).is_some())
}

/// Returns the content of a section, unpacked if the section is compressed. Returns an error if the content exceeds
/// [`MAX`].
fn content<'data>(section: &impl ObjectSection<'data>) -> Result<Vec<u8>, String> {
    let data = section.compressed_data().map_err(broken)?;
    if data.uncompressed_size > MAX {
        return Err(format!(
            "has a section that unpacks to more than {MAX} bytes"
        ));
    }
    Ok(data.decompress().map_err(broken)?.into_owned())
}

fn absent<'data>(file: &impl Object<'data>) -> String {
    let mut what = "has no '.BTF' section".to_owned();
    what.push_str(match file.section_by_name(".debug_info") {
        Some(_) => ", only DWARF: 'pahole -J FILE' makes one of it",
        None => ": compile with -g (clang -target bpf), or a kernel with CONFIG_DEBUG_INFO_BTF",
    });
    what
}

fn broken(e: object::Error) -> String {
    format!("is a broken ELF file: {e}")
}
