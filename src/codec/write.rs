//! Generates the functions that write values of the canonical ABI as C bytes. These functions expect that the memory
//! to which they write is zero.

use super::code::{Address, Code, Segment};
use super::facts::{is_byte, overlaps};
use super::number::{Bits, load, load_wide};
use super::stored::Halves;
use super::{Extent, Function, Generator, Place, message};
use crate::btf::Endian;
use crate::lower::Dim;
use crate::plan::{BaseType, Node, NodeField, NodeKind, ValueType};

impl Generator<'_> {
    /// Adds code that writes an array with the dimensions `dims` and elements of the type `ty.base`, or one such
    /// element if `dims` is empty.
    pub(super) fn write(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        dims: &[Dim],
        from: &Address,
        to: &Place,
    ) {
        match dims.split_first() {
            None => self.write_base(code, ty.base, from, to),
            Some((dim, inner)) => self.write_array(code, ty, *dim, inner, from, to),
        }
    }

    fn write_array(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        dim: Dim,
        inner: &[Dim],
        from: &Address,
        to: &Place,
    ) {
        let stride = self.plan.stride(ty.base, inner);
        let size = self.abi.of(ty, inner).size;
        let fixed = dim.fixed && dim.length > 0;
        let (start, count) = match fixed {
            true => (from.expr(), format!("(i32.const {})", dim.length)),
            false => (load(from, 4), load(&from.plus(4), 4)),
        };
        let flexible = dim.length == 0 && to.extent == Extent::Rest;
        if !fixed && !flexible {
            self.fits_room(code, &count, dim.length.into(), &to.at);
        }
        if !self.shared && self.is_written_whole(ty.base, inner) {
            let bytes = format!("(i32.mul {count} (i32.const {stride}))");
            code.line(&format!("(memory.copy {} {start} {bytes})", to.at.expr()));
            return;
        }
        let source = code.local(&format!("from{}", code.loops), "i32");
        let target = code.local(&format!("to{}", code.loops), "i32");
        let cursors = [
            (source.clone(), start, size),
            (target.clone(), to.at.expr(), stride),
        ];
        let open = code.begin_loop(&count, &cursors);
        let element = Place::whole(Address::new(&target));
        self.write(code, ty, inner, &Address::new(&source), &element);
        code.end_loop(open);
    }

    fn is_written_whole(&self, base: BaseType, inner: &[Dim]) -> bool {
        let little = self.plan.endian == Endian::Little;
        let same = match base {
            BaseType::Int { .. } | BaseType::Float { .. } | BaseType::Wide { .. } => little,
            _ => false,
        };
        (same || is_byte(base)) && inner.is_empty()
    }

    fn write_base(&mut self, code: &mut Code, base: BaseType, from: &Address, to: &Place) {
        match base {
            BaseType::Text { room } => self.write_text(code, room, from, to),
            BaseType::Node(index) => {
                if let Some(node) = self.plan.node(index) {
                    self.write_node(code, index, node, from, to);
                }
            }
            number => self.write_number(code, number, from, to),
        }
    }

    fn write_node(&mut self, code: &mut Code, index: u32, node: &Node, from: &Address, to: &Place) {
        match &node.kind {
            NodeKind::Enum(cases) => self.write_case(code, index, cases, from, to),
            NodeKind::Flags(cases) => self.write_flags(code, cases, from, to),
            NodeKind::Number(number) => self.write_stored(code, *number, from, to),
            NodeKind::Record(_) | NodeKind::Variant(_) => {
                let function = self.writer(index, node, to.extent);
                let call = format!("(call {} {} {})", function.name, from.expr(), to.at.expr());
                match function.fails {
                    true => code.fail_if(&call),
                    false => code.line(&call),
                }
            }
        }
    }

    /// Returns the function that writes a record or a variant. Generates it on first use.
    fn writer(&mut self, index: u32, node: &Node, extent: Extent) -> Function {
        let shared =
            self.shared || matches!(&node.kind, NodeKind::Record(f) if overlaps(self.plan, f));
        let key = (index, extent, shared);
        if let Some(known) = self.writers.get(&key) {
            return known.clone();
        }
        let before = std::mem::replace(&mut self.shared, shared);
        let mut code = Code::new();
        match &node.kind {
            NodeKind::Record(fields) => self.write_record(&mut code, fields, extent),
            NodeKind::Variant(arms) => self.write_variant(&mut code, arms, extent),
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => {}
        }
        self.shared = before;
        let verb = if shared { "write-shared" } else { "write" };
        let function = Function {
            name: self.name(verb, index, node, extent),
            fails: code.fails,
        };
        let comment = format!(
            "Writes {}, {} bytes.",
            super::read::described(node),
            node.size
        );
        let text = code.finish(
            &comment,
            &function.name,
            "(param $from i32) (param $to i32)",
        );
        self.module.function(&text);
        self.writers.insert(key, function.clone());
        function
    }

    fn write_record(&mut self, code: &mut Code, fields: &[NodeField], extent: Extent) {
        let placed: Vec<(&NodeField, u64)> = self.abi.fields(fields).collect();
        for (field, at) in placed {
            let from = Address::new("$from").plus(at);
            self.write_field(code, field, &from, extent);
        }
    }

    fn write_field(&mut self, code: &mut Code, field: &NodeField, from: &Address, extent: Extent) {
        let ty = field.ty.as_ref().filter(|_| !field.missing);
        let Some(ty) = ty else { return };
        self.comment(code, field);
        let name = self.module.text(&field.name);
        code.path.push(Segment::Member(name));
        // A value is always written with all bytes of its type. The extent only says whether the flexible array at the
        // end of the type is written, too.
        let extent = match extent {
            Extent::Rest if field.last => Extent::Rest,
            _ => Extent::Whole,
        };
        let to = Place::of(field, &Address::new("$to"), extent);
        self.write(code, ty, &ty.dims, from, &to);
        code.path.pop();
    }

    fn write_variant(&mut self, code: &mut Code, arms: &[NodeField], extent: Extent) {
        let from = Address::new("$from");
        let size = super::abi::discriminant(arms.len()) as u8;
        let given = code.local("given", "i32");
        code.set(&given, &load(&from, size));
        let payload = from.plus(self.abi.payload_offset(arms));
        for (position, arm) in arms
            .iter()
            .enumerate()
            .filter(|(_, arm)| arm.ty.is_some() && !arm.missing)
        {
            code.line(&format!(
                "(if (i32.eq (local.get {given}) (i32.const {position}))"
            ));
            code.deeper();
            code.line("(then");
            code.deeper();
            self.write_field(code, arm, &payload, extent);
            code.line("))");
            code.shallower();
            code.shallower();
        }
    }

    fn write_text(&mut self, code: &mut Code, room: u32, from: &Address, to: &Place) {
        let (start, length) = (load(from, 4), load(&from.plus(4), 4));
        let at = to.at.expr();
        if room > 0 || to.extent != Extent::Rest {
            let text = self.module.message(&message::nul());
            code.fail_if(&format!(
                "(call $no-nul {start} {length} (i32.const {text}) {at})"
            ));
            self.fits_room(code, &length, room.into(), &to.at);
        }
        match self.shared {
            true => {
                let text = self.module.message(&message::overlap());
                code.fail_if(&format!(
                    "(call $put-text-shared {start} {length} {at} (i32.const {text}))"
                ));
            }
            false => code.line(&format!("(memory.copy {at} {start} {length})")),
        }
    }

    fn fits_room(&mut self, code: &mut Code, given: &str, room: u64, at: &Address) {
        let text = self.module.message(&message::too_long(room));
        let at = at.expr();
        code.fail_if(&format!(
            "(call $fits-room {given} (i32.const {room}) (i32.const {text}) {at})"
        ));
    }

    fn write_number(&mut self, code: &mut Code, base: BaseType, from: &Address, to: &Place) {
        match base {
            BaseType::Bool { bytes } => {
                let bits = to.bits(8 * bytes);
                let value = load_wide(from, 1, false);
                self.put_wide(code, &bits, &value, "(i64.const 0)");
            }
            BaseType::Int { bytes, signed } => {
                let bits = to.bits(8 * bytes);
                if to.width == 0 && bits.whole() == Some(bytes) && !self.shared {
                    let number = load(from, bytes);
                    code.line(&self.numbers.store(&to.at, bytes, &number));
                    return;
                }
                let low = load_wide(from, bytes, signed);
                if bits.width < 8 * bytes {
                    let number = Halves::of(low.clone(), signed);
                    let fits = self.fits(&number, bits.width, signed, &bits.at);
                    code.fail_if(&fits);
                }
                self.put_wide(code, &bits, &low, "(i64.const 0)");
            }
            BaseType::Float { bytes } => {
                let bits = to.bits(8 * bytes);
                self.put(code, &bits, &load_wide(from, bytes, false));
            }
            BaseType::Wide { signed } => {
                let bits = to.bits(128);
                let (low, high) = (
                    load_wide(from, 8, false),
                    load_wide(&from.plus(8), 8, false),
                );
                if bits.width < 128 {
                    self.module.wide = true;
                    let number = Halves {
                        low: low.clone(),
                        high: high.clone(),
                        signed,
                    };
                    let fits = self.fits(&number, bits.width, signed, &bits.at);
                    code.fail_if(&fits);
                }
                self.put_wide(code, &bits, &low, &high);
            }
            BaseType::Text { .. } | BaseType::Node(_) => {}
        }
    }

    /// Adds code that writes a number of up to 128 bits. `low` and `high` are expressions for its halves of 64 bits.
    pub(super) fn put_wide(&mut self, code: &mut Code, bits: &Bits, low: &str, high: &str) {
        if bits.width <= 64 {
            self.put(code, bits, low);
            return;
        }
        let (low_bits, high_bits) = bits.halves(self.plan.endian);
        self.put(code, &low_bits, low);
        self.put(code, &high_bits, high);
    }

    /// Adds code that writes a number of at most 64 bits. If the function writes members that share bits, the code
    /// also checks that these members agree.
    pub(super) fn put(&mut self, code: &mut Code, bits: &Bits, number: &str) {
        if !self.shared {
            self.numbers.put(code, bits, number);
            return;
        }
        let text = self.module.message(&message::overlap());
        code.fail_if(&format!(
            "(call $put-shared {} (i32.const {}) (i32.const {}) {number} (i32.const {text}))",
            bits.at.expr(),
            bits.first,
            bits.width
        ));
    }

    /// For a type that ends in a flexible array, adds code that raises the local `end` to the end of the value's C
    /// bytes. `from` is the address of the value, and `at` the start of its C bytes.
    pub(super) fn extend(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        from: &Address,
        at: &Address,
        end: &str,
    ) {
        let list = |stride: u64| {
            format!(
                "(i64.add (i64.extend_i32_u {}) (i64.mul (i64.extend_i32_u {}) (i64.const {stride})))",
                at.expr(),
                load(&from.plus(4), 4)
            )
        };
        let own = match (ty.dims.split_first(), ty.base) {
            (Some((dim, inner)), base) if dim.length == 0 => list(self.plan.stride(base, inner)),
            (None, BaseType::Text { room: 0 }) => list(1),
            (None, BaseType::Node(index)) if self.plan.flexible_in(ty).is_some() => {
                let Some(node) = self.plan.node(index) else {
                    return;
                };
                let function = self.extender(index, node);
                format!("(call {function} {} {})", from.expr(), at.expr())
            }
            _ => return,
        };
        let next = code.local("next", "i64");
        code.set(&next, &own);
        code.line(&format!(
            "(if (i64.gt_u (local.get {next}) (local.get {end})) (then (local.set {end} (local.get {next}))))"
        ));
    }

    /// Returns the name of the generated function that computes where the C bytes of a record or a variant end.
    /// Generates it on first use.
    fn extender(&mut self, index: u32, node: &Node) -> String {
        if let Some(known) = self.extenders.get(&index) {
            return known.clone();
        }
        let mut code = Code::new();
        let end = code.local("end", "i64");
        let (from, at) = (Address::new("$from"), Address::new("$at"));
        let inner = |field: &NodeField| at.plus(u64::from(field.bit_offset) / 8);
        match &node.kind {
            NodeKind::Record(fields) => {
                let placed: Vec<(&NodeField, u64)> = self.abi.fields(fields).collect();
                for (field, offset) in placed
                    .into_iter()
                    .filter(|(field, _)| field.last && !field.missing)
                {
                    if let Some(ty) = &field.ty {
                        self.extend(&mut code, ty, &from.plus(offset), &inner(field), &end);
                    }
                }
            }
            NodeKind::Variant(arms) => {
                let payload = from.plus(self.abi.payload_offset(arms));
                let size = super::abi::discriminant(arms.len()) as u8;
                for (position, arm) in arms.iter().enumerate() {
                    let Some(ty) = &arm.ty else { continue };
                    if arm.last && !arm.missing && self.plan.flexible_in(ty).is_some() {
                        code.line(&format!(
                            "(if (i32.eq {} (i32.const {position})) (then",
                            load(&from, size)
                        ));
                        code.deeper();
                        self.extend(&mut code, ty, &payload, &inner(arm), &end);
                        code.line("))");
                        code.shallower();
                    }
                }
            }
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => {}
        }
        code.line("(local.get $end)");
        let name = self.name("end", index, node, Extent::Whole);
        let comment = format!(
            "Returns the end of the bytes of {}.",
            super::read::described(node)
        );
        let parameters = "(param $from i32) (param $at i32) (result i64)";
        let text = code.finish(&comment, &name, parameters);
        self.module.function(&text);
        self.extenders.insert(index, name.clone());
        name
    }
}
