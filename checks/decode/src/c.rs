//! Writes C code that sets members to values, compiles it, and returns the resulting bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use object::{Object, ObjectSection, ObjectSymbol, SectionKind};

use crate::sample::{Bytes, Sample};

/// The part of the compiler's output from which the bytes of values are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesFrom {
    /// The compiled program is run and prints the bytes.
    Program,
    /// The bytes are those of initialised variables in the object.
    Variables,
}

/// A compiler and its target.
#[derive(Clone, Copy, Debug)]
pub struct Compiler {
    pub name: &'static str,
    /// The command, followed by its options.
    pub command: &'static [&'static str],
    pub bytes_from: BytesFrom,
    /// Whether pahole makes the BTF from DWARF. Otherwise the compiler writes the BTF, or that of testdata/obj is used.
    pub pahole: bool,
}

/// The C standard and the extensions are those of testdata/build.
const FLAGS: &[&str] = &["-std=c90", "-fms-extensions", "-w", "-O0"];

/// The number of bytes that are reserved after a value, for a flexible array at its end.
const ROOM: usize = 1024;

/// Returns the text of the C program: the types, followed by assignments or by initialised variables.
pub fn text(types: &str, samples: &[Sample], bytes_from: BytesFrom) -> String {
    let mut c = String::new();
    if bytes_from == BytesFrom::Program {
        // Members of const types cannot be assigned, so `const` is removed, and `volatile` with it.
        c.push_str("#define const\n#define volatile\n");
    }
    c.push_str(types);
    c.push('\n');
    match bytes_from {
        BytesFrom::Program => program(&mut c, samples),
        BytesFrom::Variables => variables(&mut c, samples),
    }
    c
}

fn program(c: &mut String, samples: &[Sample]) {
    c.push_str("extern __PTRDIFF_TYPE__ write(int, const void *, __SIZE_TYPE__);\n");
    let mut calls = String::new();
    for (at, sample) in samples.iter().enumerate() {
        let ty = &sample.c;
        _ = writeln!(
            c,
            "static union {{ {ty} value; unsigned char room[sizeof({ty}) + {ROOM}]; }} value_{at};"
        );
        for (number, round) in sample.rounds.iter().enumerate() {
            _ = writeln!(
                c,
                "static unsigned put_{at}_{number}({ty} *p)\n{{\n\tunsigned size = sizeof(*p), end = 0;"
            );
            if round.cleared {
                c.push_str("\t__builtin_memset(p, 0, sizeof(*p));\n");
            }
            for assignment in &round.assignments {
                let (path, value) = (&assignment.path, &assignment.value);
                _ = match assignment.byte {
                    None => writeln!(c, "\t(*p){path} = {value};"),
                    Some(at) => writeln!(c, "\t((unsigned char *)&(*p){path})[{at}] = {value};"),
                };
            }
            if let Some(path) = &round.flexible {
                let last = round
                    .assignments
                    .iter()
                    .rev()
                    .find_map(|assignment| element(&assignment.path, path));
                let end = last.map_or(0, |(index, _)| index + 1);
                _ = writeln!(
                    c,
                    "\tend = (char *)&(*p){path}[{end}] - (char *)p;\n\tif (end > size) size = end;"
                );
            }
            c.push_str("\treturn size;\n}\n");
            for fill in ["0", "255"] {
                _ = writeln!(
                    calls,
                    "\t__builtin_memset(&value_{at}, {fill}, sizeof(value_{at}));\n\
                     \tsize = put_{at}_{number}(&value_{at}.value);\n\
                     \twrite(1, &size, 4);\n\twrite(1, &value_{at}, size);"
                );
            }
        }
    }
    _ = writeln!(
        c,
        "int main(void)\n{{\n\tunsigned size;\n{calls}\treturn 0;\n}}"
    );
}

fn variables(c: &mut String, samples: &[Sample]) {
    for (at, sample) in samples.iter().enumerate() {
        for (number, round) in sample.rounds.iter().enumerate() {
            _ = write!(c, "{} put_{at}_{number}", sample.c);
            let mut own = Vec::new();
            // The elements of a flexible array are collected, since they need a single initialiser.
            let mut elements = Vec::new();
            for assignment in &round.assignments {
                let flexible = round
                    .flexible
                    .as_ref()
                    .filter(|path| element(&assignment.path, path).is_some());
                match flexible {
                    Some(path) => elements.push(format!(
                        "{} = {}",
                        &assignment.path[path.len()..],
                        assignment.value
                    )),
                    None if assignment.path.is_empty() => own.push(assignment.value.clone()),
                    None => own.push(format!("{} = {}", assignment.path, assignment.value)),
                }
            }
            if let Some(path) = &round.flexible {
                own.push(format!("{path} = {{ {} }}", elements.join(", ")));
            }
            let scalar = round
                .assignments
                .iter()
                .any(|assignment| assignment.path.is_empty());
            _ = match (scalar, own.is_empty()) {
                (true, _) => writeln!(c, " = {};", own.join(", ")),
                (false, true) => writeln!(c, " __attribute__((section(\".data\")));"),
                (false, false) => writeln!(c, " = {{ {} }};", own.join(", ")),
            };
        }
    }
}

/// If a path begins with an element of an array, returns the index of the element and the rest of the path.
fn element<'p>(path: &'p str, array: &str) -> Option<(u32, &'p str)> {
    let (index, rest) = path
        .strip_prefix(array)?
        .strip_prefix('[')?
        .split_once(']')?;
    Some((index.parse().ok()?, rest))
}

/// Compiles a C text to an object. The object has BTF if the compiler or pahole makes it.
pub fn compile(compiler: &Compiler, folder: &Path, text: &str) -> Result<PathBuf> {
    let source = folder.join("puts.c");
    std::fs::write(&source, text)?;
    let object = folder.join("puts.o");
    let mut command = run_of(compiler);
    command.arg("-c").arg(&source).arg("-o").arg(&object);
    finished(&mut command, compiler)?;
    if compiler.pahole {
        finished(Command::new("pahole").arg("-J").arg(&object), compiler)?;
    }
    Ok(object)
}

/// Returns the bytes of each value (round) of each sample.
pub fn bytes(compiler: &Compiler, object: &Path, samples: &[Sample]) -> Result<Vec<Vec<Bytes>>> {
    match compiler.bytes_from {
        BytesFrom::Variables => of_variables(object, samples),
        BytesFrom::Program => {
            let program = object.with_extension("");
            let mut command = run_of(compiler);
            finished(command.arg(object).arg("-o").arg(&program), compiler)?;
            let output = finished(&mut Command::new(&program), compiler)?;
            of_output(&output, samples)
        }
    }
}

fn run_of(compiler: &Compiler) -> Command {
    let mut command = Command::new(compiler.command[0]);
    command.args(FLAGS).args(&compiler.command[1..]);
    command
}

fn finished(command: &mut Command, compiler: &Compiler) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{:?}", command.get_program()))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let stderr: Vec<&str> = stderr.lines().take(12).collect();
        bail!(
            "{}: {command:?}: {}\n{}",
            compiler.name,
            output.status,
            stderr.join("\n")
        );
    }
    Ok(output.stdout)
}

fn of_output(mut output: &[u8], samples: &[Sample]) -> Result<Vec<Vec<Bytes>>> {
    let mut next = || -> Result<Vec<u8>> {
        let (size, rest) = output
            .split_first_chunk()
            .context("the program wrote less")?;
        let size = u32::from_le_bytes(*size) as usize;
        ensure!(size <= rest.len(), "the program wrote less");
        let (own, rest) = rest.split_at(size);
        output = rest;
        Ok(own.to_vec())
    };
    let mut all = Vec::new();
    for sample in samples {
        let mut own = Vec::new();
        for _ in &sample.rounds {
            let (zeros, ones) = (next()?, Some(next()?));
            own.push(Bytes { zeros, ones });
        }
        all.push(own);
    }
    Ok(all)
}

fn of_variables(path: &Path, samples: &[Sample]) -> Result<Vec<Vec<Bytes>>> {
    let data = std::fs::read(path)?;
    let file = object::File::parse(&*data)?;
    let mut all = Vec::new();
    for (at, sample) in samples.iter().enumerate() {
        let mut own = Vec::new();
        for number in 0..sample.rounds.len() {
            let name = format!("put_{at}_{number}");
            let symbol = file.symbols().find(|s| s.name() == Ok(&name));
            let symbol = symbol.with_context(|| format!("no variable {name}"))?;
            let section = symbol.section_index().context("it has no section")?;
            let section = file.section_by_index(section)?;
            let size = symbol.size() as usize;
            let zeros = match section.kind() {
                SectionKind::UninitializedData => vec![0; size],
                _ => {
                    let start = (symbol.address() - section.address()) as usize;
                    let bytes = section.data()?.get(start..start + size);
                    bytes.context("it is not in its section")?.to_vec()
                }
            };
            own.push(Bytes { zeros, ones: None });
        }
        all.push(own);
    }
    Ok(all)
}
