//! Generates code that converts enums and flags between the numbers of C and the positions of cases.

use std::fmt::Write as _;

use super::code::{Address, Code};
use super::number::{Bits, extended, load, load_wide, store, store_low};
use super::stored::Halves;
use super::{Generator, Place, abi, message};
use crate::plan::{CaseEntry, CaseTable, bits};

impl Generator<'_> {
    /// Adds code that reads the number of an enum and stores the position of its case. The code fails if no case has
    /// the number.
    pub(super) fn read_case(
        &mut self,
        code: &mut Code,
        node: u32,
        cases: &CaseTable,
        from: &Place,
        to: &Address,
    ) {
        let raw = self.raw(cases, from);
        let at = from.at.expr();
        let function = self.case_function(node, cases, from.width);
        let case = code.local("case", "i32");
        code.set(&case, &format!("(call {function} {raw} {at})"));
        code.fail_if(&format!("(i32.lt_s (local.get {case}) (i32.const 0))"));
        let size = abi::discriminant(cases.cases.len()) as u8;
        code.line(&store(to, size, &format!("(local.get {case})")));
    }

    /// Adds code that reads the number of a set of flags and stores it as WIT flags. The code fails if a set bit has no
    /// label.
    pub(super) fn read_flags(
        &mut self,
        code: &mut Code,
        node: u32,
        cases: &CaseTable,
        from: &Place,
        to: &Address,
    ) {
        let raw = code.local("flags", "i64");
        code.set(&raw, &self.raw(cases, from));
        let present = cases.cases.iter().filter(|case| !case.absent);
        let labels = present.fold(0, |all, case| all | case.value);
        if labels != cases.mask() {
            let rest = format!(
                "(i64.and (local.get {raw}) (i64.const {:#x}))",
                cases.mask() & !labels
            );
            let text = message::no_label(self.facts.choice_name(self.plan, node));
            let text = self.module.message(&text);
            code.line(&format!("(if (i64.ne {rest} (i64.const 0))"));
            code.line(&format!(
                "  (then (drop (call $raise-number (i32.const {text}) {} {rest} (i64.const 0)))))",
                from.at.expr()
            ));
            code.fail_if(&format!("(i64.ne {rest} (i64.const 0))"));
        }
        let moved = moved(&raw, &label_bits(cases), false);
        code.line(&store_low(to, flags_size(cases), &moved));
    }

    /// Returns an expression for the number of an enum or of flags. A signed bitfield is sign-extended to the size of
    /// the enum, as in the decoder.
    fn raw(&self, cases: &CaseTable, from: &Place) -> String {
        let bits = from.bits(8 * cases.size);
        match cases.signed && from.width > 0 {
            true => masked(&self.numbers.signed(&bits), cases),
            false => self.numbers.unsigned(&bits),
        }
    }

    /// Returns the name of the generated function that finds the case of a number, and records a problem if there is
    /// none. `width` is the width of the bitfield in bits, or 0 if the number is not a bitfield.
    fn case_function(&mut self, node: u32, cases: &CaseTable, width: u8) -> String {
        if let Some(known) = self.case_functions.get(&(node, width)) {
            return known.clone();
        }
        let label = self.plan.node(node).map_or("", |node| &node.label);
        let name = match width {
            _ if self.plan.repeats_label(node) => format!("$case.{label}.{node}.{width}"),
            0 => format!("$case.{label}"),
            width => format!("$case.{label}.{width}"),
        };
        self.case_functions.insert((node, width), name.clone());
        let found = self.case_position(cases, width);
        let (number, high) = number_of(cases, "(local.get $number)");
        let text = message::no_case(self.facts.choice_name(self.plan, node));
        let text = self.module.message(&text);
        let mut out = format!(
            "  ;; Returns the position of the case of {label} that has a number, or -1 if there is none.\n  \
               (func {name} (param $number i64) (param $at i32) (result i32)\n"
        );
        let _ = write!(
            out,
            "    (local $case i32)\n    (local.set $case {found})\n    \
                 (if (i32.lt_s (local.get $case) (i32.const 0))\n      \
                   (then\n        \
                     (drop\n          \
                       (call $raise-number (i32.const {text}) (local.get $at)\n            \
                         {number} {high}))))\n    \
                 (local.get $case))\n"
        );
        self.module.function(&out);
        name
    }

    /// Returns an expression for the position of the case that has the number in `$number`, or -1 if there is none.
    fn case_position(&mut self, cases: &CaseTable, width: u8) -> String {
        let known = numbers(cases, width);
        let first = known.first().map_or(0, |(value, _)| *value);
        let in_row = |(at, (value, case)): (u64, &(u64, usize))| {
            *value == first.wrapping_add(at) && *case as u64 == at
        };
        if (0..).zip(&known).all(in_row) {
            let at = match first {
                0 => "(local.get $number)".to_owned(),
                first => format!("(i64.sub (local.get $number) (i64.const {first:#x}))"),
            };
            return format!(
                "(select (i32.wrap_i64 {at}) (i32.const -1) (i64.lt_u {at} (i64.const {})))",
                known.len()
            );
        }
        let mut table = Vec::new();
        for (value, case) in &known {
            table.extend_from_slice(&value.to_le_bytes());
            table.extend_from_slice(&(*case as u32).to_le_bytes());
        }
        let table = self.module.constant(&table);
        let count = known.len();
        format!("(call $find (i32.const {table}) (i32.const {count}) (local.get $number))")
    }

    /// Adds code that writes the number of an enum's case.
    pub(super) fn write_case(
        &mut self,
        code: &mut Code,
        node: u32,
        cases: &CaseTable,
        from: &Address,
        to: &Place,
    ) {
        let size = abi::discriminant(cases.cases.len()) as u8;
        let number = code.local("number", "i64");
        for (at, case) in (0..).zip(&cases.cases).filter(|(_, case)| case.absent) {
            let given = format!("(i32.eq {} (i32.const {at}))", load(from, size));
            self.fail_absent(code, &given, case, &to.at);
        }
        let function = self.value_function(node, cases);
        let value = format!("(call {function} {})", load(from, size));
        code.set(&number, &value);
        let bits = to.bits(8 * cases.size);
        if bits.width < 8 * cases.size.min(8) {
            self.check_case(code, cases, &bits, &number);
        }
        self.put(code, &bits, &format!("(local.get {number})"));
    }

    /// Adds a check that the number of a case fits into a bitfield.
    fn check_case(&mut self, code: &mut Code, cases: &CaseTable, bits: &Bits, number: &str) {
        let negative: Vec<u64> = cases.negative(bits.width).collect();
        let (low, high) = number_of(cases, &format!("(local.get {number})"));
        let signed = cases.signed;
        let own = Halves { low, high, signed };
        let fits = self.fits(&own, bits.width, signed, &bits.at);
        let is_other = negative
            .iter()
            .map(|value| format!("(i64.ne (local.get {number}) (i64.const {value:#x}))"));
        let condition = is_other.fold(None, |all: Option<String>, one| match all {
            None => Some(one),
            Some(all) => Some(format!("(i32.and {all} {one})")),
        });
        // `negative` has the numbers of cases that are negative in C although the compiler did not mark the enum as
        // signed. They are cut to the width of the bitfield and need no check.
        code.fail_if(&match condition {
            None => fits,
            Some(is_other) => {
                format!("(if (result i32) {is_other} (then {fits}) (else (i32.const 0)))")
            }
        });
    }

    /// Returns the name of the generated function that returns the number of a case, given its position. The number has
    /// the full width of the enum.
    fn value_function(&mut self, node: u32, cases: &CaseTable) -> String {
        if let Some(known) = self.value_functions.get(&node) {
            return known.clone();
        }
        let label = self.plan.node(node).map_or("", |node| &node.label);
        let name = match self.plan.repeats_label(node) {
            true => format!("$value.{label}.{node}"),
            false => format!("$value.{label}"),
        };
        self.value_functions.insert(node, name.clone());
        let values: Vec<u64> = cases.cases.iter().map(|case| case.value).collect();
        let first = values.first().copied().unwrap_or(0);
        let in_row = (0..)
            .zip(&values)
            .all(|(at, value)| *value == first.wrapping_add(at));
        let value = match in_row {
            true => {
                format!("(i64.add (i64.extend_i32_u (local.get $case)) (i64.const {first:#x}))")
            }
            false => {
                let table: Vec<u8> = values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect();
                let table = self.module.constant(&table);
                format!(
                    "(i64.load (i32.add (i32.const {table}) (i32.shl (local.get $case) (i32.const 3))))"
                )
            }
        };
        self.module.function(&format!(
            "  ;; Returns the number of a case of {label}.\n  \
               (func {name} (param $case i32) (result i64)\n    {value})\n"
        ));
        name
    }

    /// Adds code that fails if a value has a case that the target's enum lacks. `has_case` is an expression that is
    /// not 0 if the value has the case.
    fn fail_absent(&mut self, code: &mut Code, has_case: &str, case: &CaseEntry, at: &Address) {
        let text = self.module.message(&message::absent(&case.label));
        code.fail_if(&format!(
            "(if (result i32) {has_case} (then (call $raise (i32.const {text}) {})) (else (i32.const 0)))",
            at.expr()
        ));
    }

    /// Adds code that writes WIT flags as the bits of a C number.
    pub(super) fn write_flags(
        &mut self,
        code: &mut Code,
        cases: &CaseTable,
        from: &Address,
        to: &Place,
    ) {
        let number = code.local("number", "i64");
        let labels = code.local("flags", "i64");
        code.set(&labels, &load_wide(from, flags_size(cases), false));
        for (at, case) in (0_u32..).zip(&cases.cases).filter(|(_, case)| case.absent) {
            let bit = format!("(i32.const {})", 1_u32.checked_shl(at).unwrap_or(0));
            let given = format!("(i32.and (i32.wrap_i64 (local.get {labels})) {bit})");
            self.fail_absent(code, &given, case, &to.at);
        }
        code.set(&number, &moved(&labels, &label_bits(cases), true));
        let bits = to.bits(8 * cases.size);
        let number = format!("(local.get {number})");
        if bits.width < 8 * cases.size.min(8) {
            let number = Halves::of(number.clone(), false);
            let fits = self.fits(&number, bits.width, false, &bits.at);
            code.fail_if(&fits);
        }
        self.put(code, &bits, &number);
    }
}

/// Returns all numbers that a field of an enum may hold, sorted, each with the position of its case. `width` is the
/// width of the bitfield in bits, or 0 if the field is not a bitfield.
fn numbers(cases: &CaseTable, width: u8) -> Vec<(u64, usize)> {
    let low = match width {
        0 => cases.mask(),
        width => bits::low_mask(width) & cases.mask(),
    };
    let mut found = Vec::new();
    for case in cases.cases.iter().filter(|case| !case.absent) {
        // A field holds the number of the case. A bitfield may hold only the low bits of the number, if they identify
        // the case.
        for raw in [case.value, case.value & low] {
            let held = match (width, cases.signed) {
                (0, _) => true,
                (width, true) => {
                    bits::signed((raw & low).into(), width) as u64 & cases.mask() == raw
                }
                (_, false) => raw & low == raw,
            };
            let stands_for = cases.in_bits(raw, width);
            let is_own = cases
                .find(stands_for)
                .is_some_and(|own| own.value == case.value);
            let is_it = |own: &CaseEntry| own.value == case.value && !own.absent;
            let position = cases.cases.iter().position(is_it);
            if let (true, true, Some(position)) = (held, is_own, position) {
                found.push((raw, position));
            }
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|(raw, _)| *raw);
    found
}

/// Returns expressions for the low and the high half of an enum's number in a message, both of type `i64`. `value` is
/// an expression for the number, without sign extension beyond the enum's size.
fn number_of(cases: &CaseTable, value: &str) -> (String, String) {
    match cases.signed {
        true => {
            let low = extended(value, 8 * cases.size.min(8));
            let high = format!("(i64.shr_s {low} (i64.const 63))");
            (low, high)
        }
        false => (value.to_owned(), "(i64.const 0)".to_owned()),
    }
}

fn masked(number: &str, cases: &CaseTable) -> String {
    match cases.mask() {
        u64::MAX => number.to_owned(),
        mask => format!("(i64.and {number} (i64.const {mask:#x}))"),
    }
}

fn flags_size(cases: &CaseTable) -> u8 {
    match cases.cases.len() {
        0..=8 => 1,
        9..=16 => 2,
        _ => 4,
    }
}

/// Returns two positions for each flag: that of its bit in the C number, and that of its bit in the WIT flags. Leaves
/// out flags that the target lacks.
fn label_bits(cases: &CaseTable) -> Vec<(u32, u32)> {
    let values = (0..).zip(&cases.cases);
    let values = values.filter(|(_, case)| !case.absent);
    values
        .map(|(label, case)| (case.value.trailing_zeros(), label))
        .collect()
}

/// Returns an expression that moves each bit from its position in the C number to its position in the WIT flags, or in
/// the other direction if `back` is true. Bits that move by the same distance move together.
fn moved(local: &str, bits: &[(u32, u32)], back: bool) -> String {
    let mut runs: Vec<(i64, u64)> = Vec::new();
    for (in_c, label) in bits {
        let (from, to) = if back {
            (*label, *in_c)
        } else {
            (*in_c, *label)
        };
        let (shift, mask) = (i64::from(to) - i64::from(from), 1_u64 << (to % 64));
        match runs.iter_mut().find(|(own, _)| *own == shift) {
            Some((_, own)) => *own |= mask,
            None => runs.push((shift, mask)),
        }
    }
    let run = |(shift, mask): &(i64, u64)| {
        let moved = match shift {
            0 => format!("(local.get {local})"),
            1.. => format!("(i64.shl (local.get {local}) (i64.const {shift}))"),
            _ => format!("(i64.shr_u (local.get {local}) (i64.const {}))", -shift),
        };
        format!("(i64.and {moved} (i64.const {mask:#x}))")
    };
    let parts = runs.iter().map(run);
    parts
        .reduce(|all, one| format!("(i64.or {all} {one})"))
        .unwrap_or_else(|| "(i64.const 0)".to_owned())
}
