//! The `.BTF` section of an ELF file, and the `.BTF.base` section that a module may bring along.

use object::read::elf::{ElfFile, FileHeader};
use object::{FileKind, Object, ObjectSection, ReadRef, elf};

use super::{MOST, Origin, Section};

pub(super) const MAGIC: &[u8] = b"\x7fELF";

/// Reads the section, and no more of the file than leads to it; or says why there is none.
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
    if bytes.is_empty() {
        return Err("has a '.BTF' section without content".to_owned());
    }
    Ok(Section {
        bytes,
        base,
        origin: Origin::Elf {
            pointer_size,
            bpf: file.elf_header().e_machine(file.endian()) == elf::EM_BPF,
        },
        packed: None,
    })
}

/// The content of a section, which may be compressed.
fn content<'data>(section: &impl ObjectSection<'data>) -> Result<Vec<u8>, String> {
    let data = section.compressed_data().map_err(broken)?;
    if data.uncompressed_size > MOST {
        return Err(format!(
            "has a section that unpacks to more than {MOST} bytes"
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
