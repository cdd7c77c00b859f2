//! Generates code for the values of per-CPU maps. The kernel has one value for each possible CPU and pads each value
//! to a multiple of 8 bytes.

use crate::codec::bytes::Span;
use crate::codec::code::{Address, Code};
use crate::codec::number::load;
use crate::codec::{Extent, Generator, Place, message};
use crate::plan::ValueType;

use super::call::{MAX_EACH, alloc_list, store_list};
use super::map::{MapValue, PAYLOAD};

impl Generator<'_> {
    /// Adds code that writes a map's value as C bytes. For a per-CPU map, the value is a list, and each of its elements
    /// is padded.
    pub(super) fn value_bytes(
        &mut self,
        code: &mut Code,
        value: MapValue<'_>,
        from: &Address,
    ) -> Span {
        if !value.per_cpu {
            return self.bytes_of(code, (value.ty, Extent::Whole), from, ("value", PAYLOAD));
        }
        let stride = self.stride(value.ty);
        let size = self.abi.of(value.ty, &value.ty.dims).size;
        let bytes = format!(
            "(i64.mul (i64.extend_i32_u {}) (i64.const {stride}))",
            load(&from.plus(4), 4)
        );
        let no_memory = self.no_memory(PAYLOAD);
        let span = self.alloc_zeros(code, value.ty, &bytes, &no_memory);
        let (source, target) = (code.local("from", "i32"), code.local("to", "i32"));
        self.enter(code, "value");
        let cursors = [
            (source.clone(), load(from, 4), size),
            (target.clone(), format!("(local.get {})", span.at), stride),
        ];
        let open = code.begin_loop(&load(&from.plus(4), 4), &cursors);
        let (from, to) = (Address::new(&source), Place::whole(Address::new(&target)));
        self.write(code, value.ty, &value.ty.dims, &from, &to);
        self.check(code, value.ty, &value.ty.dims, &from, &to.at, &[]);
        code.end_loop(open);
        code.path.pop();
        span
    }

    /// Adds code that reads a map's value from C bytes. For a per-CPU map, the code reads the values of all CPUs as a
    /// list.
    pub(super) fn map_value_of(
        &mut self,
        code: &mut Code,
        value: MapValue<'_>,
        bytes: &Span,
        to: &Address,
        payload: u64,
    ) {
        match value.per_cpu {
            false => self.value_of(code, value.ty, bytes, to, ("value", payload)),
            true => self.values_of(code, value.ty, bytes, to, payload),
        }
    }

    /// Adds code that reads the values of all CPUs as a list.
    fn values_of(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        bytes: &Span,
        to: &Address,
        payload: u64,
    ) {
        let stride = self.stride(ty);
        let size = self.abi.of(ty, &ty.dims).size;
        let each = self.heap(ty).saturating_add(size).saturating_add(8);
        self.enter(code, "value");
        let of = format!("(i32.const {stride})");
        self.check_multiple(code, bytes, &of, &message::no_multiple(stride));
        let count = code.numbered("cpus", "i32");
        let number = format!(
            "(i32.div_u (local.get {}) (i32.const {stride}))",
            bytes.length
        );
        code.set(&count, &number);
        self.reserve_each(code, &count, each.min(MAX_EACH), payload);
        let list = code.numbered("list", "i32");
        let list = alloc_list(code, list, &count, size);
        store_list(code, to, &list, &count);
        code.line(&format!("(global.set $base (local.get {}))", bytes.at));
        let source = code.numbered("from-cpu", "i32");
        let target = code.numbered("to-cpu", "i32");
        let cursors = [
            (source.clone(), format!("(local.get {})", bytes.at), stride),
            (target.clone(), format!("(local.get {list})"), size),
        ];
        let open = code.begin_loop(&format!("(local.get {count})"), &cursors);
        if self.counts {
            code.line(&format!("(call $set-budget (i32.const {stride}))"));
        }
        let from = Place::whole(Address::new(&source));
        self.read(code, ty, &ty.dims, &from, &Address::new(&target), &[]);
        code.end_loop(open);
        code.path.pop();
    }

    /// Returns the distance in bytes between the values of two CPUs.
    fn stride(&self, ty: &ValueType) -> u64 {
        self.plan.size_of(ty).next_multiple_of(8)
    }
}
