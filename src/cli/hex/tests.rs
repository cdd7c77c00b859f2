//! Tests with dumps that several tools have printed, and with texts in this file. `testdata/dumps/` has the dumps of
//! `xxd`, `hexdump` and `od`, and `checks/stages/dumps` compares them with the current output of these tools.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

fn dumps(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("testdata/dumps").join(path)
}

fn input(name: &str) -> Vec<u8> {
    fs::read(dumps("inputs").join(name)).expect("the input exists")
}

/// Returns the command in a recorded file, and for each input its name and the output of the command.
fn recorded(path: &Path) -> (String, Vec<(String, String)>) {
    let text = fs::read_to_string(path).expect("the file is text");
    let (command, rest) = text
        .split_once('\n')
        .expect("the first line is the command");
    let mut dumps: Vec<(String, String)> = Vec::new();
    for line in rest.split_inclusive('\n') {
        match (line.strip_prefix("--- "), dumps.last_mut()) {
            (Some(name), _) => dumps.push((name.trim_end().to_owned(), String::new())),
            (None, Some((_, dump))) => dump.push_str(line),
            (None, None) => panic!("{command}: no input is named"),
        }
    }
    (command.to_owned(), dumps)
}

/// Calls `check` with each recorded dump in a folder. The arguments are the command, the name of the input and the
/// dump.
fn for_each_dump(folder: &str, check: impl Fn(&str, &str, &str)) {
    let mut count = 0;
    for entry in fs::read_dir(dumps(folder)).expect("the folder exists") {
        let (command, dumps) = recorded(&entry.expect("the folder can be read").path());
        for (input, dump) in &dumps {
            check(&command, input, dump);
            count += 1;
        }
    }
    assert!(count > 40, "{folder} holds {count} dumps");
}

fn dump(file: &str, input: &str) -> String {
    let (_, dumps) = recorded(&dumps(file));
    let dump = dumps.into_iter().find(|(name, _)| name == input);
    dump.expect("the input is recorded").1
}

fn read(text: &str) -> Result<Vec<u8>, String> {
    let parts = parse(text)?;
    Ok(parts.selected(false).flatten().copied().collect())
}

/// Returns the error message for a text that is not accepted.
fn refused(text: &str) -> String {
    match read(text) {
        Ok(bytes) => panic!("{text}\nis read as {bytes:x?}"),
        Err(why) => why,
    }
}

#[test]
fn dumps_of_bytes_are_read() {
    for_each_dump("read", |command, name, dump| match dump.trim() {
        "000000" => assert!(refused(dump).starts_with("the text is three bytes, or")),
        _ => assert_eq!(read(dump), Ok(input(name)), "{command}, {name}\n{dump}"),
    });
}

/// The dumps in this folder have words of several bytes, characters, or decimal or octal numbers, so they are not
/// accepted.
#[test]
fn other_dumps_are_refused() {
    for_each_dump("refused", |_, _, dump| {
        refused(dump);
    });
}

#[test]
fn dumps_of_gdb_objdump_and_readelf_are_read() {
    let bytes = Ok(&b"\x4d\0\0\0\x4e\0\0\0y\xdf"[..]);
    let gdb = "0x4010 <gev>:\t0x4d\t0x00\t0x00\t0x00\t0x4e\t0x00\t0x00\t0x00\n0x4018 <gev+8>:\t0x79\t0xdf\n";
    assert_eq!(read(gdb).as_deref(), bytes);
    let words = "0x4010 <gev>:\t0x0000004d\t0x0000004e\n";
    assert!(refused(words).contains("is a number of several bytes"));
    let objdump = "\nprog.o:     file format elf64-little\n\nContents of section .data:\n 0000 4d000000 \
                   4e000000 79df                  M...N...y.      \n";
    assert_eq!(read(objdump).as_deref(), bytes);
    let readelf = "\nHex dump of section '.data':\n  0x00000000 4d000000 4e000000 79df              \
                   M...N...y.\n\n";
    assert_eq!(read(readelf).as_deref(), bytes);
}

#[test]
fn offsets_are_not_read_as_data() {
    for (text, why) in [
        // In these texts, the offset does not match the line before it.
        (
            "0000000 00 01\n0000004 04 05\n0000006\n",
            "line 1: has 2 bytes, but 4 according to",
        ),
        (
            "000000 00 01\n000004 04 05\n",
            "line 1: has 2 bytes, but 4 according to",
        ),
        (
            "000010 00 01\n000002 04 05\n",
            "line 2: has an offset that does not match",
        ),
        // In these texts, the first word of a line may be an offset or a byte.
        (
            "000000 00 01 02\n",
            "line 1: may begin with an offset or with bytes",
        ),
        (
            "00 ea 03\n02 07 00\n04 05 06\n06 07 08\n",
            "the first column may be offsets",
        ),
        (
            "00000000 000003ea 000007d2\n00000008 00000000 00000001\n00000010\n",
            "the first column",
        ),
        // In these texts, the second line does not begin with the right offset.
        ("0000000 00 00\nea 03\n", "line 2"),
        (
            "0000000 00 00\nnothing\n",
            "line 2: does not begin with an offset",
        ),
    ] {
        let message = refused(text);
        assert!(message.starts_with(why), "{text}\n{message}");
    }
}

#[test]
fn repetitions_are_bounded_and_unambiguous() {
    for (text, why) in [
        ("0000000 00 00\n*\n", "line 2: no offset after '*'"),
        (
            "0000000 00 00\n*\n0000007\n",
            "line 3: has an offset that does not fit",
        ),
        (
            "0000000 00 00\n*\n0000001\n",
            "line 3: has an offset that does not fit",
        ),
        ("*\n0000002 00 00\n0000004\n", "line 1: '*' stands for"),
        (
            "0000000 00 00\n*\n*\n0000010\n",
            "line 3: '*' does not follow a line",
        ),
        (
            "0000000 00 00\n*\nffffffffffffffe\n",
            "line 3: exceeds 1073741824 bytes",
        ),
        (
            "00000000: 00 00  ..\n*\nfffffffffffffffe: 00 00  ..\n",
            "line 3: exceeds",
        ),
        // The offset 40 may be octal or decimal.
        (
            "0000000 00 00\n*\n0000040\n",
            "the offsets may be decimal, octal",
        ),
        (
            " 00 00\n*\n 01 00\n",
            "line 2: '*' stands for repeated lines",
        ),
    ] {
        let message = refused(text);
        assert!(message.starts_with(why), "{text}\n{message}");
    }
    assert_eq!(
        read("000000 00 07\n*\n000006 01\n000007\n"),
        Ok([0, 7, 0, 7, 0, 7, 1].to_vec())
    );
}

#[test]
fn long_lines_are_bounded() {
    let line = |bytes: usize| format!("0000000 {}\n", "20 ".repeat(bytes));
    assert_eq!(read(&line(1 << 16)).map(|bytes| bytes.len()), Ok(1 << 16));
    let message = refused(&line((1 << 16) + 1));
    assert!(
        message.starts_with("line 1: has more than 65536 bytes"),
        "{message}"
    );
}

#[test]
fn each_of_several_dumps_is_a_part() {
    for file in ["read/od-Ax-tx1.txt", "read/xxd.txt"] {
        let twice = dump(file, "text").repeat(2);
        let parts = parse(&twice).expect("the dumps are sound");
        let parts: Vec<_> = parts.selected(false).collect();
        assert_eq!(parts, [b"twenty bytes of text"; 2]);
    }
}

#[test]
fn lists_and_strings_are_read() {
    let bytes = Ok([0xea, 0x03, 0].to_vec());
    for text in [
        "ea 03 00",
        "ea0300\n",
        "EA0300",
        "0xea 0x03 0x0",
        "0xea, 0x03, 0x00",
        "{ 0xea, 0x3, 0, }",
        "[0xea, 0x03, 0x00]",
        "&[0xeau8, 0x03, 0x00];",
        "static const __u8 bytes[3] = {\n\t0xea, /* 0x00, */ 0x03, // , {\n\t0x00\n};\n",
        "unsigned char b[] = {\n  0xea, 0x03, 0x00\n};\nunsigned int b_len = 3;\n",
        "\\xea\\x03\\x00",
        "\"\\xea\\x03\\x00\"",
        "b'\\xea\\x03\\x00'\n",
        "\"\\xea\\x03\\\n\\x00\";",
    ] {
        assert_eq!(read(text), bytes, "{text}");
    }
    let two = "unsigned char a[] = { 0x01 };\nunsigned char b[] = { 0x02 };\n";
    let parts = parse(two).expect("the text is sound");
    assert_eq!(parts.selected(false).collect::<Vec<_>>(), [[1], [2]]);
    for text in [
        "1, 2, 3",
        "ea, 03, 00",
        "{ 0xea, 256 }",
        "0x03ea, 0x0000",
        "0x03ea 0x0000",
        "unsigned char b[] = { 0xea };\nunsigned int b_len = 2;\n",
        "unsigned char b[] = { 0xea }; more",
        "\\xea\\n",
        "\\xe",
        "\\xea\\x",
        "ea 0",
        "ea é0",
    ] {
        refused(text);
    }
}

#[test]
fn dumps_of_bpftool_are_read() {
    let wanted = |text: &str, keys| -> Vec<Vec<u8>> {
        let parts = parse(text).unwrap_or_else(|e| panic!("{text}\n{e}"));
        parts.selected(keys).map(<[u8]>::to_vec).collect()
    };
    let plain = "12: hash  name counts  flags 0x0\nkey: 01 00  value: 02 00\nkey:\n03 00\nvalue:\n04 00\n\
                 key: 05 00  value: <no entry>\nFound 2 elements\n";
    let per_cpu =
        "key:\n01 00\nvalue (CPU 00): 02 00\nvalue (CPU 01): 04 00\nkey:\n03 00\nFound 1 element\n";
    let json = r#"[{"key":["0x01","0x00"],"value":["0x02","0x00"],"formatted":{"key":1,"value":{"a":2}}},
        {"key":["0x03","0x00"],"value":["0x04","0x00"]},
        {"key":["0x05","0x00"],"value":{"error":"No such file or directory"}}]"#;
    let json_per_cpu = r#"[{"key":["0x01","0x00"],"values":[{"cpu":0,"value":["0x02","0x00"]},
        {"cpu":1,"value":["0x04","0x00"]}]},{"key":["0x03","0x00"],"values":[]}]"#;
    let maps = r#"[{"id":7,"type":"hash","name":"m","flags":0,"elements":[{"key":["0x01","0x00"],"value":["0x02","0x00"]}]},
        {"id":8,"elements":[{"key":["0x03","0x00"],"value":["0x04","0x00"]}]}]"#;
    let documents = "{\"key\":[\"0x01\",\"0x00\"],\"value\":[\"0x02\",\"0x00\"]}\n{\"key\":[\"0x03\",\"0x00\"],\"value\":[\"0x04\",\"0x00\"]}\n";
    for text in [plain, per_cpu, json, json_per_cpu, maps, documents] {
        assert_eq!(wanted(text, false), [[2, 0], [4, 0]], "{text}");
        assert_eq!(wanted(text, true)[..2], [[1, 0], [3, 0]], "{text}");
    }
    let events = "== @1.000000002 CPU: 0 index: 0 =====\n02 00\nlost 3 events\n== @1.000000002 CPU: 1 index: 1 \
                  =====\n04 00\n";
    let json_events = r#"[{"type":9,"cpu":0,"index":0,"timestamp":2,"data":["0x02","0x00"]},
        {"type":2,"cpu":0,"index":0,"lost":{"id":1,"count":3}},{"type":9,"data":["0x04","0x00"]}]"#;
    let arrays = r#"[["0x02","0x00"],["0x04","0x00"]]"#;
    for text in [events, json_events, arrays] {
        assert_eq!(wanted(text, false), [[2, 0], [4, 0]], "{text}");
    }
    assert_eq!(wanted("[]", false), Vec::<Vec<u8>>::new());
    assert_eq!(wanted("Found 0 elements\n", false), Vec::<Vec<u8>>::new());
}

#[test]
fn formatted_values_are_refused() {
    for text in [
        "[{\n        \"key\": {\n            \"pid\": 2\n        },\n        \"value\": {\n            \"tid\": 3\n}}]",
        "[{\"key\": 2,\"value\": {\"tid\": 3}}]",
        "[{\"key\": 2,\"values\": [{\"cpu\": 0,\"value\": {\"tid\": 3}}]}]",
        "[{\"key\": 0x2,\"value\": 3}]",
        "[{\"value\": \"text\"}]",
        "[{\"value\": [1, 2]}]",
        "[{\"value\": [true]}]",
        "[{\"value\": [[[-1]]]}]",
        "[{\"value\": [1.5]}]",
        "[{\"key\":[\"0x01\"],\"value\":[\"0x02\"]",
    ] {
        let message = refused(text);
        assert!(
            message.contains("'bpftool -j map dump'"),
            "{text}\n{message}"
        );
    }
    let message = refused("{\"error\":\"can't get map\"}");
    assert!(
        message.starts_with("line 1: bpftool reports: can't get map"),
        "{message}"
    );
    let message =
        refused("[{\"key\":[\"0x01\"],\"value\":{\"error\":\"Operation not permitted\"}}]");
    assert!(
        message.starts_with("line 1: bpftool reports: Operation"),
        "{message}"
    );
    refused("[{\"value\":[\"0x123\"]}]");
    refused("[{\"bytes\":[\"0x12\"]}]");
    refused("key: 01  inner_map_id: 12 \n");
}
