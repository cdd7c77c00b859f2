//! Generates the functions that read C bytes into values of the canonical ABI.

use super::code::{Address, Code, Segment};
use super::facts::is_byte;
use super::number::store;
use super::{Extent, Function, Generator, Place, message};
use crate::btf::Endian;
use crate::lower::Dim;
use crate::plan::{ArmChoice, BaseType, Node, NodeField, NodeKind, Tag, ValueType};

impl Generator<'_> {
    /// Adds code that reads an array with the dimensions `dims` and elements of the type `ty.base`, or one such
    /// element if `dims` is empty. `around` are the locals with the addresses of the enclosing nodes, innermost first.
    pub(super) fn read(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        dims: &[Dim],
        from: &Place,
        to: &Address,
        around: &[String],
    ) {
        match dims.split_first() {
            None => self.read_base(code, ty.base, from, to, around),
            Some((dim, inner)) => self.read_array(code, ty, *dim, inner, from, to, around),
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the element type and the dimensions of an array are separate"
    )]
    fn read_array(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        dim: Dim,
        inner: &[Dim],
        from: &Place,
        to: &Address,
        around: &[String],
    ) {
        let stride = self.plan.stride(ty.base, inner);
        let is_bytes = is_byte(ty.base) && inner.is_empty();
        let count = self.count(code, dim, stride, from);
        let fixed = dim.fixed && dim.length > 0;
        if is_bytes && !fixed {
            code.line(&store(to, 4, &from.at.expr()));
            code.line(&store(&to.plus(4), 4, &count));
            return;
        }
        if !is_bytes {
            self.spend(code, &count, &from.at);
        }
        let size = self.abi.of(ty, inner).size;
        let length = match dim.length {
            0 => {
                let length = code.local(&format!("length{}", code.loops), "i32");
                code.set(&length, &count);
                format!("(local.get {length})")
            }
            _ => count,
        };
        let start = match fixed {
            true => to.expr(),
            false => begin_list(code, &length, size, to),
        };
        if self.is_copied(ty.base, inner) {
            let bytes = format!("(i32.mul {length} (i32.const {stride}))");
            code.line(&format!("(memory.copy {start} {} {bytes})", from.at.expr()));
            return;
        }
        let source = code.local(&format!("from{}", code.loops), "i32");
        let target = code.local(&format!("to{}", code.loops), "i32");
        let cursors = [
            (source.clone(), from.at.expr(), stride),
            (target.clone(), start, size),
        ];
        let open = code.begin_loop(&length, &cursors);
        let element = Place::whole(Address::new(&source));
        self.read(code, ty, inner, &element, &Address::new(&target), around);
        code.end_loop(open);
    }

    /// Returns an expression for the number of elements of an array. A flexible array at the end of the bytes has as
    /// many as the bytes hold. For any other array, first adds a check that the bytes of its elements exist.
    fn count(&mut self, code: &mut Code, dim: Dim, stride: u64, from: &Place) -> String {
        match (dim.length, from.extent) {
            (0, Extent::Rest) if stride > 0 => format!(
                "(i32.div_u (call $left {}) (i32.const {stride}))",
                from.at.expr()
            ),
            (length, _) => {
                self.need(code, from, stride.saturating_mul(length.into()));
                format!("(i32.const {length})")
            }
        }
    }

    /// Returns whether the elements of an array have the same bytes in C and in the canonical ABI, so that one copy
    /// moves all of them.
    fn is_copied(&self, base: BaseType, inner: &[Dim]) -> bool {
        let same = match base {
            BaseType::Int { bytes, .. } | BaseType::Float { bytes } => {
                bytes == 1 || self.plan.endian == Endian::Little
            }
            BaseType::Wide { .. } => self.plan.endian == Endian::Little,
            _ => false,
        };
        same && inner.is_empty()
    }

    fn read_base(
        &mut self,
        code: &mut Code,
        base: BaseType,
        from: &Place,
        to: &Address,
        around: &[String],
    ) {
        match base {
            BaseType::Text { room: 0 } if from.extent == Extent::Rest => {
                code.line(&format!("(call $texts {} {})", from.at.expr(), to.expr()));
            }
            BaseType::Text { room } => {
                self.need(code, from, room.into());
                code.line(&format!(
                    "(call $text {} (i32.const {room}) {})",
                    from.at.expr(),
                    to.expr()
                ));
            }
            BaseType::Node(index) => {
                if let Some(node) = self.plan.node(index) {
                    self.read_node(code, index, node, from, to, around);
                }
            }
            number => self.read_number(code, number, from, to),
        }
    }

    fn read_node(
        &mut self,
        code: &mut Code,
        index: u32,
        node: &Node,
        from: &Place,
        to: &Address,
        around: &[String],
    ) {
        match &node.kind {
            NodeKind::Enum(cases) => {
                self.need_number(code, from, cases.size);
                self.read_case(code, index, cases, from, to);
            }
            NodeKind::Flags(cases) => {
                self.need_number(code, from, cases.size);
                self.read_flags(code, index, cases, from, to);
            }
            NodeKind::Number(number) => self.read_stored(code, *number, from, to),
            NodeKind::Record(_) | NodeKind::Variant(_) => {
                let function = self.reader(index, node, from.extent);
                let around = self.enclosing_arguments(index, &from.at, around);
                let call = format!(
                    "(call {} {} {}{around})",
                    function.name,
                    from.at.expr(),
                    to.expr()
                );
                match function.fails {
                    true => code.fail_if(&call),
                    false => code.line(&call),
                }
            }
        }
    }

    /// Returns the function that reads a record or a variant. Generates it on first use.
    fn reader(&mut self, index: u32, node: &Node, extent: Extent) -> Function {
        if let Some(known) = self.readers.get(&(index, extent)) {
            return known.clone();
        }
        let mut code = Code::new();
        match &node.kind {
            NodeKind::Record(fields) => self.read_record(&mut code, index, fields, extent),
            NodeKind::Variant(arms) => self.read_variant(&mut code, index, node, arms, extent),
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => {}
        }
        let function = Function {
            name: self.name("read", index, node, extent),
            fails: code.fails,
        };
        let parameters = self.parameters(index);
        let comment = format!("Reads {}, {} bytes.", described(node), node.size);
        let text = code.finish(&comment, &function.name, &parameters);
        self.module.function(&text);
        self.readers.insert((index, extent), function.clone());
        function
    }

    fn read_record(&mut self, code: &mut Code, index: u32, fields: &[NodeField], extent: Extent) {
        self.spend(
            code,
            &format!("(i32.const {})", fields.len()),
            &Address::new("$from"),
        );
        let inside = self.enclosing_locals(index);
        let placed: Vec<(&NodeField, u64)> = self.abi.fields(fields).collect();
        for (field, at) in placed {
            let Some(ty) = &field.ty else { continue };
            self.comment(code, field);
            let name = self.module.text(&field.name);
            code.path.push(Segment::of(name, field.missing));
            let from = self.place(code, index, field, ty, extent);
            let to = Address::new("$to").plus(at);
            self.read(code, ty, &ty.dims, &from, &to, &inside);
            code.path.pop();
        }
    }

    /// Returns the place of a field's bytes. A field that the target lacks is read from an area of zeros.
    fn place(
        &mut self,
        code: &mut Code,
        node: u32,
        field: &NodeField,
        ty: &ValueType,
        extent: Extent,
    ) -> Place {
        if !field.missing {
            let extent = self.extent(node, field, extent);
            return Place::of(field, &Address::new("$from"), extent);
        }
        self.module.zeros(self.plan.size_of(ty).max(16));
        let zeros = code.local("zeros", "i32");
        code.set(&zeros, "(global.get $zeros)");
        Place::whole(Address::new(&zeros))
    }

    /// Returns the extent of a field inside a node whose extent is `extent`.
    fn extent(&self, node: u32, field: &NodeField, extent: Extent) -> Extent {
        let holder = ValueType::plain(BaseType::Node(node));
        // The bytes of a struct with a flexible array may end where that array begins, but not before.
        let certain_end = match extent {
            Extent::Whole => return Extent::Whole,
            Extent::Rest => self.plan.flexible_in(&holder).unwrap_or(0),
            Extent::Short => 0,
        };
        let size = field.ty.as_ref().map_or(0, |ty| self.plan.size_of(ty));
        let flexible = |ty: &ValueType| self.plan.flexible_in(ty).is_some();
        let flexible = field.ty.as_ref().is_some_and(flexible);
        let end = match field.bits {
            0 => u64::from(field.bit_offset.div_ceil(8)) + size,
            bits => (u64::from(field.bit_offset) + u64::from(bits)).div_ceil(8),
        };
        match (extent, field.last && flexible) {
            (Extent::Rest, true) => Extent::Rest,
            _ if end <= certain_end => Extent::Whole,
            _ => Extent::Short,
        }
    }

    fn read_variant(
        &mut self,
        code: &mut Code,
        index: u32,
        node: &Node,
        arms: &[NodeField],
        extent: Extent,
    ) {
        let from = Address::new("$from");
        match self.plan.arm_choice(index).cloned() {
            Some(ArmChoice::Always(arm)) => self.read_arm(code, index, arms, arm, extent),
            Some(ArmChoice::By(tag)) => {
                self.read_selected(code, index, node, arms, &tag, extent);
            }
            None if self.plan.has_equivalent_arms(index) => {
                self.read_arm(code, index, arms, 0, extent);
            }
            None => {
                let plan = self.plan;
                // The message suggests a number that may select the arm. Only nodes that enclose this union everywhere
                // are searched for such a number.
                let around = self.facts.enclosing_nodes(plan, index);
                let tag = plan.likely_tag(node, around.filter_map(|at| plan.node(at)));
                let labels = arms.iter().map(|arm| arm.label.to_string()).collect();
                let text = message::which_arm(self.facts.choice_name(plan, index), tag, labels);
                let text = self.module.message(&text);
                code.fail_if(&format!("(call $raise (i32.const {text}) {})", from.expr()));
            }
        }
    }

    /// Adds code that reads the arm that a number in the bytes selects.
    fn read_selected(
        &mut self,
        code: &mut Code,
        index: u32,
        node: &Node,
        arms: &[NodeField],
        tag: &Tag,
        extent: Extent,
    ) {
        let from = Address::new("$from");
        let place = self.tag_place(tag, extent);
        self.need_number(code, &place, tag.width.div_ceil(8));
        let arm = code.local("arm", "i32");
        let function = self.arm_function(index, node, tag);
        let around = self.same_enclosing_arguments(index);
        code.set(&arm, &format!("(call {function} {}{around})", from.expr()));
        if tag.others.is_none() {
            let text = self.module.message(&message::no_arm(&tag.name));
            // The function that finds the arm has recorded the number for this message.
            code.fail_if(&format!(
                "(if (result i32) (i32.lt_s (local.get {arm}) (i32.const 0)) \
                 (then (call $raise (i32.const {text}) {})) (else (i32.const 0)))",
                from.expr()
            ));
        }
        let mut selected: Vec<usize> = tag.arms().collect();
        selected.sort_unstable();
        selected.dedup();
        for own in selected {
            code.line(&format!("(if (i32.eq (local.get {arm}) (i32.const {own}))"));
            code.deeper();
            code.line("(then");
            code.deeper();
            self.read_arm(code, index, arms, own, extent);
            code.line("))");
            code.shallower();
            code.shallower();
        }
    }

    /// Adds code that reads one arm of a variant.
    fn read_arm(
        &mut self,
        code: &mut Code,
        index: u32,
        arms: &[NodeField],
        position: usize,
        extent: Extent,
    ) {
        let Some(arm) = arms.get(position) else {
            return;
        };
        let to = Address::new("$to");
        let size = super::abi::discriminant(arms.len()) as u8;
        self.comment(code, arm);
        code.line(&store(&to, size, &format!("(i32.const {position})")));
        if let Some(ty) = &arm.ty {
            let name = self.module.text(&arm.name);
            code.path.push(Segment::of(name, arm.missing));
            let from = self.place(code, index, arm, ty, extent);
            let to = to.plus(self.abi.payload_offset(arms));
            let inside = self.enclosing_locals(index);
            self.read(code, ty, &ty.dims, &from, &to, &inside);
            code.path.pop();
        }
    }
}

/// Adds code that allocates a list of `length` elements of `size` bytes, and stores its address and length. Returns an
/// expression for the address of the first element.
fn begin_list(code: &mut Code, length: &str, size: u64, to: &Address) -> String {
    let list = code.local(&format!("list{}", code.loops), "i32");
    let bytes = format!("(i32.mul {length} (i32.const {size}))");
    code.set(&list, &format!("(call $alloc {bytes})"));
    code.line(&store(to, 4, &format!("(local.get {list})")));
    code.line(&store(&to.plus(4), 4, length));
    format!("(local.get {list})")
}

/// Returns the C name of a node, or its label if it has none.
pub(super) fn described(node: &Node) -> &str {
    node.c.as_deref().unwrap_or(&node.label)
}
