//! Computes upper bounds for the heap bytes and the number of values that reading needs. Generates the code that
//! reserves the heap, and the checks that there are enough bytes and not too many values.

use super::code::{Address, Code};
use super::number::Bits;
use super::{Extent, Generator, Place, message};
use crate::lower::Dim;
use crate::plan::{BaseType, ValueType};

/// The number of values that the decoder allows even if there are no bytes.
const FREE_VALUES: u64 = 1 << 20;
/// The number of further values that the decoder allows for each byte. For the first bytes, the decoder allows more.
const VALUES_OF_BYTE: u64 = 10;
/// A limit for the heap that one C byte is assumed to need, in bytes. With this limit, no product overflows.
pub(super) const MAX_FACTOR: u64 = 1 << 30;

/// Upper bounds of the heap bytes and the values that one byte of a flexible array needs.
#[derive(Clone, Copy, Default)]
pub(super) struct PerByte {
    /// The number of heap bytes.
    pub heap: u64,
    values: u64,
}

impl PerByte {
    fn plus(self, other: PerByte) -> PerByte {
        PerByte {
            heap: self.heap.saturating_add(other.heap),
            values: self.values.saturating_add(other.values),
        }
    }
}

impl Generator<'_> {
    /// Returns whether a value of the type may contain more values than the decoder allows. Also returns true for some
    /// types that cannot, since the decoder's limit is higher than the one here.
    pub(super) fn may_exceed(&mut self, ty: &ValueType) -> bool {
        let size = self.plan.size_of(ty);
        let most = FREE_VALUES + VALUES_OF_BYTE.saturating_mul(size);
        let values = self.facts.values(self.plan, ty);
        values > most || self.flexible(ty).values > VALUES_OF_BYTE
    }

    /// Returns the upper bounds for one byte of a type's flexible arrays. A union of which all arms are read may have
    /// several such arrays, which all read the same bytes, so their bounds are added.
    pub(super) fn flexible(&mut self, ty: &ValueType) -> PerByte {
        match (ty.dims.split_first(), ty.base) {
            (Some((dim, inner)), base) if dim.length == 0 => {
                let element = ValueType {
                    base,
                    dims: inner.into(),
                };
                let stride = self.plan.size_of(&element).max(1);
                let size = self.abi.of(&element, &element.dims).size;
                let heap = size.saturating_add(self.heap(&element));
                let values = self.facts.values(self.plan, &element).saturating_add(1);
                PerByte {
                    heap: heap.div_ceil(stride),
                    values: values.div_ceil(stride),
                }
            }
            // A byte that is not valid UTF-8 becomes U+FFFD, which has three bytes.
            (None, BaseType::Text { room: 0 }) => PerByte { heap: 3, values: 0 },
            (None, BaseType::Node(index)) => {
                if let Some(known) = self.per_byte.get(&index) {
                    return *known;
                }
                let plan = self.plan;
                let fields = plan.node(index).map_or(&[][..], |node| node.fields());
                let last = fields.iter().filter(|field| field.last);
                let types = last.filter_map(|field| field.ty.as_ref());
                // Only one arm of a variant is read, so the sum over all arms is larger than needed, but safe.
                let all = types.fold(PerByte::default(), |all, ty| all.plus(self.flexible(ty)));
                self.per_byte.insert(index, all);
                all
            }
            _ => PerByte::default(),
        }
    }

    pub(super) fn heap(&mut self, ty: &ValueType) -> u64 {
        let abi = &self.abi;
        let size = |ty: &ValueType, dims: &[Dim]| abi.of(ty, dims).size;
        let heap = self.facts.heap(self.plan, &size, ty);
        heap.min(1 << 33)
    }

    /// Adds code that reserves heap for a call. If that fails, the code returns an error. `name` is the address of the
    /// type's name.
    pub(super) fn reserve(&mut self, code: &mut Code, bytes: &str, name: u64) {
        let text = self.module.text(message::NO_MEMORY);
        code.line(&format!(
            "(if (call $reserve {bytes}) (then (return (call $fail-memory (i32.const {name}) (i32.const {text})))))"
        ));
    }

    /// Adds a check that the bytes of a number exist. Adds nothing if the place says that the bytes exist.
    pub(super) fn need_number(&mut self, code: &mut Code, from: &Place, bytes: u8) {
        self.need(code, from, from.bits(8 * bytes).span());
    }

    pub(super) fn need_bits(&mut self, code: &mut Code, from: &Place, bits: &Bits) {
        self.need(code, from, bits.span());
    }

    pub(super) fn need(&mut self, code: &mut Code, from: &Place, bytes: u64) {
        if from.extent == Extent::Whole {
            return;
        }
        let text = self.module.message(&message::too_few(bytes));
        let at = from.at.expr();
        code.fail_if(&format!(
            "(call $need {at} (i32.const {bytes}) (i32.const {text}))"
        ));
    }

    /// Adds code that counts values against the decoder's limit. Adds nothing if no type of the module may exceed this
    /// limit.
    pub(super) fn spend(&mut self, code: &mut Code, count: &str, at: &Address) {
        if self.counts {
            let text = self.module.message(&message::too_many_values());
            let at = at.expr();
            code.fail_if(&format!("(call $spend {count} {at} (i32.const {text}))"));
        }
    }
}
