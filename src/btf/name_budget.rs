//! How much text names take where they stand. A name lies once in the string section and may be that of a hundred
//! thousand members: to spell each of them would take time and memory that the input's size does not tell of.

use super::{
    load::Tables,
    malformed::Malformed,
    strings::Strings,
    types::{Name, Type},
};

/// Where no name is longer, in bytes, nothing is counted: then members take as many bytes as their names, nearly.
/// The longest of the kernels that the tests convert has 104.
const USUAL: usize = 128;

/// What names may take where they stand: so many bytes, and so many more for each of the input. Those of kernels take
/// fewer bytes than the kernels' BTF.
const MAX: u64 = 64 << 20;
const MAX_TO_ONE: u64 = 16;

/// Are names, each with that of the type that it stands in, no more text than that?
pub(super) fn check(tables: &Tables, strings: &Strings, bytes: usize) -> Result<(), Malformed> {
    if strings.longest() <= USUAL {
        return Ok(());
    }
    let most = MAX + MAX_TO_ONE * bytes as u64;
    let mut total = 0;
    for ty in &tables.types {
        total += of_type(ty, tables, strings);
        if total > most {
            let what = format!(
                "names take more than {most} bytes where they stand, since long ones are used often"
            );
            return Err(Malformed::new(what));
        }
    }
    Ok(())
}

fn of_type(ty: &Type, tables: &Tables, strings: &Strings) -> u64 {
    let own = strings.length(ty.name());
    let with = |name: Name| own + strings.length(name);
    let inside: u64 = match *ty {
        Type::Struct(composite) | Type::Union(composite) => {
            let members = &tables.members[composite.members.range()];
            members.iter().map(|member| with(member.name)).sum()
        }
        Type::Enum(e) => {
            let enumerators = &tables.enumerators[e.enumerators.range()];
            enumerators.iter().map(|e| with(e.name)).sum()
        }
        Type::Prototype { parameters, .. } => {
            let parameters = &tables.parameters[parameters.range()];
            parameters
                .iter()
                .map(|parameter| with(parameter.name))
                .sum()
        }
        Type::Section { entries, .. } => {
            let variable = |id: usize| tables.types.get(id).map_or(Name::NONE, Type::name);
            let entries = &tables.entries[entries.range()];
            entries
                .iter()
                .map(|entry| with(variable(entry.ty.index())))
                .sum()
        }
        _ => 0,
    };
    own + inside
}
