//! Where the variables of a BPF object are: compilers leave it to the symbols, not to BTF.

use std::collections::HashMap;

use object::{Object, ObjectKind, ObjectSection, ObjectSymbol, SectionFlags, SectionIndex, elf};

/// The most text of all names. A large object has some kilobytes; names may share their letters in the file.
const MAX_TEXT: usize = 1 << 20;

/// Offsets of variables from the start of their sections: by section, then by name.
#[derive(Default)]
pub(crate) struct Symbols(HashMap<String, HashMap<String, u64>>);

impl Symbols {
    /// Reads those of a relocatable file, whose symbols count from the start of their section.
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

/// Whether a section holds variables, not code or notes for linkers.
fn is_data<'data>(section: &impl ObjectSection<'data>) -> bool {
    match section.flags() {
        SectionFlags::Elf { sh_flags, .. } => {
            sh_flags & (elf::SHF_EXECINSTR | elf::SHF_ALLOC) == elf::SHF_ALLOC
        }
        _ => false,
    }
}
