//! Attaches the kinds of programs that libbpf-rs 0.27 cannot attach without unsafe code, or whose links it would leave
//! in the kernel when the process is killed. libbpf loads these programs, and aya finds them by their ids.

use std::borrow::Cow;
use std::os::fd::{AsFd, OwnedFd};

use aya::programs::perf_event::{PerfEventConfig, PerfEventScope, SamplePolicy, SoftwareEvent};
use aya::programs::tc::TcAttachOptions;
use aya::programs::{
    LinkOrder, PerfEvent, ProgramError, ProgramInfo, SchedClassifier, SocketFilter, TcAttachType,
    loaded_programs,
};
use libbpf_rs::{Program, ProgramMut};
use rustix::net::{AddressFamily, SocketFlags, SocketType, eth, socket_with};

use crate::attach::Attached;
use crate::error::{Outcome, Refusal};

/// Keeps a program attached until the value is dropped.
pub(crate) enum ByAya {
    /// The socket that has the program as its filter.
    Socket(#[expect(dead_code, reason = "held until it is dropped")] OwnedFd),
    Traffic(#[expect(dead_code, reason = "held until it is dropped")] SchedClassifier),
    Samples(#[expect(dead_code, reason = "held until it is dropped")] PerfEvent),
}

/// Attaches a program to a new socket that receives the packets of all interfaces. The host does not read the socket:
/// the packets are only for the program.
pub(crate) fn filter_socket(program: &ProgramMut<'_>) -> Outcome<Attached> {
    let filter = SocketFilter::from_program_info(info(program)?, Cow::Borrowed(""));
    let filter = filter.map_err(refusal)?;
    let opened = socket_with(
        AddressFamily::PACKET,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        Some(eth::ALL),
    );
    let opened = opened.map_err(|error| Refusal::of_system(&error.into()))?;
    filter.attach(&opened).map_err(refusal)?;
    Ok(Attached::ByAya(Box::new(ByAya::Socket(opened))))
}

/// Attaches a program to the packets of a network interface. The target is `eth0`, `eth0:ingress` or `eth0:egress`.
/// For `eth0`, the direction is `egress` if the section ends with this word, and otherwise `ingress`.
pub(crate) fn filter_traffic(
    program: &ProgramMut<'_>,
    section: &str,
    target: &str,
) -> Outcome<Attached> {
    let (interface, point) = match target.rsplit_once(':') {
        Some((interface, "ingress")) => (interface, TcAttachType::Ingress),
        Some((interface, "egress")) => (interface, TcAttachType::Egress),
        Some((_, other)) => {
            let what = format!("'{other}' is neither 'ingress' nor 'egress'");
            return Err(Refusal::new(what));
        }
        None if section.ends_with("egress") => (target, TcAttachType::Egress),
        None => (target, TcAttachType::Ingress),
    };
    let filter = SchedClassifier::from_program_info(info(program)?, Cow::Borrowed(""));
    let mut filter = filter.map_err(refusal)?;
    // A tcx link ends with the process. A filter that is attached by netlink would stay in the kernel.
    let options = TcAttachOptions::TcxOrder(LinkOrder::default());
    let link = filter.attach_with_options(interface, point, options);
    link.map_err(refusal)?;
    Ok(Attached::ByAya(Box::new(ByAya::Traffic(filter))))
}

/// Runs a program regularly on each CPU. The target is the number of runs in a second, such as `99`.
pub(crate) fn sample(program: &ProgramMut<'_>, target: &str) -> Outcome<Attached> {
    let frequency = target.parse::<u64>().ok().filter(|number| *number > 0);
    let frequency =
        frequency.ok_or_else(|| Refusal::new("the target is the samples a second, as '99'"))?;
    let sampler = PerfEvent::from_program_info(info(program)?, Cow::Borrowed(""));
    let mut sampler = sampler.map_err(refusal)?;
    let cpus = aya::util::online_cpus();
    let cpus = cpus.map_err(|(file, error)| Refusal::of_system(&error).at(file))?;
    for cpu in cpus {
        let link = sampler.attach(
            PerfEventConfig::Software(SoftwareEvent::CpuClock),
            PerfEventScope::AllProcessesOneCpu { cpu },
            SamplePolicy::Frequency(frequency),
            false,
        );
        link.map_err(refusal)?;
    }
    Ok(Attached::ByAya(Box::new(ByAya::Samples(sampler))))
}

/// Returns the entry of a program in the kernel's list of loaded programs.
fn info(program: &ProgramMut<'_>) -> Outcome<ProgramInfo> {
    let id = Program::id_from_fd(program.as_fd());
    let id = id.map_err(|error| Refusal::of_libbpf(&error))?;
    let mut found = loaded_programs().filter_map(Result::ok);
    let found = found.find(|info| info.id() == id);
    found.ok_or_else(|| Refusal::new("the kernel does not list the program"))
}

fn refusal(error: ProgramError) -> Refusal {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        let inner_message = inner.to_string();
        // Some errors print their source themselves. The text of such a source is not repeated.
        if !message.contains(&inner_message) {
            message = format!("{message}: {inner_message}");
        }
        source = inner.source();
    }
    Refusal::of_message(message)
}
