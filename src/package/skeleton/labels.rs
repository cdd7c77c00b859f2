//! Makes the names of maps' interfaces and of programs, and renames the world if its name is taken.

use crate::error::Error;
use crate::input::Program;
use crate::names::{Role, collide, is_reserved, peer_labels};
use crate::naming::Naming;
use crate::skeleton::{GLOBALS, OBJECT, PROGRAMS, ProgramCase};

/// Returns the names of the interfaces of maps. `names` are the C names of the maps, and `types` is the name of the
/// interface with the types.
pub(super) fn map_labels(names: &[&str], types: &str) -> Vec<String> {
    let is_free = |label: &str| {
        let fixed = [types, OBJECT, GLOBALS, PROGRAMS];
        let is_taken = fixed.iter().any(|other| collide(label, other));
        // Bindings generators name modules after interfaces, so words that are reserved in their languages are avoided.
        let is_reserved = [Role::Type, Role::Function]
            .iter()
            .any(|role| is_reserved(label, *role));
        !is_taken && !is_reserved && !matches!(label, "crate" | "super")
    };
    peer_labels(names, "map", &is_free)
}

/// Renames the world if an interface of the skeleton has the same name. Returns an error instead if `chosen` says that
/// the caller chose the name, or if the interface with the types has the name of another interface.
pub(in crate::package) fn rename_taken_world(
    naming: &mut Naming,
    names: &[&str],
    chosen: bool,
) -> Result<(), Error> {
    let labels = map_labels(names, &naming.interface);
    let fixed = [OBJECT, GLOBALS, PROGRAMS].map(str::to_owned);
    let taken = |name: &str| {
        labels
            .iter()
            .chain(&fixed)
            .any(|label| collide(label, name))
    };
    if taken(&naming.interface) {
        return Err(taken_name("an interface", &naming.interface));
    }
    if taken(&naming.world) && chosen {
        return Err(taken_name("a world", &naming.world));
    }
    while taken(&naming.world) {
        naming.world.push_str("-world");
    }
    Ok(())
}

fn taken_name(what: &'static str, name: &str) -> Error {
    Error::Name {
        what,
        name: name.to_owned(),
        rule: "the skeleton has an interface of that name".to_owned(),
    }
}

/// Returns the programs, each with its label in `enum program`.
pub(super) fn programs(programs: &[Program]) -> Vec<ProgramCase> {
    let names: Vec<&str> = programs
        .iter()
        .map(|program| program.name.as_str())
        .collect();
    let labels = peer_labels(&names, "program", &|label| !is_reserved(label, Role::Case));
    let cases = programs
        .iter()
        .zip(labels)
        .map(|(program, label)| ProgramCase {
            label,
            name: program.name.clone(),
            section: program.section.clone(),
        });
    cases.collect()
}
