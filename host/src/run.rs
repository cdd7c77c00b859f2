//! Runs BPF programs when the guest asks for it: as test runs, or as iterators.

use std::io::Read as _;

use libbpf_rs::{Iter, ProgramAttachType, ProgramInput, ProgramMut};

use crate::bpf::Bpf;
use crate::error::{Outcome, Refusal};

/// The maximum number of bytes by which the data that a test run returns exceeds the input data.
const MAX_OUTPUT: usize = 64 << 10;
/// The limit for what an iterator writes, in bytes. Output that reaches it is refused, since more may follow.
const MAX_WRITTEN: u64 = 16 << 20;

/// The result of a run. An iterator sets only `data`.
#[derive(Debug, Default)]
pub struct RunOutput {
    pub return_value: u32,
    pub data: Vec<u8>,
    pub context: Vec<u8>,
    /// The average time of one run in nanoseconds.
    pub duration: u32,
}

impl Bpf {
    /// Runs a program `repeat` times with `data` and `context`, or once if `repeat` is 0. An iterator runs once
    /// without input, and the output is what it writes. Fails if a file of records takes the place of the kernel.
    pub fn run(
        &mut self,
        name: &str,
        data: &[u8],
        context: Vec<u8>,
        repeat: u32,
    ) -> Outcome<RunOutput> {
        if self.recorded.is_some() {
            let what = format!("program '{name}' does not run: the records come from a file");
            return Err(Refusal::new(what));
        }
        let program = self.program(name)?;
        let output = match program.attach_type() {
            ProgramAttachType::TraceIter => iterate(&program),
            _ => test_run(&program, data, context, repeat),
        };
        output.map_err(|refusal| refusal.at(format!("program '{name}' cannot run")))
    }
}

fn test_run(
    program: &ProgramMut<'_>,
    data: &[u8],
    mut context: Vec<u8>,
    repeat: u32,
) -> Outcome<RunOutput> {
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
        // Raw tracepoints and `syscall` programs, which get no packet, fail with `EINVAL` if they get this buffer.
        if !data.is_empty() {
            input.context_out = Some(&mut context_out);
        }
    }
    let output = program.test_run(input);
    let output = output.map_err(|error| Refusal::of_libbpf(&error))?;
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

/// Runs an iterator to its end. Fails if the output reaches `MAX_WRITTEN` bytes.
fn iterate(program: &ProgramMut<'_>) -> Outcome<RunOutput> {
    let failed = |error: libbpf_rs::Error| Refusal::of_libbpf(&error);
    let link = program.attach().map_err(failed)?;
    let iterator = Iter::new(&link).map_err(failed)?;
    let mut output = RunOutput::default();
    let read = iterator.take(MAX_WRITTEN).read_to_end(&mut output.data);
    read.map_err(|error| Refusal::of_system(&error))?;
    if output.data.len() as u64 == MAX_WRITTEN {
        return Err(Refusal::new(format!(
            "it writes more than {MAX_WRITTEN} bytes"
        )));
    }
    Ok(output)
}
