//! Measures which BPF objects bpftool, libbpf-rs and aya load on this kernel, and how many programs the host attaches
//! to what their sections name. Needs root, bpftool, and `unshare` of util-linux.
//!
//!     cargo run -p btf2wit-host --example loaders -- OBJECT…
//!
//! Each loader runs in a process and a mount namespace of its own, so a crash ends only the loader, and pinned maps
//! and programs disappear with the namespace. With `--libbpf OBJECT`, this example is the loader for libbpf, and
//! prints a line for each BPF program. With `--aya OBJECT`, it is the loader for aya.

use std::collections::HashMap;
use std::env;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use aya::programs::Program;
use aya::{Btf, EbpfLoader};
use btf2wit_host::{Bpf, Stop};
use libbpf_rs::ObjectBuilder;

/// A script that mounts an empty folder for pins, and tracefs with the kernel's tracepoints, and then starts a loader.
const ISOLATED: &str = "mount -t bpf bpf /sys/fs/bpf && \
    { mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; exec \"$@\"; }";
/// The end of a line of `--libbpf` for a program that the host has attached.
const ATTACHED: &str = ": attached";
/// A part of a line of `--libbpf` for a program whose section does not say to what the program is attached.
const NEEDS_TARGET: &str = ": name a target:";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--libbpf", object] => by_libbpf(object),
        // On one line, so that the first line of the message has the whole chain of errors.
        ["--aya", object] => by_aya(object).map_err(|error| anyhow!("{error:#}")),
        ref objects => compare(objects),
    }
}

/// Prints a line for each object and a summary.
fn compare(objects: &[&str]) -> Result<()> {
    let this = env::current_exe()?.to_string_lossy().into_owned();
    // The objects that bpftool loads, and how many of them libbpf and aya load.
    let (mut judged, mut by_libbpf, mut by_aya) = (0, 0, 0);
    let (mut attached, mut attachable) = (0, 0);
    let pins = "/sys/fs/bpf/loaders";
    for object in objects {
        let bpftool = isolated(&["bpftool", "prog", "loadall", object, pins])?;
        let libbpf = isolated(&[&this, "--libbpf", object])?;
        let aya = isolated(&[&this, "--aya", object])?;
        if bpftool.is_ok() {
            judged += 1;
            by_libbpf += usize::from(libbpf.is_ok());
            by_aya += usize::from(aya.is_ok());
        }
        let programs = libbpf.as_deref().unwrap_or_default().lines();
        let programs = programs.filter(|line| !line.contains(NEEDS_TARGET));
        let (ours, others): (Vec<_>, Vec<_>) = programs.partition(|line| line.ends_with(ATTACHED));
        let (ours, of) = (ours.len(), ours.len() + others.len());
        attached += ours;
        attachable += of;
        let [bpftool, libbpf, aya] =
            [bpftool, libbpf, aya].map(|loaded| loaded.map_or_else(|why| why, |_| "ok".to_owned()));
        let name = object.rsplit('/').next().unwrap_or(object);
        println!(
            "{name}\tbpftool: {bpftool}\tlibbpf: {libbpf}\taya: {aya}\tattached: {ours} of {of}"
        );
    }
    println!(
        "bpftool loads {judged} of {} objects; of these libbpf loads {by_libbpf} and aya {by_aya}",
        objects.len()
    );
    println!(
        "of {attachable} programs that libbpf loads and that need no target, the host attaches {attached}"
    );
    Ok(())
}

/// Runs a command in a mount namespace of its own. Returns its output, or the first line of its messages if it fails.
fn isolated(command: &[&str]) -> Result<Result<String, String>> {
    let mut shell = Command::new("unshare");
    shell.args(["--mount", "sh", "-c", ISOLATED, "sh"]);
    let output = shell.args(command).output().context("unshare")?;
    let messages = String::from_utf8_lossy(&output.stderr);
    let first = messages.lines().next();
    Ok(match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        // A process that crashed may have left no message.
        false => Err(first.map_or_else(|| output.status.to_string(), str::to_owned)),
    })
}

/// Returns the name and the section of each program that libbpf loads: all but those whose sections begin with `?`.
fn programs(object: &str) -> Result<HashMap<String, String>> {
    let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
    let opened = ObjectBuilder::default().open_file(object)?;
    let programs = opened.progs().filter(|program| program.autoload());
    Ok(programs
        .map(|program| (text(program.name()), text(program.section())))
        .collect())
}

/// Loads an object as the host does, then attaches its programs one by one, without targets.
fn by_libbpf(object: &str) -> Result<()> {
    let bpf = Bpf::open(&std::fs::read(object)?, &[], Stop::default());
    let mut bpf = bpf.map_err(|refusal| anyhow!(refusal.message))?;
    bpf.load().map_err(|refusal| anyhow!(refusal.message))?;
    for program in programs(object)?.keys() {
        match bpf.attach(program, None) {
            Ok(link) => {
                println!("{program}{ATTACHED}");
                bpf.detach(link)
                    .map_err(|refusal| anyhow!(refusal.message))?;
            }
            Err(refusal) => println!("{}", refusal.message.replace('\n', " ")),
        }
    }
    Ok(())
}

/// Loads a program with aya. The first list has the kinds of programs that aya loads for a target, the second the kinds
/// that it loads without one. The remaining kind replaces a function of another program, which would have to be loaded
/// before. Nothing here names such a program, so loading fails.
macro_rules! load {
    ($program:expr, $target:expr, $kernel:expr, [$($with:ident)*], [$($without:ident)*]) => {
        match $program {
            $(Program::$with(program) => program.load($target, $kernel),)*
            $(Program::$without(program) => program.load(),)*
            Program::Extension(_) => bail!("no program whose function it could replace"),
        }
    };
}

/// Loads an object with aya, and those of its programs that libbpf loads. For some kinds of programs, aya needs the
/// target that the section names.
fn by_aya(object: &str) -> Result<()> {
    libbpf_rs::set_print(None);
    let sections = programs(object)?;
    let kernel = Btf::from_sys_fs()?;
    let mut loader = EbpfLoader::new();
    loader
        .btf(Some(&kernel))
        .allow_unsupported_maps()
        .default_map_pin_directory("/sys/fs/bpf");
    let mut loaded = loader.load_file(object)?;
    let mut programs: Vec<(&str, &mut Program)> = loaded.programs_mut().collect();
    programs.sort_by_key(|(name, _)| *name);
    for (name, program) in programs {
        let Some(section) = sections.get(name) else {
            continue;
        };
        let target = section.split_once('/').map_or("", |(_, target)| target);
        let outcome = load!(program, target, &kernel,
            [BtfTracePoint FEntry FExit Iter Lsm LsmCgroup],
            [CgroupDevice CgroupSkb CgroupSock CgroupSockAddr CgroupSockopt CgroupSysctl FlowDissector KProbe LircMode2
             PerfEvent RawTracePoint ReusePortSocketFilter SchedClassifier SkLookup SkMsg SkReuseport SkSkb SockOps
             SocketFilter TracePoint UProbe Xdp]);
        outcome.with_context(|| format!("program '{name}'"))?;
    }
    Ok(())
}
