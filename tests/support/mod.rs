//! Code that the integration tests share: fixtures, conversions and validation.

#![cfg_attr(
    not(feature = "cli"),
    allow(dead_code, reason = "only the tests of the command line use all of it")
)]

pub mod by_name;
pub mod elf;
pub mod encode;
pub mod image;
pub mod judge;
pub mod mutate;
pub mod pack;
pub mod shuffle;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use btf2wit::{Config, Package};
use object::{Object, ObjectSection};

/// The name of the kernel whose BTF is in testdata.
pub const KERNEL: &str = "vmlinux-6.12-amd64.btf";

const PRODUCERS: &[&str] = &["bpfel", "bpfeb", "gcc", "x86-64", "i686", "s390x"];

pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

pub fn object(name: &str, producer: &str) -> PathBuf {
    testdata().join(format!("obj/{name}.{producer}.o"))
}

/// Returns the names of all fixtures. Each fixture has a C file with its name.
pub fn fixtures() -> Vec<String> {
    let files = std::fs::read_dir(testdata()).expect("testdata can be listed");
    let mut names: Vec<String> = files
        .map(|file| file.expect("testdata can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "c"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

/// Returns the raw BTF of every fixture by every producer (a compiler, see `testdata/README.md`), each with a name for
/// messages.
pub fn raw_fixtures() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for name in fixtures() {
        for producer in PRODUCERS {
            let elf = std::fs::read(object(&name, producer)).expect("the object is committed");
            let elf = object::File::parse(&*elf).expect("the object is ELF");
            let section = elf.section_by_name(".BTF").expect("the object has BTF");
            let btf = section.data().expect("the section is in the file");
            all.push((format!("{name}.{producer}"), btf.to_vec()));
        }
    }
    all
}

/// Returns the raw BTF of the kernel in testdata.
pub fn kernel() -> &'static [u8] {
    static BTF: OnceLock<Vec<u8>> = OnceLock::new();
    BTF.get_or_init(|| {
        let packed = std::fs::File::open(testdata().join(format!("{KERNEL}.xz")));
        let packed = std::io::BufReader::new(packed.expect("the kernel's BTF is committed"));
        let mut btf = Vec::new();
        let mut reader = lzma_rust2::XzReader::new(packed, false);
        reader.read_to_end(&mut btf).expect("it is packed with xz");
        btf
    })
}

/// Returns the path of the running kernel's BTF. If the kernel has none, prints that the check is skipped and returns
/// `None`.
pub fn running_kernel() -> Option<PathBuf> {
    let path = PathBuf::from("/sys/kernel/btf/vmlinux");
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: this machine has no {}", path.display());
    None
}

/// Returns a configuration for the kernel in testdata.
pub fn kernel_config() -> Config {
    let mut config = Config::new();
    config
        .input_bytes(KERNEL, kernel())
        .package("linux:vmlinux")
        .world("vmlinux");
    config
}

/// Returns the WIT that a configuration gives. Panics if the input cannot be loaded.
pub fn wit(config: &Config) -> String {
    text(&config.load().expect("the input is sound"))
}

pub fn text(package: &Package) -> String {
    let mut text = Vec::new();
    package.write_to(&mut text).expect("a vector takes all");
    String::from_utf8(text).expect("WIT is UTF-8")
}

/// Returns settings of insta for snapshots in the folder `snapshots` of the repository.
pub fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // The snapshots do not have the version, since each release would change them otherwise.
    settings.add_filter(r"btf2wit \d+\.\d+\.\d+", "btf2wit [VERSION]");
    settings
}
