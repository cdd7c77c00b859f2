//! Finds the layout of C's number types by name. Number types, such as `int`, `unsigned long`, `__u32` and `bool`, have
//! no items.

use crate::btf::{Btf, Int, Type};
use crate::lower;
use crate::names::fixed_width;
use crate::plan::BaseType;

/// Returns the number type with this name. If the BTF does not define the name, not even with its words in another
/// order, the type has the layout that compilers for Linux give it. Returns `None` if `name` is not the name of a
/// number type.
pub(super) fn find(btf: &Btf, name: &str) -> Option<BaseType> {
    let name = name.strip_prefix("typedef ").unwrap_or(name).trim();
    let named = btf.ids().filter(|id| btf.name_of(*id) == name);
    if let Some(base) = named
        .filter_map(|id| base(btf, btf.ty(btf.resolved(id))))
        .next()
    {
        return Some(base);
    }
    if let Some((signed, bits)) = fixed_width(name) {
        let bytes = (bits / 8) as u8;
        return Some(BaseType::Int { bytes, signed });
    }
    let number = NumberType::of(name)?;
    let same = btf
        .ids()
        .filter(|id| NumberType::of(btf.name_of(*id)) == Some(number));
    let same = same.filter_map(|id| base(btf, btf.ty(id))).next();
    same.or_else(|| number.base(btf.pointer_size))
}

fn base(btf: &Btf, ty: &Type) -> Option<BaseType> {
    match ty {
        Type::Int(int) => integer(btf, int),
        Type::Float {
            size: size @ (4 | 8),
            ..
        } => Some(BaseType::Float { bytes: *size as u8 }),
        _ => None,
    }
}

fn integer(btf: &Btf, int: &Int) -> Option<BaseType> {
    Some(match lower::integer(btf, int)? {
        lower::ElementType::Bool { bytes } => BaseType::Bool { bytes },
        lower::ElementType::Int { bytes, signed } => BaseType::Int { bytes, signed },
        lower::ElementType::Wide { signed } => BaseType::Wide { signed },
        _ => return None,
    })
}

/// The number type that a name means. The words of the name may have any order, as in `unsigned long` and `long
/// unsigned int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NumberType {
    unsigned: bool,
    /// Whether the name is `signed char`. This differs from `char`, which is unsigned on some machines.
    signed_char: bool,
    kind: PrimitiveKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PrimitiveKind {
    Bool,
    Char,
    Short,
    Int,
    Long,
    LongLong,
    Wide,
    Float,
    Double,
}

impl PrimitiveKind {
    fn of(word: &str) -> Option<PrimitiveKind> {
        Some(match word {
            "bool" | "_Bool" => PrimitiveKind::Bool,
            "char" => PrimitiveKind::Char,
            "short" => PrimitiveKind::Short,
            "__int128" => PrimitiveKind::Wide,
            "float" => PrimitiveKind::Float,
            "double" => PrimitiveKind::Double,
            _ => return None,
        })
    }
}

impl NumberType {
    fn of(name: &str) -> Option<NumberType> {
        let (mut unsigned, mut signed, mut int, mut longs) = (false, false, false, 0);
        let mut kind = None;
        for word in name.split_whitespace() {
            match word {
                "unsigned" => unsigned = true,
                "signed" => signed = true,
                "int" => int = true,
                "long" => longs += 1,
                word => {
                    let previous = kind.replace(PrimitiveKind::of(word)?);
                    if previous.is_some() {
                        return None;
                    }
                }
            }
        }
        let kind = match (kind, longs) {
            (Some(kind), 0) => kind,
            (None, 1) => PrimitiveKind::Long,
            (None, 2) => PrimitiveKind::LongLong,
            (None, 0) if int || signed || unsigned => PrimitiveKind::Int,
            _ => return None,
        };
        Some(NumberType {
            unsigned,
            signed_char: signed && kind == PrimitiveKind::Char,
            kind,
        })
    }

    /// Returns the layout of a type that the BTF does not define. On Linux, `long` is always as wide as a pointer. A
    /// `char` without a sign counts as unsigned, as in the kernel.
    fn base(self, pointer_size: u8) -> Option<BaseType> {
        let bytes = match self.kind {
            PrimitiveKind::Bool => return Some(BaseType::Bool { bytes: 1 }),
            PrimitiveKind::Float => return Some(BaseType::Float { bytes: 4 }),
            PrimitiveKind::Double => return Some(BaseType::Float { bytes: 8 }),
            PrimitiveKind::Wide => {
                return Some(BaseType::Wide {
                    signed: !self.unsigned,
                });
            }
            PrimitiveKind::Char => 1,
            PrimitiveKind::Short => 2,
            PrimitiveKind::Int => 4,
            PrimitiveKind::Long => pointer_size,
            PrimitiveKind::LongLong => 8,
        };
        let signed = !self.unsigned && (self.kind != PrimitiveKind::Char || self.signed_char);
        Some(BaseType::Int { bytes, signed })
    }
}
