//! Decides which types of two BTFs correspond to each other, by the rules that libbpf has for the members of a struct.

use super::lack::Why;
use super::{Btf, TypeId};
use crate::btf::Type;

/// Returns a name without its flavor. A flavor is the last part of a name that begins with exactly three underscores
/// between other characters.
pub(super) fn essential(name: &str) -> &str {
    let bytes = name.as_bytes();
    let is_separator = |w: &[u8]| w[0] != b'_' && w[1..4] == *b"___" && w[4] != b'_';
    let at = bytes.windows(5).rposition(is_separator);
    at.and_then(|at| name.get(..=at)).unwrap_or(name)
}

/// Checks that the types of two members correspond. The caller must have resolved typedefs and qualifiers.
///
/// This function compares neither the elements of arrays nor the sizes of numbers.
pub(super) fn check(local: &Btf, of: TypeId, target: &Btf, to: TypeId) -> Result<(), Why> {
    let (one, other) = (local.ty(of), target.ty(to));
    let is_compatible = match (one, other) {
        (Type::Struct(_) | Type::Union(_), Type::Struct(_) | Type::Union(_))
        | (Type::Array { .. }, Type::Array { .. })
        | (Type::Pointer(_), Type::Pointer(_))
        | (Type::Float { .. }, Type::Float { .. }) => true,
        // Before Linux 5.0, compilers described a bitfield as an integer with an offset. libbpf rejects such integers.
        (Type::Int(one), Type::Int(other)) => one.offset == 0 && other.offset == 0,
        (Type::Enum(_), Type::Enum(_)) => {
            let (one, other) = (local.name_of(of), target.name_of(to));
            let (one, other) = (essential(one), essential(other));
            if !one.is_empty() && !other.is_empty() && one != other {
                return Err(Why::Name(format!("enum {other}")));
            }
            true
        }
        _ => false,
    };
    is_compatible.then_some(()).ok_or(Why::Kind {
        local: one.kind(),
        target: other.kind(),
    })
}

#[cfg(test)]
mod tests {
    use super::essential;

    #[test]
    fn a_flavor_does_not_count() {
        assert_eq!(essential("task_struct___old"), "task_struct");
        assert_eq!(essential("a___b___c"), "a___b");
        // These names have no flavor.
        assert_eq!(essential("task_struct"), "task_struct");
        assert_eq!(essential("___old"), "___old");
        assert_eq!(essential("task____old"), "task____old");
        assert_eq!(essential("task___"), "task___");
        assert_eq!(essential("s\u{e9}___x"), "s\u{e9}");
    }
}
