//! Writes raw BTF for tests, whether it is sound or not.
//!
//! Each method that is named after a kind adds one type and returns its id. Ids count from 1, and 0 is `void`. Ids,
//! sizes and offsets are not checked: an id may be out of range, and [`Encoder::raw`] writes any words.
//!
//! ```ignore
//! let mut btf = Encoder::new(Endian::Little);
//! let int = btf.int("int", 4, SIGNED, 0, 32);
//! btf.struct_("point", 8, &[member("x", int, 0), member("y", int, 32)]);
//! let bytes = btf.finish();
//! ```

#![allow(
    dead_code,
    reason = "the tests of the library and the fuzz targets also compile this file, and use only a part of it"
)]

use std::collections::HashMap;

// The kinds of types.
pub const INT: u32 = 1;
pub const PTR: u32 = 2;
pub const ARRAY: u32 = 3;
pub const STRUCT: u32 = 4;
pub const UNION: u32 = 5;
pub const ENUM: u32 = 6;
pub const FWD: u32 = 7;
pub const TYPEDEF: u32 = 8;
pub const VOLATILE: u32 = 9;
pub const CONST: u32 = 10;
pub const RESTRICT: u32 = 11;
pub const FUNC: u32 = 12;
pub const FUNC_PROTO: u32 = 13;
pub const VAR: u32 = 14;
pub const DATASEC: u32 = 15;
pub const FLOAT: u32 = 16;
pub const DECL_TAG: u32 = 17;
pub const TYPE_TAG: u32 = 18;
pub const ENUM64: u32 = 19;

// The encodings of an INT. All but `UNSIGNED` are bits that may be combined.
pub const UNSIGNED: u32 = 0;
pub const SIGNED: u32 = 1;
pub const CHAR: u32 = 2;
pub const BOOL: u32 = 4;

// The linkages of a FUNC or VAR.
pub const STATIC: u32 = 0;
pub const GLOBAL: u32 = 1;
pub const EXTERN: u32 = 2;

/// The component index of a DECL_TAG that applies to the whole type.
pub const WHOLE: u32 = u32::MAX;

const MAGIC: u16 = 0xeb9f;
const VERSION: u8 = 1;
const HEADER_LEN: u32 = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    Little,
    Big,
}

/// A member of a struct or union. An unnamed one has the name `""`.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    pub name: &'a str,
    pub ty: u32,
    pub bit_offset: u32,
    pub bitfield_size: Option<u8>,
}

pub fn member(name: &str, ty: u32, bit_offset: u32) -> Member<'_> {
    Member {
        name,
        ty,
        bit_offset,
        bitfield_size: None,
    }
}

pub fn bitfield(name: &str, ty: u32, bit_offset: u32, bits: u8) -> Member<'_> {
    Member {
        bitfield_size: Some(bits),
        ..member(name, ty, bit_offset)
    }
}

/// Returns the second word of a type: its kind, the number of its entries (`vlen`) and the kind flag.
pub fn info(kind: u32, vlen: usize, kind_flag: bool) -> u32 {
    let vlen = u16::try_from(vlen).expect("vlen has 16 bits");
    u32::from(kind_flag) << 31 | kind << 24 | u32::from(vlen)
}

pub struct Encoder {
    endian: Endian,
    types: Vec<u8>,
    next_id: u32,
    strings: Vec<u8>,
    interned: HashMap<Vec<u8>, u32>,
    /// The offset of the first string that does not belong to the base.
    strings_start: u32,
}

impl Encoder {
    pub fn new(endian: Endian) -> Self {
        Self {
            endian,
            types: Vec::new(),
            next_id: 1,
            strings: vec![0],
            interned: HashMap::from([(Vec::new(), 0)]),
            strings_start: 0,
        }
    }

    /// Returns an encoder of split BTF. Its ids and the offsets of its strings continue those of `base`.
    pub fn split(base: &Self) -> Self {
        Self {
            endian: base.endian,
            types: Vec::new(),
            next_id: base.next_id,
            strings: Vec::new(),
            interned: base.interned.clone(),
            strings_start: base.strings_end(),
        }
    }

    /// Returns the id that the next type will have, so that earlier types can refer to it.
    pub fn next_id(&self) -> u32 {
        self.next_id
    }

    /// Returns the offset of a string. A string that was written already is not written again.
    pub fn string(&mut self, text: impl AsRef<[u8]>) -> u32 {
        let text = text.as_ref();
        if let Some(&offset) = self.interned.get(text) {
            return offset;
        }
        let offset = self.strings_end();
        self.strings.extend_from_slice(text);
        self.strings.push(0);
        self.interned.insert(text.to_vec(), offset);
        offset
    }

    /// Adds a type from raw words: the three words that every type has, and the words after them.
    pub fn raw(&mut self, name_off: u32, info: u32, size_or_type: u32, rest: &[u32]) -> u32 {
        for &word in [name_off, info, size_or_type].iter().chain(rest) {
            let bytes = self.word(word);
            self.types.extend_from_slice(&bytes);
        }
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    pub fn int(&mut self, name: &str, size: u32, encoding: u32, offset: u32, bits: u32) -> u32 {
        let name = self.string(name);
        let layout = encoding << 24 | offset << 16 | bits;
        self.raw(name, info(INT, 0, false), size, &[layout])
    }

    pub fn ptr(&mut self, ty: u32) -> u32 {
        self.raw(0, info(PTR, 0, false), ty, &[])
    }

    pub fn array(&mut self, element: u32, index: u32, len: u32) -> u32 {
        self.raw(0, info(ARRAY, 0, false), 0, &[element, index, len])
    }

    pub fn struct_(&mut self, name: &str, size: u32, members: &[Member<'_>]) -> u32 {
        self.composite(STRUCT, name, size, members)
    }

    pub fn union_(&mut self, name: &str, size: u32, members: &[Member<'_>]) -> u32 {
        self.composite(UNION, name, size, members)
    }

    /// Adds an ENUM, which stores the low 32 bits of each value.
    pub fn enum_(&mut self, name: &str, size: u32, signed: bool, values: &[(&str, i64)]) -> u32 {
        let name = self.string(name);
        let mut rest = Vec::new();
        for &(enumerator, value) in values {
            rest.extend([self.string(enumerator), low(value)]);
        }
        self.raw(name, info(ENUM, values.len(), signed), size, &rest)
    }

    /// Adds an ENUM64, which stores all bits of each value. Without `signed`, -1 is the largest value.
    pub fn enum64(&mut self, name: &str, size: u32, signed: bool, values: &[(&str, i64)]) -> u32 {
        let name = self.string(name);
        let mut rest = Vec::new();
        for &(enumerator, value) in values {
            rest.extend([self.string(enumerator), low(value), low(value >> 32)]);
        }
        self.raw(name, info(ENUM64, values.len(), signed), size, &rest)
    }

    /// Adds a forward declaration. `kind` is [`STRUCT`] or [`UNION`].
    pub fn fwd(&mut self, name: &str, kind: u32) -> u32 {
        let name = self.string(name);
        self.raw(name, info(FWD, 0, kind == UNION), 0, &[])
    }

    pub fn typedef(&mut self, name: &str, ty: u32) -> u32 {
        let name = self.string(name);
        self.raw(name, info(TYPEDEF, 0, false), ty, &[])
    }

    pub fn volatile(&mut self, ty: u32) -> u32 {
        self.raw(0, info(VOLATILE, 0, false), ty, &[])
    }

    pub fn const_(&mut self, ty: u32) -> u32 {
        self.raw(0, info(CONST, 0, false), ty, &[])
    }

    pub fn restrict(&mut self, ty: u32) -> u32 {
        self.raw(0, info(RESTRICT, 0, false), ty, &[])
    }

    /// Adds a function. A FUNC has its linkage where other kinds have their `vlen`.
    pub fn func(&mut self, name: &str, proto: u32, linkage: u32) -> u32 {
        let name = self.string(name);
        self.raw(name, info(FUNC, linkage as usize, false), proto, &[])
    }

    /// Adds a prototype. If the last parameter is `("", 0)`, the function is variadic.
    pub fn func_proto(&mut self, returns: u32, parameters: &[(&str, u32)]) -> u32 {
        let mut rest = Vec::new();
        for &(name, ty) in parameters {
            rest.extend([self.string(name), ty]);
        }
        self.raw(0, info(FUNC_PROTO, parameters.len(), false), returns, &rest)
    }

    pub fn var(&mut self, name: &str, ty: u32, linkage: u32) -> u32 {
        let name = self.string(name);
        self.raw(name, info(VAR, 0, false), ty, &[linkage])
    }

    /// Adds a section of variables. `variables` has the type id, the offset and the size of each variable.
    pub fn datasec(&mut self, name: &str, size: u32, variables: &[(u32, u32, u32)]) -> u32 {
        let name = self.string(name);
        let rest: Vec<u32> = variables
            .iter()
            .flat_map(|&(ty, offset, size)| [ty, offset, size])
            .collect();
        self.raw(name, info(DATASEC, variables.len(), false), size, &rest)
    }

    pub fn float(&mut self, name: &str, size: u32) -> u32 {
        let name = self.string(name);
        self.raw(name, info(FLOAT, 0, false), size, &[])
    }

    /// Adds a declaration tag. `component` is the index of a member or parameter, or [`WHOLE`].
    pub fn decl_tag(&mut self, value: &str, ty: u32, component: u32) -> u32 {
        let value = self.string(value);
        self.raw(value, info(DECL_TAG, 0, false), ty, &[component])
    }

    pub fn type_tag(&mut self, value: &str, ty: u32) -> u32 {
        let value = self.string(value);
        self.raw(value, info(TYPE_TAG, 0, false), ty, &[])
    }

    /// Returns the bytes of the BTF: the header, the types and the strings.
    pub fn finish(&self) -> Vec<u8> {
        let types_len = u32::try_from(self.types.len()).expect("types of less than 4 GiB");
        let strings_len = self.strings_end() - self.strings_start;

        let mut bytes = self.half(MAGIC).to_vec();
        bytes.extend([VERSION, 0]); // no flags
        for word in [HEADER_LEN, 0, types_len, types_len, strings_len] {
            bytes.extend(self.word(word));
        }
        bytes.extend_from_slice(&self.types);
        bytes.extend_from_slice(&self.strings);
        bytes
    }

    fn composite(&mut self, kind: u32, name: &str, size: u32, members: &[Member<'_>]) -> u32 {
        // If the kind flag is set, the top byte of each member's offset is the width of a bitfield.
        let kind_flag = members.iter().any(|member| member.bitfield_size.is_some());
        let name = self.string(name);
        let mut rest = Vec::new();
        for member in members {
            let bits = u32::from(member.bitfield_size.unwrap_or(0));
            rest.extend([
                self.string(member.name),
                member.ty,
                bits << 24 | member.bit_offset,
            ]);
        }
        self.raw(name, info(kind, members.len(), kind_flag), size, &rest)
    }

    fn strings_end(&self) -> u32 {
        let own = u32::try_from(self.strings.len()).expect("strings of less than 4 GiB");
        self.strings_start + own
    }

    fn word(&self, value: u32) -> [u8; 4] {
        match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        }
    }

    fn half(&self, value: u16) -> [u8; 2] {
        match self.endian {
            Endian::Little => value.to_le_bytes(),
            Endian::Big => value.to_be_bytes(),
        }
    }
}

fn low(value: i64) -> u32 {
    value as u32
}
