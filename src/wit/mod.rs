//! Writes items as WIT text.
//!
//! This module makes no decisions, since all decisions are in the [`Item`]. The only errors are those of I/O. The text
//! is written in chunks, since the page faults of one large buffer would take as much time as everything else.

mod docs;
mod functions;
mod signatures;
mod text;

use std::io::{self, Write};

use crate::btf::{Btf, Endian};
use crate::input::Origin;
use crate::lower::{Body, Dim, ElementType, Item, WitType};
use crate::names::{Entity, EntityId, ItemLabels, Names, POINTER};
use crate::naming::Naming;
use crate::options;
use docs::DocWriter;
pub(crate) use text::push_id;
use text::{push_bytes, push_number};

/// The buffered text is written to the sink when it has at least this number of bytes.
const CHUNK: usize = 192 * 1024;

/// The roots that the caller selected, for the line in the header that names them. The header has this line only if the
/// text also contains an item that is neither a root nor an anonymous type inside another item.
#[derive(Default)]
pub(crate) struct AskedFor {
    /// The roots that the line in the header names, in the order of the text, each with its WIT keyword.
    pub first: Vec<(&'static str, EntityId)>,
    /// The number of roots that the line in the header does not name.
    pub others: usize,
}

/// The text after the interface that has the types.
pub(crate) struct TextAfterTypes {
    /// The text of further interfaces.
    pub interfaces: String,
    /// The text of the world, or an empty string if there is none.
    pub world: String,
}

impl TextAfterTypes {
    /// Returns the text with these interfaces. If `world` is true, the text also has a world that imports the interface
    /// with the types.
    pub fn new(naming: &Naming, world: bool, interfaces: String) -> TextAfterTypes {
        let mut import = String::from("import ");
        push_id(&mut import, &naming.interface);
        import.push(';');
        let world = if world {
            self::world(naming, &import)
        } else {
            String::new()
        };
        TextAfterTypes { interfaces, world }
    }
}

/// Returns the text of a world. `lines` are its imports and exports.
pub(crate) fn world(naming: &Naming, lines: &str) -> String {
    let mut out = String::from("world ");
    push_id(&mut out, &naming.world);
    out.push_str(" {\n    ");
    out.push_str(lines);
    out.push_str("\n}\n");
    out
}

/// Writes one package.
pub(crate) struct Writer<'a, W> {
    sink: W,
    out: String,
    names: &'a Names,
    docs: DocWriter<'a>,
    signatures: signatures::SignatureCache,
    /// Whether members and cases get doc comments. If so, items and functions get them, too.
    full: bool,
    /// Whether items and functions get doc comments.
    brief: bool,
    /// Whether the interface is still empty. Each item or function but the first has a blank line before it.
    first: bool,
}

impl<'a, W: Write> Writer<'a, W> {
    pub fn new(sink: W, btf: &'a Btf, names: &'a Names, docs: options::Docs) -> Writer<'a, W> {
        Writer {
            sink,
            out: String::with_capacity(CHUNK + CHUNK / 8),
            names,
            docs: DocWriter::new(btf, names),
            signatures: signatures::SignatureCache::default(),
            full: docs == options::Docs::Full,
            brief: docs != options::Docs::None,
            first: true,
        }
    }

    /// Writes everything before the first item. `pointers` says whether the alias for addresses is needed, and `world`
    /// whether the text will have a world.
    pub fn begin(
        &mut self,
        naming: &Naming,
        origin: Origin,
        asked_for: &AskedFor,
        pointers: bool,
        world: bool,
    ) {
        self.header(origin, asked_for, world);
        let out = &mut self.out;
        out.push_str("package ");
        push_id(out, &naming.namespace);
        out.push(':');
        push_id(out, &naming.package);
        if let Some(version) = &naming.version {
            out.push('@');
            out.push_str(version);
        }
        out.push_str(";\n\ninterface ");
        push_id(out, &naming.interface);
        out.push_str(" {\n");
        if pointers {
            self.separate();
            self.pointer();
        }
    }

    fn separate(&mut self) {
        if !std::mem::replace(&mut self.first, false) {
            self.out.push('\n');
        }
    }

    fn header(&mut self, origin: Origin, asked_for: &AskedFor, world: bool) {
        let btf = self.docs.btf;
        let out = &mut self.out;
        out.push_str("// Made by btf2wit ");
        out.push_str(env!("CARGO_PKG_VERSION"));
        out.push_str(" from ");
        out.push_str(origin.place().words());
        out.push_str(": ");
        let base = btf.base_len() as u64;
        push_number(out, btf.len() as u64 - 1 - base);
        out.push_str(" types");
        if base > 0 {
            out.push_str(" over a base of ");
            push_number(out, base);
        }
        out.push_str(", ");
        out.push_str(btf.endian.words());
        out.push_str(", pointers of ");
        push_bytes(out, u64::from(btf.pointer_size));
        out.push_str(" (");
        out.push_str(btf.pointer_origin.words());
        out.push_str(").\n");
        if self.full {
            let first_bit = match btf.endian {
                Endian::Little => "least",
                Endian::Big => "most",
            };
            out.push_str("// Offsets (\"at\") are in bytes; bits count from the ");
            out.push_str(first_bit);
            out.push_str(" significant of that byte.\n");
        }
        if !world {
            out.push_str(
                "// Without a world: importing the interface would exceed the component model's \
                 limit on types.\n",
            );
        }
        self.asked_for(asked_for);
        self.out.push('\n');
    }

    /// Writes the line with the selected roots. Writes nothing if there are none.
    fn asked_for(&mut self, asked_for: &AskedFor) {
        let out = &mut self.out;
        for (at, (keyword, id)) in asked_for.first.iter().enumerate() {
            out.push_str(if at == 0 { "// Asked for: " } else { ", " });
            out.push_str(keyword);
            out.push(' ');
            push_id(out, self.names.label(*id));
        }
        if asked_for.others > 0 {
            out.push_str(" and ");
            push_number(out, asked_for.others as u64);
            out.push_str(" more");
        }
        if !asked_for.first.is_empty() {
            out.push_str(".\n");
        }
    }

    fn pointer(&mut self) {
        let size = self.docs.btf.pointer_size;
        let out = &mut self.out;
        if self.brief {
            out.push_str("    /// An address where the C side runs, ");
            push_bytes(out, u64::from(size));
            out.push('\n');
        }
        out.push_str("    type ");
        out.push_str(POINTER);
        out.push_str(if size == 4 { " = u32;\n" } else { " = u64;\n" });
    }

    /// Writes one item.
    pub fn item(&mut self, id: EntityId, item: &Item) -> io::Result<()> {
        let entity = self.names.entity(id);
        self.separate();
        if self.brief {
            self.docs.item(&mut self.out, entity);
        }
        if self.full {
            self.remarks(entity, item)?;
        }
        self.out.push_str(docs::INSIDE_INTERFACE);
        let label = self.names.label(id);
        let keyword = match item.body {
            Body::Alias(ty) => {
                self.out.push_str("type ");
                push_id(&mut self.out, label);
                self.out.push_str(" = ");
                self.ty(item, ty);
                self.out.push_str(";\n");
                return self.flush_chunk();
            }
            Body::Record => "record ",
            Body::Variant => "variant ",
            Body::Enum => "enum ",
            Body::Flags => "flags ",
            Body::Function { .. } => return Ok(()),
        };
        self.out.push_str(keyword);
        push_id(&mut self.out, label);
        self.out.push_str(" {\n");
        self.members(item)?;
        self.cases(entity, item)?;
        self.out.push_str("    }\n");
        self.flush_chunk()
    }

    fn cases(&mut self, entity: &Entity, item: &Item) -> io::Result<()> {
        for (i, case) in item.cases.iter().enumerate() {
            if self.full {
                self.docs.case(&mut self.out, entity, item, case);
            }
            self.out.push_str(docs::INSIDE_ITEM);
            push_item_label(&mut self.out, &item.labels, i);
            self.out.push_str(",\n");
            self.flush_chunk()?;
        }
        Ok(())
    }

    /// Writes the part of an item's comment about what its definition does not show: the reason for a fallback,
    /// enumerators without a case, and members that are left out.
    fn remarks(&mut self, entity: &Entity, item: &Item) -> io::Result<()> {
        self.docs.remark(&mut self.out, entity, item);
        if !item.others.is_empty() {
            docs::paragraph(&mut self.out);
        }
        for other in &item.others {
            self.docs.other(&mut self.out, entity, item, other);
            self.flush_chunk()?;
        }
        if !item.left_out.is_empty() {
            docs::paragraph(&mut self.out);
        }
        for left_out in &item.left_out {
            self.docs.left_out(&mut self.out, left_out);
            self.flush_chunk()?;
        }
        Ok(())
    }

    fn members(&mut self, item: &Item) -> io::Result<()> {
        for (i, member) in item.members.iter().enumerate() {
            if self.full {
                self.docs.member(&mut self.out, member, item.body);
            }
            self.out.push_str(docs::INSIDE_ITEM);
            push_item_label(&mut self.out, &item.labels, i);
            match (item.body, member.ty) {
                (Body::Variant, Some(ty)) => {
                    self.out.push('(');
                    self.ty(item, ty);
                    self.out.push(')');
                }
                (_, Some(ty)) => {
                    self.out.push_str(": ");
                    self.ty(item, ty);
                }
                (_, None) => {}
            }
            self.out.push_str(",\n");
            self.flush_chunk()?;
        }
        Ok(())
    }

    fn ty(&mut self, item: &Item, ty: WitType) {
        push_ty(&mut self.out, self.names, item, ty);
    }

    /// Writes everything after the last item or function, and flushes the sink. Returns the sink.
    pub fn end(mut self, after_types: &TextAfterTypes) -> io::Result<W> {
        self.out.push_str("}\n");
        for part in [&after_types.interfaces, &after_types.world] {
            if !part.is_empty() {
                self.out.push('\n');
                self.out.push_str(part);
            }
        }
        self.sink.write_all(self.out.as_bytes())?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn flush_chunk(&mut self) -> io::Result<()> {
        match self.out.len() < CHUNK {
            true => Ok(()),
            false => self.flush_all(),
        }
    }

    #[cold]
    fn flush_all(&mut self) -> io::Result<()> {
        self.sink.write_all(self.out.as_bytes())?;
        self.out.clear();
        Ok(())
    }
}

/// Appends the label of a member, a case or a parameter, as an identifier of WIT.
fn push_item_label(out: &mut String, labels: &ItemLabels, i: usize) {
    if labels.is_keyword(i) {
        out.push('%');
    }
    out.push_str(labels.label(i));
}

/// Appends the WIT text of a type inside an item.
pub(crate) fn push_ty(out: &mut String, names: &Names, item: &Item, ty: WitType) {
    let dims = item.dims(ty);
    for _ in dims {
        out.push_str("list<");
    }
    match ty.base {
        ElementType::Bool { .. } => out.push_str("bool"),
        ElementType::Int { bytes, signed } => {
            out.push(if signed { 's' } else { 'u' });
            push_number(out, u64::from(bytes) * 8);
        }
        ElementType::Wide { signed: false } => out.push_str("tuple<u64, u64>"),
        ElementType::Wide { signed: true } => out.push_str("tuple<u64, s64>"),
        ElementType::Float { bytes: 4 } => out.push_str("f32"),
        ElementType::Float { .. } => out.push_str("f64"),
        ElementType::Pointer => out.push_str(POINTER),
        ElementType::String { .. } => out.push_str("string"),
        ElementType::Item(id) => push_id(out, names.label(id)),
    }
    for dim in dims.iter().rev() {
        if let Dim {
            length,
            fixed: true,
        } = *dim
        {
            out.push_str(", ");
            push_number(out, u64::from(length));
        }
        out.push('>');
    }
}
