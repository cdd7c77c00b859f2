//! Tests all kinds of inputs: raw BTF, ELF files of both classes and byte orders, packed files, boot images, and split
//! BTF.

use std::path::PathBuf;

use crate::support;
use crate::support::encode::{Encoder, Endian, UNSIGNED, member};
use crate::support::{elf, judge};
#[cfg(feature = "cli")]
use crate::support::{image, pack};
#[cfg(feature = "cli")]
use btf2wit::Place;
use btf2wit::{Base, BaseOrigin, Config, Functions};

/// Returns BTF with one struct of two members, and their type `unsigned int`.
fn pair() -> Encoder {
    encode(Endian::Little)
}

fn encode(endian: Endian) -> Encoder {
    let mut btf = Encoder::new(endian);
    let int = btf.int("unsigned int", 4, UNSIGNED, 0, 32);
    btf.struct_(
        "pair",
        8,
        &[member("left", int, 0), member("right", int, 32)],
    );
    btf
}

/// Returns the description of the base with which a package was read.
fn base_of(config: &Config) -> Base {
    let package = config.load().expect("sound BTF");
    package.source().base.expect("it is split")
}

fn error(config: &Config) -> String {
    match config.load() {
        Ok(_) => panic!("it is accepted"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn elf_files_of_all_shapes() {
    for bits in [32, 64] {
        for endian in [Endian::Little, Endian::Big] {
            let btf = encode(endian).finish();
            let file = elf::file(
                bits,
                endian,
                elf::BPF,
                &[(".text", b"code"), (".BTF", &btf)],
            );
            let wit = support::wit(Config::new().input_bytes("prog.bpf.o", file));
            judge::valid(&wit).expect("valid WIT");
            let head = format!("pointers of {} bytes (as the ELF file says)", bits / 8);
            assert!(wit.contains(&head), "{wit}");
            assert!(wit.contains("package bpf:prog;"));
            assert!(wit.contains("record pair {"));
        }
    }
}

#[test]
fn elf_files_without_btf_say_how_to_get_it() {
    let file = |sections| elf::file(64, Endian::Little, 62, sections);
    let without = error(Config::new().input_bytes("prog", file(&[(".text", b"code")])));
    assert_eq!(
        without,
        "prog: has no '.BTF' section: compile with -g (clang -target bpf), or a kernel with \
         CONFIG_DEBUG_INFO_BTF"
    );
    let dwarf = error(Config::new().input_bytes("prog", file(&[(".debug_info", b"dwarf")])));
    assert_eq!(
        dwarf,
        "prog: has no '.BTF' section, only DWARF: 'pahole -J FILE' makes one of it"
    );
    let empty = error(Config::new().input_bytes("prog", file(&[(".BTF", b"")])));
    assert_eq!(empty, "prog: has a '.BTF' section without content");
}

/// clang leaves some types out of BTF that it writes to DWARF. If such a type is requested, the error says how to get
/// it from DWARF.
#[test]
fn a_type_that_only_dwarf_has_is_found_there() {
    let btf = pair().finish();
    let unknown = |sections: &[(&str, &[u8])], name: &str| {
        let sections = [&[(".BTF", &btf[..])], sections].concat();
        let file = elf::file(64, Endian::Little, elf::BPF, &sections);
        error(Config::new().input_bytes("prog.bpf.o", file).types([name]))
    };
    let names = (".debug_str", &b"clang\0lost\0int\0found_lost"[..]);
    let dwarf = [(".debug_info", &b"dwarf"[..]), names];
    let hint = "run 'pahole --btf_encode_detached=x.btf FILE', then 'btf2wit x.btf'";
    for name in ["lost", "struct lost", "clang"] {
        let message = unknown(&dwarf, name);
        assert!(message.contains(hint), "{message}");
        assert!(message.contains("anchor it with"), "{message}");
    }
    for name in ["ost", "found", "found_lost", "", "los*"] {
        assert!(!unknown(&dwarf, name).contains("pahole"), "{name}");
    }
    assert!(!unknown(&[names], "lost").contains("pahole"));
    assert!(!unknown(&[], "lost").contains("pahole"));
    // If the input is a file, the message contains its path.
    let file = tempfile::NamedTempFile::new().expect("disk space");
    let sections = [(".BTF", &btf[..]), dwarf[0], dwarf[1]];
    let content = elf::file(64, Endian::Little, elf::BPF, &sections);
    std::fs::write(file.path(), content).expect("disk space");
    let message = error(Config::new().input(file.path()).types(["lost"]));
    let name = format!("x.btf {}'", file.path().display());
    assert!(message.contains(&name), "{message}");
}

#[cfg(feature = "cli")]
#[test]
fn packed_files_are_recognized_by_their_content() {
    let plain = support::wit(
        Config::new()
            .input(support::object("event", "bpfel"))
            .package("a:b"),
    );
    for ending in ["gz", "xz", "zst"] {
        let path = support::testdata().join(format!("packed/event.o.{ending}"));
        let packed = std::fs::read(&path).expect("it is committed");
        let convert = |bytes: &[u8]| {
            let mut config = Config::new();
            config
                .input_bytes("event.bpfel.o", bytes)
                .package("a:b")
                .load()
        };
        let package = convert(&packed).expect("sound BTF");
        assert_eq!(support::text(&package), plain, "{ending}");
        assert!(package.source().packed.is_some());
        let cut = convert(&packed[..packed.len() / 2])
            .err()
            .expect("half of it is missing");
        assert!(cut.to_string().contains("cannot be unpacked with"), "{cut}");
    }
}

/// A boot image for x86 contains an ELF file. A boot image for arm64 contains a kernel without sections. Each is read
/// in every compression that the kernel's build offers, except lzo.
#[cfg(feature = "cli")]
#[test]
fn boot_images_are_unpacked() {
    let btf = pair().finish();
    let mut other = Encoder::new(Endian::Little);
    other.int("int", 4, 1, 0, 32);
    let sections = [(".text", &b"code"[..]), (".BTF", &btf)];
    let vmlinux = elf::file(64, Endian::Little, 62, &sections);
    // The image also contains other BTF, which is shorter and not that of the kernel.
    let plain = image::plain(&[other.finish(), btf.clone()].concat());
    let formats: [(&str, pack::Pack); 6] = [
        ("gzip", pack::gzip),
        ("xz", pack::xz),
        ("zstd", pack::zstd),
        ("bzip2", pack::bzip2),
        ("lz4", pack::lz4),
        ("lzma", pack::lzma),
    ];
    for (name, pack) in formats {
        let size = (name != "gzip").then_some(vmlinux.len() as u32);
        let images = [
            (image::of_x86(&pack(&vmlinux), size), Place::Elf),
            (image::of_efi(&pack(&plain)), Place::Image),
            (pack(&plain), Place::Image),
            (
                pack::gzip(&image::of_x86(&pack(&vmlinux), size)),
                Place::Elf,
            ),
        ];
        for (bytes, place) in images {
            reads_pair(&bytes, place, true);
        }
    }
    reads_pair(&plain, Place::Image, false);
}

/// Reads an image from memory and from a file, and checks that it contains the struct of [`pair`].
#[cfg(feature = "cli")]
fn reads_pair(image: &[u8], place: Place, is_packed: bool) {
    let file = tempfile::NamedTempFile::new().expect("disk space");
    std::fs::write(file.path(), image).expect("disk space");
    for config in [
        Config::new().input_bytes("vmlinuz", image),
        Config::new().input(file.path()),
    ] {
        let package = config.load().expect("sound BTF");
        assert_eq!(package.source().place, place);
        assert_eq!(package.source().packed.is_some(), is_packed);
        assert!(support::text(&package).contains("record pair {"));
    }
}

#[cfg(feature = "cli")]
#[test]
fn boot_images_that_are_not_read_give_advice() {
    let refused = |image: &[u8]| error(Config::new().input_bytes("vmlinuz", image));
    let packed = pack::gzip(&elf::file(64, Endian::Little, 62, &[(".text", b"code")]));
    let without = "vmlinuz: has no '.BTF' section: compile with -g (clang -target bpf), or a kernel with \
                   CONFIG_DEBUG_INFO_BTF";
    assert_eq!(refused(&image::of_x86(&packed, None)), without);
    let mut old = image::of_x86(&packed, None);
    old[0x206] = 7;
    let mut endless = image::of_x86(&packed, None);
    endless[0x248..0x250].fill(0xff);
    let mut torn = pair().finish();
    *torn.last_mut().expect("it has names") = b'x';
    for image in [
        old,
        endless,
        image::of_x86(b"\x89LZO", None),
        image::of_efi(b"\x89LZO"),
        image::of_efi(&pack::gzip(b"no kernel at all")),
        image::plain(b""),
        image::plain(&torn),
        b"MZ, a program of another system".to_vec(),
    ] {
        let message = refused(&image);
        assert!(message.contains("'scripts/extract-vmlinux'"), "{message}");
    }
    let cut = image::of_x86(&packed[..packed.len() - 9], None);
    assert!(refused(&cut).contains("cannot be unpacked with gzip"));
}

#[cfg(feature = "cli")]
#[test]
fn sections_may_be_compressed() {
    use std::io::Write;

    let btf = pair().finish();
    let compressed = |size: u64| {
        // The header `Elf64_Chdr` has the format (1 is zlib), 4 bytes of padding, the unpacked size and the alignment.
        let mut section = [
            &1u64.to_le_bytes()[..],
            &size.to_le_bytes(),
            &1u64.to_le_bytes(),
        ]
        .concat();
        let mut packer = flate2::write::ZlibEncoder::new(&mut section, flate2::Compression::best());
        packer.write_all(&btf).expect("a vector takes all");
        packer.finish().expect("a vector takes all");
        let sections = [(".BTF", &section[..], elf::COMPRESSED)];
        elf::flagged(64, Endian::Little, elf::BPF, &sections)
    };
    let sound = compressed(btf.len() as u64);
    assert!(support::wit(Config::new().input_bytes("prog", sound)).contains("record pair {"));
    assert_eq!(
        error(Config::new().input_bytes("prog", compressed(btf.len() as u64 + 1))),
        "prog: is a broken ELF file: Uncompressed data size does not match compression header"
    );
    assert_eq!(
        error(Config::new().input_bytes("prog", compressed(u64::MAX))),
        "prog: has a section that unpacks to more than 1073741824 bytes"
    );
}

/// Returns the configuration for the module openvswitch, with the kernel for which it was built as the base.
fn module() -> Config {
    let mut config = Config::new();
    config
        .input(support::testdata().join("openvswitch-6.12-amd64.btf.xz"))
        .base_bytes(support::KERNEL, support::kernel())
        .package("linux:openvswitch")
        .world("module");
    config
}

#[test]
fn a_module_has_its_own_types_and_what_they_need() {
    let wit = support::wit(&module());
    judge::valid(&wit).expect("valid WIT");
    assert!(wit.contains("types over a base of 113665,"));
    let base = base_of(&module());
    assert_eq!(base.origin, BaseOrigin::Named(support::KERNEL.to_owned()));
    assert_eq!(base.types, 113665);
    assert!(wit.contains("    record vport {\n"));
    // `list_head` is a type of the base that the module needs, and `task_struct` is one that it does not need.
    assert!(wit.contains("    record list-head {\n"));
    assert!(!wit.contains("    record task-struct {\n"));
    let wit = support::wit(module().functions(Functions::All));
    judge::valid(&wit).expect("valid WIT");
    assert!(wit.contains("    ovs-vport-add: func("));
    assert!(!wit.contains("    vfs-open: func("));
    let wit = support::wit(module().types(["vport"]));
    support::snapshots().bind(|| insta::assert_snapshot!("module-vport", wit));
}

/// The names and the text of the base's types are the same with and without a module.
#[test]
fn a_base_is_written_as_if_it_stood_alone() {
    let with_base = support::wit(module().with_base(true));
    judge::valid(&with_base).expect("valid WIT");
    let alone = support::wit(&support::kernel_config());
    let items = |wit: &str| -> Vec<String> {
        let body = wit.split_once("interface types {\n").expect("it has one").1;
        let body = body.split_once("\n}\n").expect("it ends").0;
        body.split("\n\n").map(str::to_owned).collect()
    };
    let with_base: std::collections::HashSet<String> = items(&with_base).into_iter().collect();
    let missing: Vec<String> = items(&alone)
        .into_iter()
        .filter(|item| !with_base.contains(item))
        .collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn a_module_may_bring_its_base_along() {
    let base = pair();
    let mut split = Encoder::split(&base);
    split.struct_("holder", 8, &[member("held", 2, 0)]);
    let sections = [
        (".BTF.base", &base.finish()[..]),
        (".BTF", &split.finish()[..]),
    ];
    let file = elf::file(64, Endian::Little, 62, &sections);
    let mut config = Config::new();
    config.input_bytes("module.ko", file);
    let wit = support::wit(&config);
    judge::valid(&wit).expect("valid WIT");
    assert!(wit.contains("held: pair,"), "{wit}");
    assert_eq!(base_of(&config).origin, BaseOrigin::BroughtAlong);
}

#[test]
fn a_missing_base_is_asked_for() {
    let mut split = Encoder::split(&pair());
    split.struct_("holder", 8, &[member("held", 2, 0)]);
    let split = split.finish();
    assert_eq!(
        error(Config::new().input_bytes("module", split.clone())),
        "module: is split BTF, as kernel modules have it: name the vmlinux that it was built for \
         with --base"
    );
    let alone = pair().finish();
    let mut config = Config::new();
    assert_eq!(
        error(
            config
                .input_bytes("vmlinux", alone.clone())
                .base_bytes("vmlinux", alone)
        ),
        "vmlinux: is not split BTF, so --base has no effect"
    );
    let big = encode(Endian::Big).finish();
    assert_eq!(
        error(
            Config::new()
                .input_bytes("module", split)
                .base_bytes("vmlinux", big)
        ),
        "module: its byte order is not that of its base"
    );
}

/// In `/sys/kernel/btf`, the file of the base is in the same folder as those of its modules.
#[test]
fn a_base_beside_the_module_is_found() {
    let folder = tempfile::tempdir().expect("disk space");
    let base = pair();
    let mut split = Encoder::split(&base);
    split.struct_("holder", 8, &[member("held", 2, 0)]);
    std::fs::write(folder.path().join("vmlinux"), base.finish()).expect("disk space");
    let module: PathBuf = folder.path().join("holder");
    std::fs::write(&module, split.finish()).expect("disk space");
    let mut config = Config::new();
    config.input(module);
    assert!(support::wit(&config).contains("held: pair,"));
    let beside = BaseOrigin::Beside(folder.path().join("vmlinux"));
    assert_eq!(base_of(&config).origin, beside);
}

/// Returns a module without names of its own, in two encodings: with an empty string section, and with a string section
/// that has only the empty name.
fn without_names(add: impl Fn(&mut Encoder)) -> [Vec<u8>; 2] {
    let base = pair();
    let mut split = Encoder::split(&base);
    add(&mut split);
    let empty = split.finish();
    let mut one = [&empty[..], &[0]].concat();
    one[20] = 1;
    [empty, one]
}

/// Some modules in `/sys/kernel/btf` have no names of their own. They must be read with their base nevertheless.
#[test]
fn a_module_without_names_of_its_own_is_split() {
    let folder = tempfile::tempdir().expect("disk space");
    std::fs::write(folder.path().join("vmlinux"), pair().finish()).expect("disk space");
    let typed = without_names(|split| {
        let pointer = split.ptr(2);
        split.typedef("left", pointer);
    });
    let empty = without_names(|_| {});
    for (module, has_types) in [(typed, true), (empty, false)]
        .into_iter()
        .flat_map(|(modules, has_types)| modules.map(|module| (module, has_types)))
    {
        let named = |config: &mut Config| {
            config.base_bytes("vmlinux", pair().finish());
            config.input_bytes("module", module.clone());
        };
        let beside = |config: &mut Config| {
            let path = folder.path().join("module");
            std::fs::write(&path, &module).expect("disk space");
            config.input(path);
        };
        let sections = [(".BTF.base", &pair().finish()[..]), (".BTF", &module[..])];
        let brought = |config: &mut Config| {
            let file = elf::file(64, Endian::Little, 62, &sections);
            config.input_bytes("module", file);
        };
        let ways: [&dyn Fn(&mut Config); 3] = [&named, &beside, &brought];
        for way in ways {
            let mut config = Config::new();
            way(&mut config);
            let package = config.load().expect("sound BTF");
            assert_eq!(package.warnings(), []);
            assert_eq!(base_of(&config).types, 2);
            let wit = support::text(&package);
            judge::valid(&wit).expect("valid WIT");
            assert_eq!(wit.contains("type left = pointer;"), has_types, "{wit}");
        }
        let alone = Config::new().input_bytes("module", module.clone()).load();
        match alone {
            Ok(_) => assert!(!has_types && module.ends_with(&[0])),
            Err(error) => assert!(error.to_string().contains("is split BTF"), "{error}"),
        }
    }
}

/// BTF without names may be split, so a `vmlinux` in the same folder is tried as its base. If it is not the base, the
/// BTF is read without one.
#[test]
fn btf_without_names_may_stand_alone() {
    let folder = tempfile::tempdir().expect("disk space");
    let path = folder.path().join("nothing");
    std::fs::write(&path, Encoder::new(Endian::Little).finish()).expect("disk space");
    let others = [
        None,
        Some(b"no BTF".to_vec()),
        Some(encode(Endian::Big).finish()),
    ];
    for other in others {
        if let Some(other) = other {
            std::fs::write(folder.path().join("vmlinux"), other).expect("disk space");
        }
        let package = Config::new().input(&path).load().expect("sound BTF");
        assert!(package.source().base.is_none());
        judge::valid(&support::text(&package)).expect("valid WIT");
    }
}

/// If the base is the BTF of another kernel, the offsets of names in the module are wrong. The base is refused if such
/// an offset is in the middle of a name or outside the strings.
#[test]
fn a_wrong_base_is_detected() {
    let base = pair();
    let mut split = Encoder::split(&base);
    split.struct_("pair", 8, &[member("held", 2, 0), member("left", 1, 32)]);
    let split = split.finish();
    let refused = |base: &Encoder| {
        let mut config = Config::new();
        error(
            config
                .input_bytes("module", split.clone())
                .base_bytes("vmlinux", base.finish()),
        )
    };
    let mut longer = Encoder::new(Endian::Little);
    let int = longer.int("int", 4, 1, 0, 32);
    // This base is large enough for the `Mmap` backend of btf-rs, which accepts any offset of a name.
    for i in 0..4_000 {
        longer.struct_(&format!("somewhat_else_{i}"), 4, &[member("first", int, 0)]);
    }
    let torn = refused(&longer);
    assert!(
        torn.ends_with("so the base is not the one that this was made for"),
        "{torn}"
    );
    assert!(torn.contains("is in the middle of a name"), "{torn}");
    let mut shorter = Encoder::new(Endian::Little);
    shorter.int("int", 4, 1, 0, 32);
    let outside = refused(&shorter);
    assert!(
        outside.ends_with("so the base is not the one that this was made for"),
        "{outside}"
    );
}
