//! Limits the total length of names, where each use of a name counts. BTF stores a name once, but many members may use
//! it. Without a limit, a small input could need any amount of time and memory.

use super::{
    load::Tables,
    malformed::Malformed,
    strings::Strings,
    types::{Name, Type},
};

/// If no name is longer than this number of bytes, nothing is counted. Each use of a name takes at least 8 bytes of the
/// input, so with short names the memory for names grows only in proportion to the input. In the kernels of the tests,
/// the longest name has 104 bytes.
const MAX_UNCOUNTED: usize = 128;

/// The constant part of the limit for the total length of names, in bytes.
const BUDGET: u64 = 64 << 20;
/// The part of the limit for names that grows with the input, in bytes for each byte of the input. The names of a
/// kernel need less than one byte for each byte of its BTF.
const BUDGET_PER_BYTE: u64 = 16;

/// Checks the total length of all names at their uses. `bytes` is the size of the input, without that of its base. The
/// name of a member, enumerator, parameter or section entry counts together with the name of the type that lists it,
/// since labels may combine both.
pub(super) fn check(tables: &Tables, strings: &Strings, bytes: usize) -> Result<(), Malformed> {
    if strings.longest() <= MAX_UNCOUNTED {
        return Ok(());
    }
    let budget = BUDGET + BUDGET_PER_BYTE * bytes as u64;
    let mut total = 0;
    for ty in &tables.types {
        total += length_of_names(ty, tables, strings);
        if total > budget {
            let what = format!(
                "names take more than {budget} bytes where they stand, since long ones are used often"
            );
            return Err(Malformed::new(what));
        }
    }
    Ok(())
}

fn length_of_names(ty: &Type, tables: &Tables, strings: &Strings) -> u64 {
    let type_name_length = strings.length(ty.name());
    let with_type_name = |name: Name| type_name_length + strings.length(name);
    let inside: u64 = match *ty {
        Type::Struct(composite) | Type::Union(composite) => {
            let members = &tables.members[composite.members.range()];
            members
                .iter()
                .map(|member| with_type_name(member.name))
                .sum()
        }
        Type::Enum(e) => {
            let enumerators = &tables.enumerators[e.enumerators.range()];
            enumerators.iter().map(|e| with_type_name(e.name)).sum()
        }
        Type::Prototype { parameters, .. } => {
            let parameters = &tables.parameters[parameters.range()];
            parameters
                .iter()
                .map(|parameter| with_type_name(parameter.name))
                .sum()
        }
        Type::Section { entries, .. } => {
            let variable = |id: usize| tables.types.get(id).map_or(Name::NONE, Type::name);
            let entries = &tables.entries[entries.range()];
            entries
                .iter()
                .map(|entry| with_type_name(variable(entry.ty.index())))
                .sum()
        }
        _ => 0,
    };
    type_name_length + inside
}
