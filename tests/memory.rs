//! Tests how much memory the command needs. The command runs under a limit of address space, which in most tests
//! depends on the size of the unpacked input.
#![cfg(all(target_os = "linux", feature = "cli"))]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support;
use crate::support::encode::{Encoder, Endian, STRUCT, UNSIGNED, info, member};
use crate::support::{elf, pack};

/// The address space that is allowed in addition to the input, in bytes. The program and its libraries also count as
/// address space.
const OVERHEAD: u64 = 64 << 20;

/// Converts a file with all its functions. The limit of address space is in bytes.
fn run_within(path: &Path, limit: u64) -> Output {
    let arguments = format!("-q --functions all {} -o /dev/null", path.display());
    command_within(&arguments, limit)
}

/// Runs the command under a limit of address space, in bytes.
fn command_within(arguments: &str, limit: u64) -> Output {
    let program = env!("CARGO_BIN_EXE_btf2wit");
    let command = format!("ulimit -v {} && exec {program} {arguments}", limit / 1024);
    Command::new("sh")
        .args(["-c", &command])
        .output()
        .expect("there is a shell")
}

/// Checks that a file with these bytes is converted under a limit of address space, in bytes.
fn converts_within(name: &str, bytes: &[u8], limit: u64) {
    let output = run_on(name, bytes, limit);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {message}");
}

fn run_on(name: &str, bytes: &[u8], limit: u64) -> Output {
    let folder = tempfile::tempdir().expect("disk space");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("disk space");
    run_within(&path, limit)
}

/// Returns the limit for converting BTF, in bytes. It allows for the BTF, for tables of about the same size, and for
/// the overhead.
fn for_btf(btf: &[u8]) -> u64 {
    2 * btf.len() as u64 + OVERHEAD
}

#[test]
fn a_kernel_is_converted_in_little_memory() {
    let kernel = support::kernel();
    converts_within("vmlinux", kernel, for_btf(kernel));
}

/// Converts many types of one name, and a type with very many members of one name.
#[test]
fn colliding_names_take_little_memory() {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    for _ in 0..60_000 {
        btf.struct_("same", 4, &[member("value", int, 0)]);
    }
    let same: Vec<_> = (0..60_000).map(|i| member("same", int, i * 32)).collect();
    btf.struct_("clones", 240_000, &same);
    let btf = btf.finish();
    converts_within("rivals", &btf, for_btf(&btf));
}

/// Converts many pointers to types with long names. The cache of C declarations has a maximum size, and has no
/// declarations of more than 400 bytes.
#[test]
fn long_names_take_little_memory() {
    const POINTERS: u32 = 9_000;
    let names: Vec<String> = (0..POINTERS).map(|i| format!("m{i}")).collect();
    for (length, holders) in [(4_000, 8), (380, 24)] {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
        for holder in 0..holders {
            let long = format!("n{holder}_{}", "n".repeat(length));
            let named = btf.struct_(&long, 4, &[member("value", int, 0)]);
            let first = btf.next_id();
            for _ in 0..POINTERS {
                btf.ptr(named);
            }
            let pointers = names.iter().zip(0..);
            let members: Vec<_> = pointers
                .map(|(name, i)| member(name, first + i, i * 64))
                .collect();
            btf.struct_(&format!("holder{holder}"), POINTERS * 8, &members);
        }
        let btf = btf.finish();
        converts_within(&format!("names-{length}"), &btf, for_btf(&btf));
    }
}

/// The names of the members are suffixes of one name. Together, their labels are thousands of times as long as that
/// name.
#[test]
fn names_inside_a_name_take_little_memory() {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    let long = btf.string("ab_".repeat(1_365));
    for holder in 0..16 {
        let name = btf.string(format!("holder{holder}"));
        let members: Vec<u32> = (0..1_000)
            .flat_map(|i| [long + 1 + i % 600, int, i * 32])
            .collect();
        btf.raw(name, info(STRUCT, 1_000, false), 4_000, &members);
    }
    let btf = btf.finish();
    converts_within("inside", &btf, for_btf(&btf));
}

/// Converts enums with the largest number of enumerators, which all have one long name. There are three cases: all
/// enumerators have the same value, there are more values than WIT allows, or the enumerators are in two enums whose
/// macros in C bindings may be the same.
#[test]
fn many_enumerators_of_a_long_name_take_little_memory() {
    let (long, half) = ("N".repeat(1_100), "N".repeat(600));
    let same = vec![(&*long, 7); 65_535];
    let unlike: Vec<_> = (0..65_535).map(|value| (&*long, value)).collect();
    let shorter = vec![(&*half, 7); 65_535];
    for (name, enums) in [
        ("synonyms", vec![("e", &same)]),
        ("others", vec![("e", &unlike)]),
        ("macros", vec![("e", &shorter), ("e_f", &shorter)]),
    ] {
        let mut btf = Encoder::new(Endian::Little);
        for (name, values) in enums {
            btf.enum_(name, 4, false, values);
        }
        let btf = btf.finish();
        converts_within(name, &btf, for_btf(&btf));
    }
}

/// Converts types that share one long name. Each has a label of its own, so the labels would take far more memory than
/// the names. Therefore the BTF is refused.
#[test]
fn labels_of_long_names_are_bounded() {
    for name in ["n".repeat(4_000), format!("{}n", "list_".repeat(800))] {
        let mut btf = Encoder::new(Endian::Little);
        let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
        for _ in 0..8_000 {
            btf.struct_(&name, 4, &[member("value", int, 0)]);
        }
        let btf = btf.finish();
        let output = run_on("labels", &btf, for_btf(&btf));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(
            message.contains("the names of all types together need more than"),
            "{message}"
        );
        assert_eq!(output.status.code(), Some(1));
    }
}

/// A decoder stores each name only once, even if many members have it.
#[test]
fn long_names_are_decoded_in_little_memory() {
    const MEMBERS: u32 = 9_999;
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    let long = "_".repeat(900);
    let members: Vec<_> = (0..MEMBERS).map(|i| member(&long, int, 32 * i)).collect();
    let parts: Vec<u32> = (0..8)
        .map(|i| btf.struct_(&format!("s{i}"), 4 * MEMBERS, &members))
        .collect();
    let names: Vec<String> = (0..8).map(|i| format!("m{i}")).collect();
    let members: Vec<_> = (0..8)
        .map(|i| member(&names[i], parts[i], 32 * MEMBERS * i as u32))
        .collect();
    btf.struct_("all", 32 * MEMBERS, &members);
    let folder = tempfile::tempdir().expect("disk space");
    let (types, records) = (folder.path().join("types"), folder.path().join("records"));
    let btf = btf.finish();
    fs::write(&types, &btf).expect("disk space");
    fs::write(&records, vec![0; 32 * MEMBERS as usize]).expect("disk space");
    let (types, records) = (types.display(), records.display());
    let arguments = format!("decode -q {types} --type all {records}");
    let output = command_within(&arguments, for_btf(&btf));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

/// WAVE repeats long labels for each element of an array, so the text is written piece by piece and is never in memory
/// as a whole.
#[test]
fn values_of_long_labels_are_written_in_little_memory() {
    let mut btf = Encoder::new(Endian::Little);
    let byte = btf.int("unsigned char", 1, UNSIGNED, 0, 8);
    let names: Vec<String> = (0..200)
        .map(|i| format!("{}{i}", "m".repeat(4_000)))
        .collect();
    let members: Vec<_> = names.iter().map(|name| member(name, byte, 0)).collect();
    let element = btf.struct_("element", 1, &members);
    let array = btf.array(element, byte, 300);
    btf.struct_("all", 300, &[member("list", array, 0)]);
    let folder = tempfile::tempdir().expect("disk space");
    let (types, records) = (folder.path().join("types"), folder.path().join("records"));
    let btf = btf.finish();
    fs::write(&types, &btf).expect("disk space");
    fs::write(&records, [1; 300]).expect("disk space");
    let (types, records) = (types.display(), records.display());
    let arguments = format!("decode -q {types} --type all {records} >/dev/null");
    let output = command_within(&arguments, for_btf(&btf));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

/// The header of the xz file asks for a window of 64 MiB, and that of the zstd file for one of 128 MiB, which is the
/// largest that is allowed. Memory for a window is allocated only as far as the window is filled.
#[test]
fn a_packed_kernel_is_converted_in_little_memory() {
    let kernel = support::kernel();
    let packed = [
        ("vmlinux.gz", pack::gzip(kernel)),
        ("vmlinux.xz", pack::xz_asking(kernel, 26, false)),
        ("vmlinux.zst", pack::zstd_asking(kernel, 27)),
    ];
    for (name, packed) in packed {
        converts_within(name, &packed, for_btf(kernel));
    }
}

/// Returns a file that has one struct, and before it another section of `size` bytes.
fn large(size: usize) -> Vec<u8> {
    behind(&vec![0xa5; size])
}

/// Returns a file that has one struct, and before it another section with the given content.
fn behind(other: &[u8]) -> Vec<u8> {
    let mut btf = Encoder::new(Endian::Little);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    btf.struct_("one", 4, &[member("value", int, 0)]);
    let sections = [(".debug_info", other), (".BTF", &btf.finish())];
    elf::file(64, Endian::Little, 62, &sections)
}

/// The content of a packed file must be in memory only once.
#[test]
fn large_packed_files_take_little_more_than_their_content() {
    let file = large(60_000_000);
    let packed = [
        ("vmlinux.gz", pack::gzip(&file)),
        ("vmlinux.xz", pack::xz_asking(&file, 23, false)),
        ("vmlinux.zst", pack::zstd_asking(&file, 23)),
    ];
    for (name, packed) in packed {
        converts_within(name, &packed, file.len() as u64 + OVERHEAD);
    }
}

/// Content that compresses badly must not take more memory than other content. This file is as large as many kernels.
#[test]
fn files_that_stay_large_when_packed_take_little_more_than_their_content() {
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    });
    let mut other: Vec<u8> = noise.take(4_500_000).flat_map(u64::to_le_bytes).collect();
    other.resize(150_000_000, 0xa5);
    let file = behind(&other);
    let packed = pack::gzip(&file);
    assert!(packed.len() > 35_000_000);
    converts_within("vmlinux.gz", &packed, file.len() as u64 + OVERHEAD);
}

/// If an ELF file is not packed, only the needed parts of it are read. The limit is lower than the size of this sparse
/// file, which is 65 MB.
#[test]
fn a_large_file_is_not_read_whole() {
    use std::io::{Seek, SeekFrom, Write};

    let folder = tempfile::tempdir().expect("disk space");
    let path = folder.path().join("vmlinux");
    let whole = large(65_000_000);
    let filled = whole.iter().rposition(|byte| *byte == 0xa5).expect("it is");
    let mut file = fs::File::create(&path).expect("disk space");
    file.write_all(&whole[..64]).expect("disk space");
    file.seek(SeekFrom::Start(filled as u64 + 1))
        .expect("it can");
    file.write_all(&whole[filled + 1..]).expect("disk space");
    let found = file.metadata().expect("it is there");
    assert_eq!(found.len(), whole.len() as u64);
    let output = run_within(&path, 32 << 20);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

/// If a file asks for a window that is too large, it is refused before the window is allocated.
#[test]
fn packed_files_with_large_windows_are_refused() {
    let hostile = [
        ("window.xz", pack::xz_asking(b"content", 31, true)),
        ("window.zst", pack::zstd_asking(b"content", 41)),
    ];
    for (name, packed) in hostile {
        let output = run_on(name, &packed, OVERHEAD);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {message}");
        assert!(
            message.contains("it takes a window of more than"),
            "{message}"
        );
    }
}

/// If memory cannot be allocated, the command prints an ordinary error.
#[test]
fn content_that_does_not_fit_is_an_error() {
    let content = vec![0; 100_000_000];
    for (name, packed) in [
        ("bomb.gz", pack::gzip(&content)),
        ("bomb.xz", pack::xz(&content)),
        ("bomb.zst", pack::zstd(&content)),
    ] {
        let output = run_on(name, &packed, OVERHEAD);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {message}");
        assert!(message.contains("cannot be unpacked with"), "{message}");
    }
}
