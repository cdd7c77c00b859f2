//! Lists the labels that are valid in WIT but break generated code, and the keywords of WIT.

/// The kind of thing that a label names. A reserved label gets the word of its role as a suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Type,
    Field,
    /// A case of an enum.
    Case,
    /// A case of a variant, made from a member of a union.
    Arm,
    Flag,
    Function,
    Parameter,
}

impl Role {
    pub fn word(self) -> &'static str {
        match self {
            Role::Type => "type",
            Role::Field => "field",
            Role::Case | Role::Arm => "case",
            Role::Flag => "flag",
            Role::Function => "func",
            Role::Parameter => "param",
        }
    }
}

/// A set of roles.
#[derive(Clone, Copy)]
pub(super) struct Roles(u8);

impl Roles {
    const NONE: Roles = Roles(0);
    const ALL: Roles = Roles(u8::MAX);

    const fn of(roles: &[Role]) -> Roles {
        let mut bits = 0;
        let mut at = 0;
        while at < roles.len() {
            bits |= 1 << roles[at] as u8;
            at += 1;
        }
        Roles(bits)
    }

    pub fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }
}

/// Returns whether `label` is reserved in this role.
pub(crate) fn is_reserved(label: &str, role: Role) -> bool {
    roles(label).has(role)
}

/// Returns the roles in which `label` is reserved. In these roles, code that wit-bindgen 0.63, jco 1.35 or wasmtime's
/// `bindgen!` generates does not compile or is wrong. `checks/bindings` checks this list for wit-bindgen and jco.
pub(super) fn roles(label: &str) -> Roles {
    const TYPE: Roles = Roles::of(&[Role::Type]);
    const C_NAME: Roles = Roles::of(&[Role::Field, Role::Case, Role::Arm, Role::Parameter]);
    const PARAMETER: Roles = Roles::of(&[Role::Parameter]);
    const TYPEDEF: Roles = Roles::of(&[Role::Field, Role::Parameter]);
    const FUNCTION: Roles = Roles::of(&[Role::Function]);
    const ARM: Roles = Roles::of(&[Role::Arm]);
    match label {
        // Rust: `self` has no raw form, `gen` is reserved in the edition of `wit_bindgen::generate!`, and `ret-area`
        // is a struct and a local variable of generated code. C: the others are macros that compilers predefine, and
        // keywords that wit-bindgen-c does not escape. It does not know `restrict` and `typeof`, and it looks for
        // `static_assert` and `thread_local` with underscores, but labels have hyphens.
        "gen" | "linux" | "restrict" | "ret-area" | "self" | "static-assert" | "thread-local"
        | "typeof" | "unix" => Roles::ALL,
        // Names that Rust bindings use without a path, and traits that these bindings define (`Guest` of wit-bindgen,
        // `Host` of wasmtime's `bindgen!`). Only types collide with them.
        "copy" | "err" | "from" | "guest" | "host" | "internal-bit-flags" | "none" | "ok"
        | "option" | "some" => TYPE,
        // jco's TypeScript uses these names for lists, such as `Array<T>` and `Uint8Array`.
        "array" | "big-int64-array" | "big-uint64-array" | "float32-array" | "float64-array"
        | "int16-array" | "int32-array" | "int8-array" | "uint16-array" | "uint32-array"
        | "uint8-array" => TYPE,
        // Reserved words of JavaScript, and `eval`. For functions with these names, jco 1.35 writes declarations that
        // TypeScript refuses.
        "await" | "break" | "case" | "catch" | "class" | "const" | "continue" | "debugger"
        | "default" | "delete" | "do" | "else" | "enum" | "eval" | "export" | "extends"
        | "false" | "finally" | "for" | "function" | "if" | "implements" | "import" | "in"
        | "instanceof" | "interface" | "let" | "new" | "null" | "package" | "private"
        | "protected" | "public" | "return" | "static" | "super" | "switch" | "this" | "throw"
        | "true" | "try" | "var" | "void" | "while" | "with" | "yield" => FUNCTION,
        // In C#, a case becomes a method of its variant. The class of the variant already has a field `Tag` and a class
        // `Tags`.
        "tag" | "tags" => ARM,
        // C bindings write members and parameters without a prefix. So these names collide with macros of the C library
        // or with keywords of C++.
        "and-eq" | "char16-t" | "char32-t" | "char8-t" | "co-await" | "co-return" | "co-yield"
        | "complex" | "const-cast" | "dynamic-cast" | "errno" | "noreturn" | "not-eq" | "or-eq"
        | "reinterpret-cast" | "static-cast" | "wchar-t" | "xor-eq" => C_NAME,
        // Typedefs of the C library. A parameter with such a name hides the typedef from later parameters. In C++, a
        // field does the same.
        "int16-t" | "int32-t" | "int64-t" | "int8-t" | "size-t" | "uint16-t" | "uint32-t"
        | "uint64-t" | "uint8-t" => TYPEDEF,
        // The name of a local variable in generated Rust.
        "cleanup-list" => PARAMETER,
        // Generated Rust has local variables with numbers, such as `len0` and `ptr1`. Such a variable would hide a
        // parameter of the same name, and the compiler would not report this error.
        _ if label.ends_with(|c: char| c.is_ascii_digit()) => PARAMETER,
        _ => Roles::NONE,
    }
}

/// Returns whether `label` is a keyword of WIT. If so, WIT text needs a `%` before the label.
///
/// The keywords are those of the component model's `WIT.md`, and also `map`, which wit-parser reserves since December
/// 2025.
pub(crate) fn is_keyword(label: &str) -> bool {
    matches!(
        label,
        "as" | "async"
            | "bool"
            | "borrow"
            | "char"
            | "constructor"
            | "enum"
            | "error-context"
            | "export"
            | "f32"
            | "f64"
            | "flags"
            | "from"
            | "func"
            | "future"
            | "import"
            | "include"
            | "interface"
            | "list"
            | "map"
            | "option"
            | "own"
            | "package"
            | "record"
            | "resource"
            | "result"
            | "s16"
            | "s32"
            | "s64"
            | "s8"
            | "static"
            | "stream"
            | "string"
            | "tuple"
            | "type"
            | "u16"
            | "u32"
            | "u64"
            | "u8"
            | "use"
            | "variant"
            | "with"
            | "world"
    )
}
