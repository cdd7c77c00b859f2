//! Generates the functions of maps with records: ring buffers, perf event arrays and user ring buffers.

use crate::codec::abi::Layout;
use crate::codec::bytes::Span;
use crate::codec::code::{Address, Code, Loop};
use crate::codec::number::load;
use crate::codec::{Extent, Generator, Place, message};
use crate::plan::ValueType;
use crate::skeleton::{DataType, RecordType};

use super::call::{Interface, MAX_EACH, Parameter, alloc_list, payload, store_list, succeed};
use super::raw::{HostFunction, ResultArea};

/// The offset of the payload in a result with a list, in bytes.
const PAYLOAD: u64 = 4;
/// The offset of the payload in the host's result, in bytes. It is 8 because the payload contains a number of 64 bits.
const ANSWER: u64 = 8;
/// The maximum number of bytes that follow a record as padding. In a perf event array, the kernel pads a record,
/// together with the 4 bytes of its size, to a multiple of 8.
const MAX_PADDING: u64 = 7;
const TIMEOUT: &str = " (param $has-timeout i32) (param $timeout i32)";

impl Generator<'_> {
    pub(super) fn records(
        &mut self,
        own: &Interface,
        map: &str,
        padded: bool,
        record: Option<&RecordType>,
    ) -> String {
        let lost = self.module.counter(&format!("$lost.{}", own.name));
        let mut out = String::new();
        match record {
            Some(RecordType::One(data)) => {
                let size = self.plan.size_of(&data.ty);
                let most = size + if padded { MAX_PADDING } else { 0 };
                let (extent, sizes) = match self.plan.flexible_in(&data.ty) {
                    Some(least) => (Extent::Rest, (least, u32::MAX.into())),
                    None => (Extent::Whole, (size, most)),
                };
                out.push_str(&self.poll(own, map, &lost, (&data.ty, extent, sizes)));
            }
            Some(RecordType::Several { ty, .. }) => {
                // The types of the records may have different sizes, so the size of a record is not known in advance.
                let extent = match self.plan.flexible_in(ty) {
                    Some(_) => Extent::Rest,
                    None => Extent::Short,
                };
                let sizes = (0, u32::MAX.into());
                out.push_str(&self.poll(own, map, &lost, (ty, extent, sizes)));
            }
            None => {}
        }
        out.push_str(&self.poll_bytes(own, map, &lost));
        let number = format!("(global.get {lost})");
        out.push_str(&own.export_number(
            "Returns the number of records that were lost.",
            "lost",
            &number,
        ));
        out
    }

    /// Adds code that calls the host for records, and counts those that were lost. Returns the bytes of all records,
    /// and the list of their sizes.
    fn take_records(&mut self, code: &mut Code, map: &str, lost: &str) -> (Span, Span) {
        let arguments = "(local.get $has-timeout) (local.get $timeout)";
        self.call_host(
            code,
            HostFunction::Poll,
            Some(map),
            arguments,
            ResultArea::Answer,
        );
        self.pass_error(code, ANSWER, PAYLOAD);
        let bytes = self.host_list(code, "bytes", ANSWER);
        let sizes = self.host_list(code, "sizes", ANSWER + 8);
        code.line(&format!(
            "(global.set {lost} (i64.add (global.get {lost}) (i64.load offset={} (global.get $answer))))",
            ANSWER + 16
        ));
        (bytes, sizes)
    }

    fn poll(
        &mut self,
        own: &Interface,
        map: &str,
        lost: &str,
        (ty, extent, lengths): (&ValueType, Extent, (u64, u64)),
    ) -> String {
        self.result_of(Layout::LIST);
        let mut code = self.begin(PAYLOAD);
        let (bytes, sizes) = self.take_records(&mut code, map, lost);
        let size = self.abi.of(ty, &ty.dims).size;
        let each = self.heap(ty).saturating_add(size).min(MAX_EACH);
        let of_byte = self.flexible(ty).heap.min(MAX_EACH);
        self.reserve_or(
            &mut code,
            &format!(
                "(i64.add (i64.mul (i64.extend_i32_u (local.get {})) (i64.const {each})) \
                 (i64.mul (i64.extend_i32_u (local.get {})) (i64.const {of_byte})))",
                sizes.length, bytes.length
            ),
            PAYLOAD,
        );
        let list = self.list_of_records(&mut code, &sizes, size);
        self.enter(&mut code, "records");
        let (target, open) = self.begin_records(&mut code, &sizes, &list, size);
        let record = self.next_size(&mut code, &bytes);
        self.check_bytes(&mut code, ty, &record, lengths);
        if self.counts {
            code.line(&format!("(call $set-budget (local.get {}))", record.length));
        }
        let mut from = Place::whole(Address::new(&record.at));
        from.extent = extent;
        self.read(&mut code, ty, &ty.dims, &from, &Address::new(&target), &[]);
        next_record(&mut code, &record);
        code.end_loop(open);
        self.end_records(&mut code, &bytes);
        succeed(&mut code);
        let comment = format!("Waits for records of `{map}` and reads them.");
        own.export(code, &comment, "poll", TIMEOUT)
    }

    fn poll_bytes(&mut self, own: &Interface, map: &str, lost: &str) -> String {
        self.result_of(Layout::LIST);
        let mut code = self.begin(PAYLOAD);
        let (bytes, sizes) = self.take_records(&mut code, map, lost);
        let size = Layout::LIST.size;
        self.reserve_each(&mut code, &sizes.length, size, PAYLOAD);
        let list = self.list_of_records(&mut code, &sizes, size);
        self.enter(&mut code, "records");
        let (target, open) = self.begin_records(&mut code, &sizes, &list, size);
        let record = self.next_size(&mut code, &bytes);
        let to = Address::new(&target);
        store_list(&mut code, &to, &record.at, &record.length);
        next_record(&mut code, &record);
        code.end_loop(open);
        self.end_records(&mut code, &bytes);
        succeed(&mut code);
        let comment = format!("Waits for records of `{map}` and returns their bytes.");
        own.export(code, &comment, "poll-bytes", TIMEOUT)
    }

    /// Adds code that allocates the list of records and stores it in the result. `size` is the size of an element
    /// in the canonical ABI, in bytes. Returns the local with the address of the list.
    fn list_of_records(&mut self, code: &mut Code, sizes: &Span, size: u64) -> String {
        let list = code.local("list", "i32");
        let list = alloc_list(code, list, &sizes.length, size);
        let to = payload(code, PAYLOAD);
        store_list(code, &to, &list, &sizes.length);
        list
    }

    /// Begins the loop over the records. In the loop, `$size-at` is the address of the current record's size. Returns
    /// the local with the address of its element in the list, and the loop.
    fn begin_records(
        &mut self,
        code: &mut Code,
        sizes: &Span,
        list: &str,
        size: u64,
    ) -> (String, Loop) {
        let (at, target) = (code.local("size-at", "i32"), code.local("to", "i32"));
        let cursors = [
            (at, format!("(local.get {})", sizes.at), 4),
            (target.clone(), format!("(local.get {list})"), size),
        ];
        let open = code.begin_loop(&format!("(local.get {})", sizes.length), &cursors);
        (target, open)
    }

    /// Adds code that takes the size of the next record and checks that the host returned that many bytes. Returns the
    /// record.
    fn next_size(&mut self, code: &mut Code, bytes: &Span) -> Span {
        let record = Span {
            at: bytes.at.clone(),
            length: code.local("size", "i32"),
        };
        let (size, left) = (&record.length, &bytes.length);
        code.set(size, &load(&Address::new("$size-at"), 4));
        let message = self.module.message(&message::record_cut());
        let bytes = bytes.arguments();
        code.fail_if(&format!(
            "(call $check-record {bytes} (local.get {size}) (i32.const {message}))"
        ));
        let rest = format!("(i32.sub (local.get {left}) (local.get {size}))");
        code.set(left, &rest);
        record
    }

    /// Adds a check that no bytes follow the last record, and removes the name of the records from the path of errors.
    fn end_records(&mut self, code: &mut Code, bytes: &Span) {
        self.check_multiple(code, bytes, "(i32.const 0)", &message::no_record());
        code.path.pop();
    }

    /// Returns the text of the function that passes a record to programs.
    pub(super) fn submit(
        &mut self,
        own: &Interface,
        map: &str,
        record: Option<&DataType>,
    ) -> String {
        let mut code = self.begin(PAYLOAD);
        let (parameters, bytes) = match record {
            None => {
                let parameters = " (param $bytes i32) (param $length i32)".to_owned();
                (
                    parameters,
                    "(local.get $bytes) (local.get $length)".to_owned(),
                )
            }
            Some(data) => {
                let (parameters, given) = self.take(&mut code, &[Parameter::Value(&data.ty)]);
                let from = given.into_iter().next().unwrap_or(Address::new("$value"));
                let extent = match self.plan.flexible_in(&data.ty) {
                    Some(_) => Extent::Rest,
                    None => Extent::Whole,
                };
                let what = (&data.ty, extent);
                let bytes = self.bytes_of(&mut code, what, &from, ("value", PAYLOAD));
                (parameters, bytes.arguments())
            }
        };
        self.call_host(
            &mut code,
            HostFunction::Submit,
            Some(map),
            &bytes,
            ResultArea::Result,
        );
        code.line("(global.get $result)");
        let comment = format!("Passes a record of `{map}` to a program.");
        own.export(code, &comment, "push", &parameters)
    }
}

/// Adds code that moves the address in `record.at` to the end of the record, where the next record begins.
fn next_record(code: &mut Code, record: &Span) {
    code.set(
        &record.at,
        &format!(
            "(i32.add (local.get {}) (local.get {}))",
            record.at, record.length
        ),
    );
}
