//! Compares the relocated layout of members with the answers of libbpf: their offset, size, existence and sign.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::members::{self, Member};

/// Relocates the members of `local` to `target`, and compares the layout with the answers of libbpf.
pub fn run(local: &str, target: &str) -> Result<()> {
    let members = members::of(local, target)?;
    let folder = std::env::temp_dir().join(format!("portable-check-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    // If the program cannot be compiled, loaded or run, this folder is kept.
    let answers = answers(local, target, &members, &folder)?;
    fs::remove_dir_all(&folder)?;
    ensure!(
        answers.len() == members.len(),
        "libbpf says something of {} members",
        answers.len()
    );
    let mut faults = Vec::new();
    for (member, answers) in members.iter().zip(&answers) {
        if let Some(fault) = fault(member, answers) {
            faults.push(format!("{}.{}: {fault}", member.of, member.name));
        }
    }
    let missing = members.iter().filter(|member| !member.exists).count();
    let bitfields = members.iter().filter(|member| member.is_bitfield());
    println!(
        "libbpf: {} members, {missing} missing, {} bitfields, {} differ",
        members.len(),
        bitfields.count(),
        faults.len()
    );
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// Returns the words that the BPF program stored for each member.
fn answers(local: &str, target: &str, members: &[Member], folder: &Path) -> Result<Vec<Vec<u64>>> {
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let header =
        output(Command::new("bpftool").args(["btf", "dump", "file", local, "format", "c"]))?;
    fs::write(file("vmlinux.h"), header)?;
    fs::write(file("program.c"), program(members))?;
    let loader = Path::new(env!("CARGO_MANIFEST_DIR")).join("loader.c");
    let mut clang = Command::new("clang");
    clang
        .args(["-target", "bpf", "-g", "-O2", "-c", "-I"])
        .arg(folder);
    output(
        clang
            .arg(file("program.c"))
            .arg("-o")
            .arg(file("program.o")),
    )?;
    let mut cc = Command::new("cc");
    output(cc.arg("-o").arg(file("loader")).arg(loader).args(["-lbpf"]))?;
    let answers = output(
        Command::new(file("loader"))
            .arg(file("program.o"))
            .arg(target),
    )?;
    let lines = answers
        .lines()
        .map(|line| line.split(' ').map(|word| Ok(word.parse()?)).collect());
    lines.collect()
}

fn output(command: &mut Command) -> Result<String> {
    let done = command.output().with_context(|| format!("{command:?}"))?;
    let error = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "{command:?}: {error}");
    Ok(String::from_utf8(done.stdout)?)
}

/// Returns the C text of a BPF program that stores six words for each member: the answers of libbpf.
fn program(members: &[Member]) -> String {
    let mut c = String::from(
        "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_core_read.h>\n\n\
         struct words { __u64 exists, offset, size, left, right, sign; };\n",
    );
    let _ = write!(
        c,
        "struct words words[{}];\n\nSEC(\"raw_tp/sys_enter\")\nint run(void *ctx)\n{{\n",
        members.len()
    );
    for (at, member) in members.iter().enumerate() {
        let place = format!("((struct {} *)0)->{}", member.of, member.name);
        let info = |what: &str| format!("__builtin_preserve_field_info({place}, {what})");
        let _ = write!(
            c,
            "\tif ({}) {{\n\t\twords[{at}].exists = 1;\n\t\twords[{at}].offset = {};\n\t\twords[{at}].size = {};\n",
            info("BPF_FIELD_EXISTS"),
            info("BPF_FIELD_BYTE_OFFSET"),
            info("BPF_FIELD_BYTE_SIZE"),
        );
        if let Some(number) = member.number {
            let (left, right) = (info("BPF_FIELD_LSHIFT_U64"), info("BPF_FIELD_RSHIFT_U64"));
            let _ = write!(
                c,
                "\t\twords[{at}].left = {left};\n\t\twords[{at}].right = {right};\n"
            );
            if number.signed.is_some() {
                let _ = writeln!(c, "\t\twords[{at}].sign = {};", info("BPF_FIELD_SIGNED"));
            }
        }
        c.push_str("\t}\n");
    }
    c.push_str("\treturn 0;\n}\n\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n");
    c
}

/// Returns the difference between the layout and the answer of libbpf. Returns `None` if there is none.
fn fault(member: &Member, answers: &[u64]) -> Option<String> {
    let &[exists, offset, size, left, right, sign] = answers else {
        return Some("no six words".to_owned());
    };
    if (exists == 1) != member.exists {
        return Some(format!("exists: libbpf says {exists}"));
    }
    if !member.exists {
        return None;
    }
    let Some(number) = member.number else {
        let is_same = (offset, size) == (member.offset, member.size);
        return (!is_same).then(|| {
            format!(
                "at {}, {} bytes: libbpf says {offset}, {size}",
                member.offset, member.size
            )
        });
    };
    let bits = 64 - right;
    let first = (64 + 8 * offset).wrapping_sub(left).wrapping_sub(bits);
    let (at, width) = (number.at, number.width);
    if (first, bits) != (at, width) {
        return Some(format!(
            "bit {at}, {width} wide: libbpf says {first}, {bits}"
        ));
    }
    // A `char` of C is always `u8` in WIT, but signed for some compilers. So the signs of numbers of 8 bits are not
    // compared.
    let signed = number.signed.filter(|_| width != 8)?;
    (u64::from(signed) != sign).then(|| format!("sign {signed}: libbpf says {sign}"))
}
