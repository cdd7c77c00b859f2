//! Compiles the BPF program and writes its skeleton. Converts `struct cred` of Linux 6.12 to the package
//! `linux:kernel`, and writes a reader. The reader returns the types of this package, and reads the bytes of the
//! running kernel or of the one whose BTF the variable KERNEL_BTF names.

use std::env;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    btf2wit::Config::new()
        .input(bpf_object::build("../cred.bpf.c")?)
        .skeleton(true)
        .package("example:cred")
        .world("cred")
        .load()?
        .write_file(format!("{}/cred.wit", env::var("OUT_DIR")?))?;
    println!("cargo:rerun-if-env-changed=KERNEL_BTF");
    let kernel = env::var("KERNEL_BTF").unwrap_or("/sys/kernel/btf/vmlinux".to_owned());
    btf2wit::Config::new()
        .input("../../../testdata/vmlinux-6.12-amd64.btf.xz")
        .target_btf(kernel)
        .package("linux:kernel")
        .types(["cred"])
        // With this mapping, the reader reads all members of unions, so the guest need not choose arms.
        .unions(btf2wit::Unions::Record)
        .rust_reader("crate::linux::kernel::types")
        .generate()?;
    Ok(())
}
