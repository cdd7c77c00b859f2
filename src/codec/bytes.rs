//! Generates code for the C bytes of a whole value in exported functions. To write a value, the code allocates the
//! bytes and fills them. Before a value is read, the code checks the number of bytes.

use super::code::{Address, Code};
use super::{Extent, Generator, Place, message};
use crate::plan::ValueType;

/// Bytes or a list in memory. The fields are the names of two locals: one has the address, the other the number of
/// bytes or of list elements.
pub(super) struct Span {
    pub at: String,
    pub length: String,
}

impl Span {
    /// Returns the address and the length as two arguments of a call.
    pub fn arguments(&self) -> String {
        format!("(local.get {}) (local.get {})", self.at, self.length)
    }
}

impl Generator<'_> {
    /// Adds code that writes a value as C bytes to new memory, and returns these bytes. `extent` says whether the
    /// flexible array at the end of the value is written. `no_memory` is the statement that leaves the function if
    /// there is not enough memory.
    pub(super) fn write_new(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        from: &Address,
        extent: Extent,
        no_memory: &str,
    ) -> Span {
        let size = self.plan.size_of(ty);
        let end = code.numbered("size", "i64");
        code.set(&end, &format!("(i64.const {size})"));
        if extent == Extent::Rest {
            let start = code.local("start", "i32");
            self.extend(code, ty, from, &Address::new(&start), &end);
        }
        let span = self.alloc_zeros(code, ty, &format!("(local.get {end})"), no_memory);
        let mut to = Place::whole(Address::new(&span.at));
        to.extent = extent;
        self.write(code, ty, &ty.dims, from, &to);
        self.check(code, ty, &ty.dims, from, &to.at, &[]);
        span
    }

    /// Adds code that allocates zeroed bytes for values of a type. If members of the type share bits, the code also
    /// allocates the mask, which records the written bits. `bytes` is an expression for the number of bytes, of type
    /// `i64`.
    pub(super) fn alloc_zeros(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        bytes: &str,
        no_memory: &str,
    ) -> Span {
        let node = ty.base.node();
        let shared = node.is_some_and(|node| self.facts.shares(self.plan, node));
        let room = format!("(i64.add {bytes} (i64.const 16))");
        let all = match shared {
            true => format!("(i64.shl {room} (i64.const 1))"),
            false => room,
        };
        code.line(&format!("(if (call $reserve {all}) (then {no_memory}))"));
        let span = Span {
            at: code.numbered("bytes", "i32"),
            length: code.numbered("length", "i32"),
        };
        let (at, length) = (&span.at, &span.length);
        code.set(length, &format!("(i32.wrap_i64 {bytes})"));
        code.set(at, &format!("(call $alloc (local.get {length}))"));
        code.line(&format!("(global.set $base (local.get {at}))"));
        code.line(&format!(
            "(memory.fill (local.get {at}) (i32.const 0) (local.get {length}))"
        ));
        if shared {
            let mask = format!("(call $alloc (local.get {length}))");
            code.line(&format!(
                "(global.set $mask (i32.sub {mask} (local.get {at})))"
            ));
            code.line(&format!(
                "(memory.fill (i32.add (local.get {at}) (global.get $mask)) (i32.const 0) (local.get {length}))"
            ));
        }
        span
    }

    /// Adds a check that the number of bytes lies between `least` and `most`. The added code also stores where the
    /// bytes begin and end, for later checks.
    pub(super) fn check_bytes(
        &mut self,
        code: &mut Code,
        ty: &ValueType,
        bytes: &Span,
        (least, most): (u64, u64),
    ) {
        let size = self.plan.size_of(ty);
        let few = self.module.message(&message::too_few(least));
        let many = self.module.message(&message::too_many(size));
        code.fail_if(&format!(
            "(call $check-length {} (i32.const {least}) (i32.const {most}) (i32.const {few}) (i32.const {many}))",
            bytes.arguments()
        ));
    }
}
