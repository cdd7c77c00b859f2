//! Generates functions that find the selected arm of a union, and the check that a written value has that arm.

use std::fmt::Write as _;

use super::code::{Address, Code, Segment};
use super::number::{Bits, extended, load};
use super::{Extent, Function, Generator, Place, abi, message};
use crate::lower::Dim;
use crate::plan::{ArmChoice, Node, NodeField, NodeKind, Tag, TagKind, ValueType, bits};

impl Generator<'_> {
    /// Returns the place of the number that selects an arm. Its address is relative to a local: `$from` has the
    /// address of the union, and `$around1`, `$around2` and so on have those of the nodes around the union. The
    /// functions that read the union and that find its arm have these locals.
    pub(super) fn tag_place(&self, tag: &Tag, extent: Extent) -> Place {
        let local = match tag.level {
            0 => "$from".to_owned(),
            level => format!("$around{level}"),
        };
        Place {
            at: Address::new(&local).plus(tag.bit_offset / 8),
            first: (tag.bit_offset % 8) as u8,
            width: tag.width,
            extent: match extent {
                Extent::Whole => Extent::Whole,
                Extent::Short | Extent::Rest => Extent::Short,
            },
        }
    }

    /// Returns the name of the generated function that returns the position of the selected arm, or -1 if the number
    /// selects none. The generated function also records the number, which messages show.
    pub(super) fn arm_function(&mut self, index: u32, node: &Node, tag: &Tag) -> String {
        if let Some(known) = self.arm_functions.get(&index) {
            return known.clone();
        }
        let name = self.name("arm", index, node, Extent::Whole);
        self.arm_functions.insert(index, name.clone());
        self.module.wide |= tag.width > 64;
        let place = self.tag_place(tag, Extent::Whole);
        let (low, high) = self.tag_bits(tag, &place.bits(tag.width));
        let around: String = (1..=self.facts.levels(self.plan, index))
            .map(|level| format!(" (param $around{level} i32)"))
            .collect();
        let mut out = format!(
            "  ;; Returns the position of the arm that '{}' selects, or -1 if it selects none.\n  \
               (func {name} (param $from i32){around} (result i32)\n    \
                 (local $low i64) (local $high i64)\n    \
                 (local.set $low {low})\n    \
                 (local.set $high {high})\n",
            tag.name.replace(char::is_control, " ")
        );
        let (number, number_high) = number_of(tag);
        let _ = write!(
            out,
            "    (global.set $number {number})\n    (global.set $number-high {number_high})\n"
        );
        for (value, arm) in &tag.values {
            let low = *value as u64;
            let high = (*value >> 64) as u64;
            let mut condition = format!("(i64.eq (local.get $low) (i64.const {low:#x}))");
            if tag.width > 64 {
                condition = format!(
                    "(i32.and {condition} (i64.eq (local.get $high) (i64.const {high:#x})))"
                );
            }
            let _ = writeln!(
                out,
                "    (if {condition} (then (return (i32.const {arm}))))"
            );
        }
        let others = tag.others.map_or("-1".to_owned(), |arm| arm.to_string());
        let _ = writeln!(out, "    (i32.const {others}))");
        self.module.function(&out);
        name
    }

    /// Returns expressions for the low and the high half of the number that selects an arm, both of type `i64`.
    fn tag_bits(&self, tag: &Tag, bits: &Bits) -> (String, String) {
        let numbers = self.numbers;
        let (low, high) = match bits.width {
            0..=64 => (numbers.unsigned(bits), "(i64.const 0)".to_owned()),
            _ => {
                let (low, high) = bits.halves(self.plan.endian);
                (numbers.unsigned(&low), numbers.unsigned(&high))
            }
        };
        match tag.kind {
            TagKind::Bool => {
                let any = format!("(i64.or {low} {high})");
                let any = format!("(i64.extend_i32_u (i64.ne {any} (i64.const 0)))");
                (any, "(i64.const 0)".to_owned())
            }
            TagKind::Signed | TagKind::Unsigned => (low, high),
        }
    }

    /// Adds code that checks each union with an arm choice in a written value: the union must have the arm that the
    /// choice gives for the written bytes. `from` is the address of the value, `to` that of its C bytes, and `around`
    /// are the locals with the addresses of the enclosing nodes.
    #[allow(
        clippy::too_many_arguments,
        reason = "the element type and the dimensions of an array are separate"
    )]
    pub(super) fn check(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        dims: &[Dim],
        from: &Address,
        to: &Address,
        around: &[String],
    ) {
        let Some(index) = ty
            .base
            .node()
            .filter(|node| self.facts.has_choice(self.plan, *node))
        else {
            return;
        };
        let Some((dim, inner)) = dims.split_first() else {
            let Some(node) = self.plan.node(index) else {
                return;
            };
            let function = self.checker(index, node);
            let around = self.enclosing_arguments(index, to, around);
            let call = format!(
                "(call {} {} {}{around})",
                function.name,
                from.expr(),
                to.expr()
            );
            match function.fails {
                true => code.fail_if(&call),
                false => code.line(&call),
            }
            return;
        };
        let (count, start) = match dim.fixed && dim.length > 0 {
            true => (format!("(i32.const {})", dim.length), from.expr()),
            false => (load(&from.plus(4), 4), load(from, 4)),
        };
        let size = self.abi.of(ty, inner).size;
        let stride = self.plan.stride(ty.base, inner);
        let source = code.local(&format!("from{}", code.loops), "i32");
        let target = code.local(&format!("to{}", code.loops), "i32");
        let cursors = [
            (source.clone(), start, size),
            (target.clone(), to.expr(), stride),
        ];
        let open = code.begin_loop(&count, &cursors);
        let (source, target) = (Address::new(&source), Address::new(&target));
        self.check(code, ty, inner, &source, &target, around);
        code.end_loop(open);
    }

    /// Returns the function that checks the arms in a record or a variant. Its parameter `$from` is the address of the
    /// C bytes, as in functions that read, and `$value` is the address of the value.
    fn checker(&mut self, index: u32, node: &Node) -> Function {
        if let Some(known) = self.checkers.get(&index) {
            return known.clone();
        }
        let mut code = Code::new();
        let (value, inside) = (Address::new("$value"), self.enclosing_locals(index));
        match &node.kind {
            NodeKind::Record(fields) => {
                let placed: Vec<(&NodeField, u64)> = self.abi.fields(fields).collect();
                for (field, at) in placed {
                    self.check_field(&mut code, field, &value.plus(at), &inside);
                }
            }
            NodeKind::Variant(arms) => {
                let size = abi::discriminant(arms.len()) as u8;
                let given = code.local("given", "i32");
                code.set(&given, &load(&value, size));
                self.check_arm(&mut code, index, node, arms, &given);
                let payload = value.plus(self.abi.payload_offset(arms));
                for (position, arm) in arms.iter().enumerate() {
                    let holds = |ty: &ValueType| ty.base.node();
                    let inner = arm.ty.as_ref().and_then(holds);
                    if inner.is_some_and(|inner| self.facts.has_choice(self.plan, inner)) {
                        code.line(&format!(
                            "(if (i32.eq (local.get {given}) (i32.const {position})) (then"
                        ));
                        code.deeper();
                        self.check_field(&mut code, arm, &payload, &inside);
                        code.line("))");
                        code.shallower();
                    }
                }
            }
            NodeKind::Enum(_) | NodeKind::Flags(_) | NodeKind::Number(_) => {}
        }
        let function = Function {
            name: self.name("check", index, node, Extent::Whole),
            fails: code.fails,
        };
        let parameters = self.parameters(index).replacen("$to", "$from", 1);
        let parameters = parameters.replacen("$from", "$value", 1);
        let comment = format!("Checks the arms in {}.", super::read::described(node));
        let text = code.finish(&comment, &function.name, &parameters);
        self.module.function(&text);
        self.checkers.insert(index, function.clone());
        function
    }

    fn check_field(
        &mut self,
        code: &mut Code,
        field: &NodeField,
        value: &Address,
        inside: &[String],
    ) {
        let ty = field.ty.as_ref().filter(|_| !field.missing);
        let Some(ty) = ty else { return };
        let name = self.module.text(&field.name);
        code.path.push(Segment::Member(name));
        let bytes = Address::new("$from").plus(u64::from(field.bit_offset) / 8);
        self.check(code, ty, &ty.dims, value, &bytes, inside);
        code.path.pop();
    }

    /// Adds code that checks that a value has the selected arm. `given` is the local with the position of the value's
    /// arm.
    fn check_arm(
        &mut self,
        code: &mut Code,
        index: u32,
        node: &Node,
        arms: &[NodeField],
        given: &str,
    ) {
        let (chosen, tag) = match self.plan.arm_choice(index).cloned() {
            None => return,
            Some(ArmChoice::Always(arm)) => (format!("(i32.const {arm})"), None),
            Some(ArmChoice::By(tag)) => {
                let function = self.arm_function(index, node, &tag);
                let around = self.same_enclosing_arguments(index);
                (
                    format!("(call {function} (local.get $from){around})"),
                    Some(tag),
                )
            }
        };
        let local = code.local("chosen", "i32");
        code.set(&local, &chosen);
        let condition = format!("(i32.ne (local.get {given}) (local.get {local}))");
        let function = self.other_arm_function(index, node, arms, tag.as_ref());
        code.fail_if(&format!(
            "(if (result i32) {condition} (then (call {function} (local.get {given}) \
             (local.get {local}) (local.get $from))) (else (i32.const 0)))"
        ));
    }

    /// Returns the name of the generated function that records the problem that a value has another arm than the
    /// selected one.
    fn other_arm_function(
        &mut self,
        index: u32,
        node: &Node,
        arms: &[NodeField],
        tag: Option<&Tag>,
    ) -> String {
        let name = self.name("other-arm", index, node, Extent::Whole);
        let mut chosen: Vec<Option<usize>> = match (self.plan.arm_choice(index), tag) {
            (Some(ArmChoice::Always(arm)), _) => vec![Some(*arm)],
            (_, Some(tag)) => tag.arms().map(Some).collect(),
            _ => Vec::new(),
        };
        if tag.is_some_and(|tag| tag.others.is_none()) {
            chosen.push(None);
        }
        chosen.sort_unstable();
        chosen.dedup();
        let mut out = format!(
            "  ;; Records that a value of {} has another arm than the chosen one.\n  \
               (func {name} (param $given i32) (param $chosen i32) (param $at i32) (result i32)\n",
            super::read::described(node)
        );
        let selector = tag.map(|tag| tag.name.as_str());
        for own in &chosen {
            for (given, arm) in arms.iter().enumerate().filter(|(at, _)| Some(*at) != *own) {
                let label = own.and_then(|own| Some(&*arms.get(own)?.label));
                let text = message::other_arm(&arm.label, label, selector);
                let text = self.module.message(&text);
                let position = own.map_or(-1, |own| own as i64);
                let _ = write!(
                    out,
                    "    (if (i32.and (i32.eq (local.get $chosen) (i32.const {position})) \
                         (i32.eq (local.get $given) (i32.const {given})))\n      \
                       (then (return (call $raise (i32.const {text}) (local.get $at)))))\n"
                );
            }
        }
        out.push_str("    (i32.const 0))\n");
        self.module.function(&out);
        name
    }
}

/// Returns expressions for the low and the high half of the number that selects an arm, for messages. If the number is
/// signed, it is sign-extended to 128 bits.
fn number_of(tag: &Tag) -> (String, String) {
    let (low, high) = ("(local.get $low)", "(local.get $high)");
    match tag.kind {
        TagKind::Signed if tag.width <= 64 => {
            let low = extended(low, tag.width);
            let high = format!("(i64.shr_s {low} (i64.const 63))");
            (low, high)
        }
        TagKind::Signed => (low.to_owned(), extended(high, tag.width - 64)),
        // The numbers in messages have at most 127 bits, so the largest such number replaces a larger one.
        TagKind::Unsigned if tag.width == 128 => {
            let large = format!("(i64.lt_s {high} (i64.const 0))");
            let most = bits::low_mask(63);
            (
                format!("(select (i64.const -1) {low} {large})"),
                format!("(select (i64.const {most}) {high} {large})"),
            )
        }
        TagKind::Unsigned | TagKind::Bool => (low.to_owned(), high.to_owned()),
    }
}
