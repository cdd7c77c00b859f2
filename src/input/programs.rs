//! Lists the programs of a BPF object: the functions that a loader gives to the kernel.

use std::collections::HashMap;

use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SectionIndex, SymbolKind, elf};

/// The maximum total length of the names of all programs and their sections, in bytes. Programs beyond this limit are
/// left out. In a malicious file, many names may share the same bytes, so their total could be far larger than the
/// file. The names of a large object have some kilobytes.
const MAX_TEXT: usize = 1 << 20;
/// The section of the functions that programs call. These functions are no programs themselves.
const SUBPROGRAMS: &str = ".text";

/// A program. The name of its section says what kind of program it is and often what it is attached to, for example
/// `tp/sched/sched_switch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub name: String,
    pub section: String,
}

/// Returns the programs, ordered by section and address. Like libbpf, this function regards global functions as
/// programs if they are in sections with code other than `.text`.
pub(super) fn read<'data>(file: &impl Object<'data>) -> Vec<Program> {
    let code = file.sections().filter(is_code);
    let sections: HashMap<SectionIndex, String> = code
        .filter_map(|section| Some((section.index(), section.name().ok()?.to_owned())))
        .filter(|(_, name)| name != SUBPROGRAMS)
        .collect();
    let mut found = Vec::new();
    let mut room = MAX_TEXT;
    for symbol in file.symbols() {
        let section = symbol.section_index();
        let section = section.and_then(|at| Some((at, sections.get(&at)?)));
        let (Some((at, section)), Ok(name)) = (section, symbol.name()) else {
            continue;
        };
        let is_program = symbol.kind() == SymbolKind::Text && symbol.is_global();
        if !is_program || name.is_empty() {
            continue;
        }
        match room.checked_sub(section.len() + name.len()) {
            Some(left) => room = left,
            None => break,
        }
        found.push((
            at.0,
            symbol.address(),
            Program {
                name: name.to_owned(),
                section: section.clone(),
            },
        ));
    }
    found.sort_by_key(|(section, address, _)| (*section, *address));
    found.into_iter().map(|(.., program)| program).collect()
}

/// Returns whether a section contains instructions.
fn is_code<'data>(section: &impl ObjectSection<'data>) -> bool {
    match section.flags() {
        SectionFlags::Elf { sh_flags, .. } => sh_flags & elf::SHF_EXECINSTR == elf::SHF_EXECINSTR,
        _ => false,
    }
}
