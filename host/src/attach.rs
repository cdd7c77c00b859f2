//! Programs: attach, detach and test runs.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};

use libbpf_rs::{Link, ProgramInput, ProgramMut, ProgramType};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::bpf::Bpf;
use crate::error::{Outcome, Refusal};

/// Links that a guest has at once at most.
const MAX_LINKS: usize = 1024;
/// Bytes that a test run returns at most, beyond what it was given.
const MAX_OUTPUT: usize = 64 << 10;

/// What a test run returns.
#[derive(Debug)]
pub struct RunOutput {
    pub return_value: u32,
    pub data: Vec<u8>,
    pub context: Vec<u8>,
    /// Nanoseconds of one run.
    pub duration: u32,
}

impl Bpf {
    fn program(&self, name: &str) -> Outcome<ProgramMut<'_>> {
        let mut programs = self.loaded()?.progs_mut();
        let found = programs.find(|program| program.name() == name);
        found.ok_or_else(|| Refusal::new(format!("the object has no program '{name}'")))
    }

    /// Attaches a program where its section says, or to a target. Returns the number of the link.
    pub fn attach(&mut self, name: &str, target: Option<&str>) -> Outcome<u32> {
        if self.links.len() >= MAX_LINKS {
            let what = format!("there are {MAX_LINKS} links already: detach some");
            return Err(Refusal::new(what));
        }
        let program = self.program(name)?;
        let section = program.section().to_string_lossy().into_owned();
        let link = match target {
            None => program.attach(),
            Some(target) => attach_to(&program, &section, target)?,
        };
        let link = link.map_err(|e| {
            let to = target.map_or(section.clone(), str::to_owned);
            Refusal::of(format!("program '{name}' cannot be attached to '{to}'"), &e)
        })?;
        let number = self.next_link;
        self.next_link += 1;
        self.links.insert(number, link);
        Ok(number)
    }

    pub fn detach(&mut self, link: u32) -> Outcome<()> {
        match self.links.remove(&link) {
            Some(_) => Ok(()),
            None => Err(Refusal::new(format!("there is no link {link}"))),
        }
    }

    /// Runs a program without attaching it.
    pub fn run(
        &mut self,
        name: &str,
        data: &[u8],
        mut context: Vec<u8>,
        repeat: u32,
    ) -> Outcome<RunOutput> {
        let program = self.program(name)?;
        let mut input = ProgramInput {
            repeat,
            ..ProgramInput::default()
        };
        let mut data_out = vec![0; data.len() + MAX_OUTPUT];
        let mut context_out = context.clone();
        if !data.is_empty() {
            input.data_in = Some(data);
            input.data_out = Some(&mut data_out);
        }
        if !context.is_empty() {
            input.context_in = Some(&mut context);
            // The kernel returns the context only if the program gets a packet.
            if !data.is_empty() {
                input.context_out = Some(&mut context_out);
            }
        }
        let output = program.test_run(input);
        let output = output.map_err(|e| Refusal::of(format!("program '{name}' cannot run"), &e))?;
        Ok(RunOutput {
            return_value: output.return_value,
            data: output.data.map(|data| data.to_vec()).unwrap_or_default(),
            context: output
                .context
                .map(|context| context.to_vec())
                .unwrap_or_default(),
            duration: u32::try_from(output.duration.as_nanos()).unwrap_or(u32::MAX),
        })
    }
}

/// Attaches a program to a target, by its kind.
fn attach_to(
    program: &ProgramMut<'_>,
    section: &str,
    target: &str,
) -> Outcome<libbpf_rs::Result<Link>> {
    let kind = section
        .trim_start_matches('?')
        .split(['/', '.'])
        .next()
        .unwrap_or_default();
    let returns = matches!(kind, "kretprobe" | "uretprobe");
    Ok(match kind {
        "kprobe" | "kretprobe" => program.attach_kprobe(returns, target),
        "ksyscall" | "kretsyscall" => program.attach_ksyscall(kind == "kretsyscall", target),
        "tp" | "tracepoint" => {
            let (category, name) = split(target, '/')?;
            let category = libbpf_rs::TracepointCategory::Custom(category.to_owned());
            program.attach_tracepoint(category, name)
        }
        "raw_tp" | "raw_tracepoint" => program.attach_raw_tracepoint(target),
        "uprobe" | "uretprobe" => {
            let (binary, function) = split(target, ':')?;
            let options = libbpf_rs::UprobeOpts {
                retprobe: returns,
                func_name: Some(function.to_owned()),
                ..libbpf_rs::UprobeOpts::default()
            };
            program.attach_uprobe_with_opts(-1, binary, 0, options)
        }
        "xdp" => program.attach_xdp(interface(target)?),
        _ if is_cgroup(program.prog_type()) => {
            let folder = open(target)?;
            program.attach_cgroup(folder.as_raw_fd())
        }
        _ => {
            let what = format!("programs of section '{section}' cannot be attached to a target");
            return Err(Refusal::new(what));
        }
    })
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
    parts.ok_or_else(|| Refusal::new(format!("the target '{target}' has no '{at}'")))
}

/// Returns the number of a network interface, as the kernel's files have it.
fn interface(name: &str) -> Outcome<i32> {
    let unknown = || Refusal::new(format!("there is no network interface '{name}'"));
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(unknown());
    }
    let number = std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex"));
    let number = number.map_err(|_| unknown())?;
    number.trim().parse().map_err(|_| unknown())
}

fn open(path: &str) -> Outcome<File> {
    File::open(path).map_err(|error| Refusal {
        code: error.raw_os_error().unwrap_or(0).unsigned_abs(),
        message: format!("{path}: {error}"),
    })
}

/// Opens a process as a file descriptor.
pub(crate) fn open_process(id: u32) -> Outcome<OwnedFd> {
    let failed = |message: String, code: i32| Refusal {
        code: code.unsigned_abs(),
        message,
    };
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    let id = id.ok_or_else(|| failed("there is no process 0".to_owned(), 3))?;
    let opened = pidfd_open(id, PidfdFlags::empty());
    opened.map_err(|error| {
        let message = format!("process {}: {error}", id.as_raw_nonzero());
        failed(message, error.raw_os_error())
    })
}
