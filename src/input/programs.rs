//! The programs of a BPF object: the functions that a loader gives to the kernel.

use std::collections::HashMap;

use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SectionIndex, SymbolKind, elf};

/// The most bytes of all names, which share bytes in a malicious file. A large object has some kilobytes.
const MAX_TEXT: usize = 1 << 20;
/// The section of functions that programs call.
const SUBPROGRAMS: &str = ".text";

/// A program. Its section says what it is attached to, as in `tp/sched/sched_switch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub name: String,
    pub section: String,
}

/// Returns the programs in the order of their sections and addresses, as libbpf finds them: the global functions of
/// sections with code other than `.text`.
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

/// Returns whether a section holds instructions.
fn is_code<'data>(section: &impl ObjectSection<'data>) -> bool {
    match section.flags() {
        SectionFlags::Elf { sh_flags, .. } => sh_flags & elf::SHF_EXECINSTR == elf::SHF_EXECINSTR,
        _ => false,
    }
}
