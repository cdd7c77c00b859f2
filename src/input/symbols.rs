//! Reads the offsets of a BPF object's variables from its symbol table. For variables that are not static, compilers
//! write the offsets only there, and write 0 in BTF.

use std::collections::HashMap;

use object::{Object, ObjectKind, ObjectSection, ObjectSymbol, SectionFlags, SectionIndex, elf};

/// The maximum total length of the names of all variables and their sections, in bytes. Variables beyond this limit get
/// no offset. In a malicious file, many names may share the same bytes, so their total could be far larger than the
/// file. The names of a large object have some kilobytes.
const MAX_TEXT: usize = 1 << 20;

/// The offset of each variable from the start of its section, in bytes. The outer key is the name of the section, the
/// inner key is that of the variable.
#[derive(Default)]
pub(crate) struct Symbols(HashMap<String, HashMap<String, u64>>);

impl Symbols {
    /// Reads the symbols of a relocatable file. In other files, the value of a symbol is not the offset in its section,
    /// so no symbols are returned.
    pub fn read<'data>(file: &impl Object<'data>) -> Symbols {
        let mut symbols = Symbols::default();
        if file.kind() != ObjectKind::Relocatable {
            return symbols;
        }
        let data = file.sections().filter(is_data);
        let sections: HashMap<SectionIndex, String> = data
            .filter_map(|section| Some((section.index(), section.name().ok()?.to_owned())))
            .collect();
        let mut room = MAX_TEXT;
        for symbol in file.symbols() {
            let section = symbol.section_index().and_then(|at| sections.get(&at));
            let (Some(section), Ok(name)) = (section, symbol.name()) else {
                continue;
            };
            match room.checked_sub(section.len() + name.len() + 1) {
                Some(left) if !name.is_empty() => room = left,
                Some(_) => continue,
                None => break,
            }
            let names = symbols.0.entry(section.clone()).or_default();
            names.entry(name.to_owned()).or_insert(symbol.address());
        }
        symbols
    }

    pub fn offset(&self, section: &str, name: &str) -> Option<u64> {
        self.0.get(section)?.get(name).copied()
    }
}

/// Returns whether a section may contain variables: it is loaded into memory and contains no instructions.
fn is_data<'data>(section: &impl ObjectSection<'data>) -> bool {
    match section.flags() {
        SectionFlags::Elf { sh_flags, .. } => {
            sh_flags & (elf::SHF_EXECINSTR | elf::SHF_ALLOC) == elf::SHF_ALLOC
        }
        _ => false,
    }
}
