//! Attaches programs with libbpf, or with aya (`by_aya`). Most kinds of programs are attached to what their sections
//! name. The other kinds need a target, such as a network interface. A socket filter is attached to a new socket.

use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use libbpf_rs::{Link, ProgramMut, ProgramType};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, netdevice, socket};

use crate::attach::Attached;
use crate::by_aya;
use crate::error::{ENOENT, Outcome, Refusal};

/// Attaches a program to `target`, or to what the program's section names if `target` is `None`.
pub(crate) fn attach(program: &ProgramMut<'_>, target: Option<&str>) -> Outcome<Attached> {
    let section = program.section().to_string_lossy().into_owned();
    let section = section.trim_start_matches('?');
    match (program.prog_type(), target) {
        (ProgramType::SocketFilter, None) => by_aya::filter_socket(program),
        (ProgramType::SchedCls, Some(target)) => by_aya::filter_traffic(program, section, target),
        (ProgramType::PerfEvent, Some(target)) => by_aya::sample(program, target),
        (kind, Some(target)) => link(program, kind, section, target)
            .map(Attached::Link)
            .map_err(|refusal| add_tracefs_hint(kind, refusal)),
        (kind, None) => match required_target(kind, section) {
            Some(required) => Err(Refusal::new(format!("name a target: {required}"))),
            None => libbpf_outcome(program.attach())
                .map(Attached::Link)
                .map_err(|refusal| add_tracefs_hint(kind, refusal)),
        },
    }
}

/// Extends the message of a refusal with a hint to mount tracefs, if the likely reason is that it is not mounted.
fn add_tracefs_hint(kind: ProgramType, refusal: Refusal) -> Refusal {
    let folders = [
        "/sys/kernel/tracing/events",
        "/sys/kernel/debug/tracing/events",
    ];
    let is_mounted = folders.iter().any(|folder| Path::new(folder).exists());
    let needs_tracefs = matches!(kind, ProgramType::Tracepoint | ProgramType::Kprobe);
    match refusal.code == ENOENT && needs_tracefs && !is_mounted {
        true => Refusal {
            message: format!(
                "{} (tracefs is not mounted: 'mount -t tracefs none /sys/kernel/tracing')",
                refusal.message
            ),
            ..refusal
        },
        false => refusal,
    }
}

/// Returns a description of the target that a program needs, for a message. Returns `None` if the program's section
/// already names the target, or if programs of this kind take none.
fn required_target(kind: ProgramType, section: &str) -> Option<&'static str> {
    Some(match kind {
        ProgramType::Xdp => "a network interface",
        ProgramType::SchedCls => "a network interface, as 'eth0' or 'eth0:egress'",
        ProgramType::PerfEvent => "how many samples a second it takes on each CPU",
        ProgramType::FlowDissector | ProgramType::SkLookup => "a network namespace's path",
        kind if is_cgroup(kind) => "a cgroup's path",
        ProgramType::Kprobe => match kind_of(section) {
            "uprobe" | "uretprobe" if !section.contains(':') => "'BINARY:FUNCTION'",
            "uprobe.multi" | "uretprobe.multi" if !section.contains(':') => "'BINARY:PATTERN'",
            "usdt" if !section.contains(':') => "'BINARY:PROVIDER:NAME'",
            _ if !section.contains('/') => "a function of the kernel",
            _ => return None,
        },
        ProgramType::Tracepoint if !section.contains('/') => "'CATEGORY/NAME'",
        ProgramType::RawTracepoint if !section.contains('/') => "a tracepoint",
        _ => return None,
    })
}

/// Attaches a program to a target with libbpf. Fails for a kind of programs that takes no target.
fn link(program: &ProgramMut<'_>, kind: ProgramType, section: &str, target: &str) -> Outcome<Link> {
    let returns = section.starts_with("kret") || section.starts_with("uret");
    libbpf_outcome(match (kind, kind_of(section)) {
        (_, "kprobe" | "kretprobe") => program.attach_kprobe(returns, target),
        (_, "kprobe.multi" | "kretprobe.multi") => {
            program.attach_kprobe_multi(returns, target.split(',').collect())
        }
        (_, "ksyscall" | "kretsyscall") => program.attach_ksyscall(returns, target),
        (_, "uprobe" | "uretprobe") => {
            let (binary, function) = split(target, ':')?;
            let options = libbpf_rs::UprobeOpts {
                retprobe: returns,
                func_name: Some(function.to_owned()),
                ..libbpf_rs::UprobeOpts::default()
            };
            program.attach_uprobe_with_opts(ANY_PROCESS, binary, 0, options)
        }
        (_, "uprobe.multi" | "uretprobe.multi") => {
            let (binary, pattern) = split(target, ':')?;
            program.attach_uprobe_multi(ANY_PROCESS, binary, pattern, returns, false)
        }
        (_, "usdt") => {
            let (binary, provider, name) = split_three(target)?;
            program.attach_usdt(ANY_PROCESS, binary, provider, name)
        }
        (ProgramType::Tracepoint, _) => {
            let (category, name) = split(target, '/')?;
            let category = libbpf_rs::TracepointCategory::Custom(category.to_owned());
            program.attach_tracepoint(category, name)
        }
        (ProgramType::RawTracepoint, _) => program.attach_raw_tracepoint(target),
        (ProgramType::Xdp, _) => program.attach_xdp(interface(target)?),
        (ProgramType::FlowDissector | ProgramType::SkLookup, _) => {
            program.attach_netns(open(target)?.as_raw_fd())
        }
        (kind, _) if is_cgroup(kind) => program.attach_cgroup(open(target)?.as_raw_fd()),
        _ => {
            let what = format!("programs of section '{section}' take no target");
            return Err(Refusal::new(what));
        }
    })
}

/// The process id that stands for all processes in libbpf.
const ANY_PROCESS: i32 = -1;

fn libbpf_outcome<T>(outcome: libbpf_rs::Result<T>) -> Outcome<T> {
    outcome.map_err(|error| Refusal::of_libbpf(&error))
}

/// Returns the kind that a section names, for example `uprobe.multi` for `uprobe.multi.s//bin/sh:main`.
fn kind_of(section: &str) -> &str {
    let kind = section.split('/').next().unwrap_or_default();
    // The suffix `.s` marks programs that may sleep.
    kind.strip_suffix(".s").unwrap_or(kind)
}

fn is_cgroup(kind: ProgramType) -> bool {
    matches!(
        kind,
        ProgramType::CgroupSkb
            | ProgramType::CgroupSock
            | ProgramType::CgroupDevice
            | ProgramType::CgroupSockAddr
            | ProgramType::CgroupSysctl
            | ProgramType::CgroupSockopt
            | ProgramType::SockOps
    )
}

fn split(target: &str, at: char) -> Outcome<(&str, &str)> {
    let parts = target.rsplit_once(at);
    parts.ok_or_else(|| Refusal::new(format!("the target has no '{at}'")))
}

fn split_three(target: &str) -> Outcome<(&str, &str, &str)> {
    let (rest, last) = split(target, ':')?;
    let (first, middle) = split(rest, ':')?;
    Ok((first, middle, last))
}

/// Returns the index of the network interface with this name.
fn interface(name: &str) -> Outcome<i32> {
    let unknown = |error: Errno| {
        let what = format!("network interface '{name}'");
        Refusal::of_system(&error.into()).at(what)
    };
    // The kernel would ignore the colon and the text after it, and take `eth0:1` for `eth0`.
    if name.contains(':') {
        return Err(Refusal::new(format!(
            "there is no network interface '{name}'"
        )));
    }
    let any = socket(AddressFamily::UNIX, SocketType::DGRAM, None).map_err(unknown)?;
    let number = netdevice::name_to_index(any, name).map_err(unknown)?;
    i32::try_from(number).map_err(|_| Refusal::new("the interface has no number"))
}

/// Opens a file. Does not wait if the file is a pipe without a writer.
pub(crate) fn open(path: &str) -> Outcome<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(path);
    opened.map_err(|error| Refusal::of_system(&error).at(path))
}
