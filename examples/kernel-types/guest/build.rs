//! Compiles the BPF program, and makes of the kernel's `struct cred` the package `linux:kernel` and a
//! reader.

use std::env;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    bpf_object::build("../cred.bpf.c")?;
    println!("cargo:rerun-if-env-changed=KERNEL_BTF");
    let kernel = env::var("KERNEL_BTF").unwrap_or("/sys/kernel/btf/vmlinux".to_owned());
    btf2wit::Config::new()
        .input(kernel)
        .package("linux:kernel")
        .types(["cred"])
        // All arms, from the same bytes: none of them is looked at.
        .unions(btf2wit::Unions::Record)
        .rust_reader("crate::linux::kernel::types")
        .generate()?;
    Ok(())
}
