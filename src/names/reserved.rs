//! Labels that are valid WIT and still must not be written as they are.

/// What a label names; its word tells a name from the one that it must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Type,
    Field,
    /// A case of an enum.
    Case,
    /// A case of a variant, which is an arm of a union.
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

/// The roles in which a label must be told apart by its role.
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

/// Returns whether `label` must be told apart by its role.
pub(crate) fn is_reserved(label: &str, role: Role) -> bool {
    roles(label).has(role)
}

/// Returns the roles in which `label` must be told apart by its role: names after which generated code does not
/// compile, in one position or another (wit-bindgen 0.63, `checks/bindings`).
pub(super) fn roles(label: &str) -> Roles {
    const TYPE: Roles = Roles::of(&[Role::Type]);
    const C_NAME: Roles = Roles::of(&[Role::Field, Role::Case, Role::Arm, Role::Parameter]);
    const PARAMETER: Roles = Roles::of(&[Role::Parameter]);
    const TYPEDEF: Roles = Roles::of(&[Role::Field, Role::Parameter]);
    const FUNCTION: Roles = Roles::of(&[Role::Function]);
    const ARM: Roles = Roles::of(&[Role::Arm]);
    match label {
        // Rust: `self` has no raw form; `gen` is reserved in the edition of `wit_bindgen::generate!`;
        // `ret-area` is a struct and a local of its own. C: keywords that wit-bindgen-c looks for with
        // underscores and so never escapes, and macros that compilers predefine.
        "gen" | "linux" | "restrict" | "ret-area" | "self" | "static-assert" | "thread-local"
        | "typeof" | "unix" => Roles::ALL,
        // What Rust bindings use unqualified, or call a trait of their own (`Guest` of wit-bindgen, `Host`
        // of wasmtime's `bindgen!`). C bindings put a prefix before types.
        "copy" | "err" | "from" | "guest" | "host" | "internal-bit-flags" | "none" | "ok"
        | "option" | "some" => TYPE,
        // What jco's TypeScript calls a list: `Array<T>`, `Uint8Array`.
        "array" | "big-int64-array" | "big-uint64-array" | "float32-array" | "float64-array"
        | "int16-array" | "int32-array" | "int8-array" | "uint16-array" | "uint32-array"
        | "uint8-array" => TYPE,
        // Words of JavaScript, for which jco 1.35 writes declarations that TypeScript refuses.
        "await" | "break" | "case" | "catch" | "class" | "const" | "continue" | "debugger"
        | "default" | "delete" | "do" | "else" | "enum" | "eval" | "export" | "extends"
        | "false" | "finally" | "for" | "function" | "if" | "implements" | "import" | "in"
        | "instanceof" | "interface" | "let" | "new" | "null" | "package" | "private"
        | "protected" | "public" | "return" | "static" | "super" | "switch" | "this" | "throw"
        | "true" | "try" | "var" | "void" | "while" | "with" | "yield" => FUNCTION,
        // In C# each is a method of its variant, which has a field `Tag` and a class `Tags`.
        "tag" | "tags" => ARM,
        // C bindings write members and parameters without a prefix: macros of the C library that may be
        // included before, and keywords of C++.
        "and-eq" | "char16-t" | "char32-t" | "char8-t" | "co-await" | "co-return" | "co-yield"
        | "complex" | "const-cast" | "dynamic-cast" | "errno" | "noreturn" | "not-eq" | "or-eq"
        | "reinterpret-cast" | "static-cast" | "wchar-t" | "xor-eq" => C_NAME,
        // C's own typedefs, which a parameter of that name hides from those after it, and in C++ a field too.
        "int16-t" | "int32-t" | "int64-t" | "int8-t" | "size-t" | "uint16-t" | "uint32-t"
        | "uint64-t" | "uint8-t" => TYPEDEF,
        // A local of generated Rust.
        "cleanup-list" => PARAMETER,
        // Generated Rust numbers its locals, `len0`, `ptr1`, and those that it takes a record apart into:
        // a parameter of such a name would be overwritten without an error.
        _ if label.ends_with(|c: char| c.is_ascii_digit()) => PARAMETER,
        _ => Roles::NONE,
    }
}

/// Returns whether `label` is a word of WIT, which stands after a `%` wherever it is a name.
///
/// The keywords of the component model's `WIT.md`; `map` since wit-parser of December 2025.
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
