//! Writes the interfaces of maps with records: ring buffers, perf event arrays and user ring buffers.

use std::fmt::Write as _;

use super::interface::Interface;
use super::{TextOptions, id};
use crate::skeleton::{DataType, MapInterface, RecordType, VARIANT};

const RECORDS: &[&str] = &["error", "poll", "poll-bytes", "lost", VARIANT];

/// Returns the sentence that gives the C types of a map's records, or says how to set an unknown type, for the
/// documentation of the map's interface.
pub(super) fn of_records(record: Option<&RecordType>) -> String {
    match record {
        None => "Records without a type: name it with --event MAP=TYPE".to_owned(),
        Some(RecordType::One(data)) => format!("Record: `{}`", data.c),
        Some(RecordType::Several { cases, .. }) => {
            let names = cases.iter().map(|(_, data)| format!("`{}`", data.c));
            let names: Vec<String> = names.collect();
            format!("Record: {}", names.join(" or "))
        }
    }
}

pub(super) fn records(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    record: Option<&RecordType>,
    options: &TextOptions<'_>,
) {
    const TIMEOUT: &str = "timeout-ms: option<u32>";
    let mut own = Interface::new(RECORDS, options);
    let ty = match record {
        None => None,
        Some(RecordType::One(data)) => Some(own.ty(&data.wit)),
        Some(RecordType::Several { cases, .. }) => {
            variant(&mut own, cases);
            Some(VARIANT.to_owned())
        }
    };
    if let Some(ty) = ty {
        own.function(
            "Waits for records and returns them. If none comes within `timeout-ms`, the list is empty. Without `timeout-ms`,\n    \
             /// the function waits until a record comes",
            "poll",
            TIMEOUT,
            &format!("list<{ty}>"),
        );
    }
    own.function(
        "Waits for records and returns their bytes",
        "poll-bytes",
        TIMEOUT,
        "list<list<u8>>",
    );
    own.doc("Returns the number of records that were lost so far. The kernel does not report all of them");
    own.lines.push_str("    lost: func() -> u64;\n");
    own.finish(out, docs, &map.label, "error");
}

fn variant(own: &mut Interface<'_, '_>, cases: &[(String, DataType)]) {
    own.doc("A record of the map");
    let lines: Vec<String> = cases
        .iter()
        .map(|(label, data)| format!("        {}({}),\n", id(label), own.ty(&data.wit)))
        .collect();
    let lines = lines.concat();
    let _ = write!(own.lines, "    variant {VARIANT} {{\n{lines}    }}\n");
}

pub(super) fn submitted(
    out: &mut String,
    map: &MapInterface,
    docs: &[String],
    record: Option<&DataType>,
    options: &TextOptions<'_>,
) {
    let mut own = Interface::new(&["error", "push"], options);
    let ty = match record {
        Some(record) => own.ty(&record.wit),
        None => "list<u8>".to_owned(),
    };
    own.function(
        "Hands a record to the program that drains the map",
        "push",
        &format!("value: {ty}"),
        "_",
    );
    own.finish(out, docs, &map.label, "error");
}
