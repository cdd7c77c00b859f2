//! Checks adapters. A host that simulates an object receives the bytes that an adapter writes, and answers with random
//! bytes. The decoder and the encoder determine the expected results.

mod host;
mod plug;
mod read;

use anyhow::{Context, Result, bail};
use btf2wit::decode::Decoder;
use btf2wit::{Endian, Package};
use fastrand::Rng;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Func, Instance, Linker, Val};
use wasmtime::{Engine, Store};

use crate::codec::failed;
use crate::judge::Verdict;
use crate::{random, value};
use host::{Call, Host, MapSizes};

/// Checks the adapter of a skeleton. Every exported function is called `rounds` times, and then `rounds` times with a
/// hostile host.
pub fn judge(
    engine: &Engine,
    package: &Package,
    what: &str,
    seed: u64,
    rounds: usize,
) -> Result<Verdict> {
    let bytes = package.to_adapter().with_context(|| what.to_owned())?;
    plug::check(engine, package, &bytes).with_context(|| what.to_owned())?;
    let component = Component::new(engine, &bytes).map_err(failed)?;
    let mut linker = Linker::new(engine);
    host::link(&mut linker)?;
    let maps = package.maps().into_iter().filter(|map| !map.inner);
    let sizes = maps
        .map(|map| (map.name.clone(), MapSizes::of(&map)))
        .collect();
    let mut store = Store::new(engine, Host::new(sizes, seed));
    let instance = linker.instantiate(&mut store, &component).map_err(failed)?;
    let mut verdict = Verdict {
        codecs: 1,
        ..Verdict::default()
    };
    for (interface, function) in functions(engine, &component) {
        let mut check = FunctionCheck {
            what: format!("{what}, seed {seed}: {interface}#{function}"),
            name: &function,
            func: function_of(&mut store, &instance, &interface, &function)?,
            package,
            store: &mut store,
            rng: Rng::with_seed(seed),
            verdict: &mut verdict,
        };
        check.verdict.types += 1;
        for _ in 0..rounds {
            let what = check.what.clone();
            if let Err(error) = check.call() {
                check.verdict.wrong.push(format!("{what}: {error:#}"));
            }
        }
        for _ in 0..rounds {
            if let Err(error) = check.survive() {
                check.wrong(format!("{error:#}"));
                // After a trap, the instance of the adapter cannot be called again.
                return Ok(verdict);
            }
        }
    }
    Ok(verdict)
}

/// Returns the exported functions, each with the name of its interface.
fn functions(engine: &Engine, component: &Component) -> Vec<(String, String)> {
    let ty = component.component_type();
    let mut all = Vec::new();
    for (interface, item) in ty.exports(engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else {
            continue;
        };
        for (function, item) in instance.exports(engine) {
            if let ComponentItem::ComponentFunc(_) = item.ty {
                all.push((interface.to_owned(), function.to_owned()));
            }
        }
    }
    all
}

fn function_of(
    store: &mut Store<Host>,
    instance: &Instance,
    interface: &str,
    function: &str,
) -> Result<Func> {
    let interface = instance.get_export_index(&mut *store, None, interface);
    let interface = interface.context("there is no interface")?;
    let index = instance.get_export_index(&mut *store, Some(&interface), function);
    let index = index.context("there is no function")?;
    instance
        .get_func(&mut *store, index)
        .context("it is no function")
}

/// The comparison of one exported function with the decoder and the encoder.
struct FunctionCheck<'a> {
    what: String,
    name: &'a str,
    func: Func,
    package: &'a Package,
    store: &'a mut Store<Host>,
    rng: Rng,
    verdict: &'a mut Verdict,
}

/// The value of a result, or the message of its error.
type Answer = std::result::Result<Option<Val>, String>;

impl FunctionCheck<'_> {
    /// Calls the function with random values. Compares the bytes that the host received and the value that the function
    /// returned with the expected ones.
    fn call(&mut self) -> Result<()> {
        self.rng = Rng::with_seed(self.rng.u64(..));
        let parameters = self.func.ty(&*self.store);
        let types: Vec<_> = parameters.params().map(|(_, ty)| ty).collect();
        let mut arguments = Vec::new();
        for ty in &types {
            arguments.push(random::value(&mut self.rng, ty)?);
        }
        self.store.data_mut().begin();
        let mut results = [Val::Bool(false)];
        let called = self.func.call(&mut *self.store, &arguments, &mut results);
        called.map_err(failed)?;
        let [result] = results;
        let call = self.store.data_mut().call.take();
        let Some(answer) = answer(result)? else {
            // The function `lost` returns a number and never fails. The number is not compared.
            return Ok(());
        };
        match call {
            Some(call) => self.compare(&arguments, &call, answer),
            None => self.refused(&arguments, answer),
        }
    }

    /// Calls the function with a host whose answers have arbitrary sizes. Answers that cannot be right must be refused,
    /// and no answer may cause a trap.
    fn survive(&mut self) -> Result<()> {
        let parameters = self.func.ty(&*self.store);
        let types = parameters.params().map(|(_, ty)| ty);
        let arguments = types.map(|ty| random::value(&mut self.rng, &ty));
        let arguments = arguments.collect::<Result<Vec<_>>>()?;
        let host = self.store.data_mut();
        host.begin();
        host.is_hostile = true;
        let mut results = [Val::Bool(false)];
        let called = self.func.call(&mut *self.store, &arguments, &mut results);
        self.store.data_mut().is_hostile = false;
        called.map_err(failed)?;
        let [result] = results;
        let call = self.store.data_mut().call.take();
        let is_wrong = call.is_some_and(|call| call.is_wrong && !call.fails);
        if let Some(Ok(answer)) = answer(result)?
            && is_wrong
        {
            self.wrong(format!("accepts a hostile answer as {answer:?}"));
        }
        Ok(())
    }

    /// Checks a call that reached the host: compares the bytes that the host received with `arguments`, and `answer`
    /// with what the host returned.
    fn compare(&mut self, arguments: &[Val], call: &Call, answer: Answer) -> Result<()> {
        if let Some(name) = call.name.as_deref() {
            let parts = self.parts(arguments, call, name)?;
            for (part, bytes, value) in parts {
                match call.is_storage && part.ends_with(" key") {
                    true => self.compare_plain(&part, &bytes, &value)?,
                    false => self.compare_written(&part, &bytes, &value)?,
                }
            }
        }
        if call.fails {
            let expected: Answer = Err(host::REFUSAL.to_owned());
            if answer != expected {
                self.wrong(format!("returns {answer:?} for the host's error"));
            }
            self.verdict.read_refused += 1;
            return Ok(());
        }
        self.compare_read(call, answer)
    }

    /// Returns the values that the call writes, each with the name by which the decoder knows it, and with the bytes
    /// that the host received for it.
    fn parts(
        &self,
        arguments: &[Val],
        call: &Call,
        name: &str,
    ) -> Result<Vec<(String, Vec<u8>, Val)>> {
        let key = || (format!("map {name} key"), call.key.clone());
        let value = || (format!("map {name}"), call.value.clone());
        Ok(match (self.name, arguments) {
            ("lookup" | "delete-key" | "lookup-and-delete", [own]) => {
                vec![(key().0, key().1, own.clone())]
            }
            ("update", [own, Val::List(values), _]) if call.per_cpu => {
                let mut parts = vec![(key().0, key().1, own.clone())];
                let stride = call.value.len() / values.len().max(1);
                for (own, bytes) in values.iter().zip(call.value.chunks(stride.max(1))) {
                    let size = call.value_size.min(bytes.len());
                    parts.push((value().0, bytes[..size].to_vec(), own.clone()));
                }
                parts
            }
            ("update", [first, second, Val::Enum(mode)]) => {
                let modes = ["any", "no-exist", "exist"];
                if modes.get(call.flags as usize) != Some(&mode.as_str()) {
                    bail!("mode {mode} became {}", call.flags);
                }
                vec![
                    (key().0, key().1, first.clone()),
                    (value().0, value().1, second.clone()),
                ]
            }
            // `peek` of a bloom filter checks for a value, which the host receives as the key.
            ("peek", [own]) => vec![(value().0, call.key.clone(), own.clone())],
            ("push", [own]) => vec![(value().0, value().1, own.clone())],
            (set, [own]) if set.starts_with("set-") => {
                vec![(self.variable(call)?, call.value.clone(), own.clone())]
            }
            _ => Vec::new(),
        })
    }

    /// Returns the name by which the decoder knows the variable that a call reads or writes.
    fn variable(&self, call: &Call) -> Result<String> {
        let globals = self.package.globals();
        let found = globals.iter().find(|global| {
            call.name.as_deref() == Some(&global.section) && global.offset == Some(call.offset)
        });
        let found = found.context("no variable is there")?;
        Ok(format!("var {}", found.name))
    }

    fn compare_written(&mut self, part: &str, bytes: &[u8], value: &Val) -> Result<()> {
        if self.is_skipped(part) {
            return Ok(());
        }
        let expected = match self.decoder(part) {
            Some(decoder) => decoder.encode(&value::to_encode(value)?),
            None => return self.compare_plain(part, bytes, value),
        };
        self.verdict.written += 1;
        if expected.as_deref() != Ok(bytes) {
            let value = value::of_component(value);
            self.wrong(format!(
                "writes {part} {value} as {bytes:?}, expected {expected:?}"
            ));
        }
        Ok(())
    }

    /// Compares bytes for which BTF has no type: either only their size is known, or they are the key of a storage map.
    fn compare_plain(&mut self, part: &str, bytes: &[u8], value: &Val) -> Result<()> {
        let mut expected = match value {
            Val::U32(number) if self.package.source().endian == Endian::Big => {
                number.to_be_bytes().to_vec()
            }
            value => plain_bytes(value)?,
        };
        // The value may have fewer bytes than the host received. The other bytes must be zero.
        expected.resize(expected.len().max(bytes.len()), 0);
        self.verdict.written += 1;
        if expected != bytes {
            self.wrong(format!("writes {part} as {bytes:?}, expected {expected:?}"));
        }
        Ok(())
    }

    /// Returns whether a key, value or variable is not compared, since its type ends in a flexible array. A map or a
    /// variable has no bytes for the elements of the array, but the decoder would read padding as elements. Records
    /// have bytes for the elements, so they are compared, as is every value of a function `push`.
    fn is_skipped(&self, part: &str) -> bool {
        let is_record = matches!(self.name, "poll" | "push");
        let decoder = self.package.decoder(part);
        !is_record && decoder.is_ok_and(|decoder| decoder.is_flexible())
    }

    fn decoder(&self, name: &str) -> Option<Decoder> {
        let mut decoder = self.package.decoder(name).ok()?;
        decoder.strict(true);
        Some(decoder)
    }

    /// Checks a call that did not reach the host: it must have returned an error with the offset of the value that
    /// cannot be written. If the call sets a variable, the message must be the encoder's.
    fn refused(&mut self, arguments: &[Val], answer: Answer) -> Result<()> {
        self.verdict.write_refused += 1;
        let Err(message) = answer else {
            self.wrong(format!("succeeds without the host for {arguments:?}"));
            return Ok(());
        };
        // A message begins with a path, and has the offset of the problem. The path begins with `key`, `value` or the
        // name of the variable.
        if !message.contains(": at byte ") {
            self.wrong(format!("refuses with '{message}'"));
        }
        let globals = self.package.globals();
        let variable = globals.iter().find(|global| {
            let start = message.strip_prefix(global.name.as_str());
            self.name.starts_with("set-")
                && start.is_some_and(|rest| rest.starts_with([':', '.', '[']))
        });
        let own = match (variable, arguments) {
            (Some(global), [own]) => Some((format!("var {}", global.name), own)),
            _ => None,
        };
        if let Some((name, own)) = own.filter(|(name, _)| !self.is_skipped(name)) {
            let decoder = self.decoder(&name).context("there is no decoder")?;
            let expected = decoder.encode(&value::to_encode(own)?);
            let same = expected
                .as_ref()
                .is_err_and(|e| read::message(&e.to_string()) == read::message(&message));
            if !same {
                self.wrong(format!("refuses with '{message}', expected {expected:?}"));
            }
        }
        Ok(())
    }

    fn wrong(&mut self, how: String) {
        self.verdict.wrong.push(format!("{}: {how}", self.what));
    }
}

/// Returns the result of a function. Returns `None` if the function returns a number.
fn answer(result: Val) -> Result<Option<Answer>> {
    Ok(match result {
        Val::Result(Ok(value)) => Some(Ok(value.map(|value| *value))),
        Val::Result(Err(Some(error))) => match *error {
            Val::Record(fields) => match fields.as_slice() {
                [(_, Val::U32(_)), (_, Val::String(message))] => Some(Err(message.clone())),
                _ => bail!("the error is {fields:?}"),
            },
            error => bail!("the error is {error:?}"),
        },
        Val::U64(_) => None,
        other => bail!("it returns {other:?}"),
    })
}

/// Returns the bytes of a value for which BTF has no type. A number is little-endian.
fn plain_bytes(value: &Val) -> Result<Vec<u8>> {
    match value {
        Val::List(bytes) => bytes
            .iter()
            .map(|byte| match byte {
                Val::U8(byte) => Ok(*byte),
                other => bail!("{other:?} is no byte"),
            })
            .collect(),
        Val::String(path) => Ok(path.clone().into_bytes()),
        Val::U32(process) => Ok(process.to_le_bytes().to_vec()),
        other => bail!("{other:?} has no bytes"),
    }
}
