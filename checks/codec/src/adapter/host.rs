//! A host that simulates one object, without a kernel. It keeps the arguments of the last call, and answers with random
//! bytes.

use std::collections::HashMap;

use anyhow::{Context, Result};
use btf2wit::layout::Map;
use fastrand::Rng;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Val};

use crate::codec::failed;
use crate::random;

/// The message of each error that this host returns.
pub const REFUSAL: &str = "the host refuses";

/// The interface that a host implements.
pub const RAW: &str = "btf2wit:bpf/object@0.1.0";

/// The number of CPUs that the host pretends to have.
const CPUS: usize = 3;

/// The sizes of a map's keys and values in bytes, and the number of the map's type.
#[derive(Clone, Copy, Debug, Default)]
pub struct MapSizes {
    key: usize,
    value: usize,
    kind: u32,
}

impl MapSizes {
    pub fn of(map: &Map) -> MapSizes {
        let size = |content: &Option<btf2wit::layout::Content>, size: Option<u64>| {
            let content = content.as_ref().map(|content| content.size);
            content.or(size).unwrap_or(0) as usize
        };
        MapSizes {
            key: size(&map.key, map.key_size),
            value: size(&map.value, map.value_size),
            kind: map.map_type.map_or(0, |ty| ty.number),
        }
    }

    fn is_per_cpu(self) -> bool {
        matches!(self.kind, 5 | 6 | 10 | 21)
    }
}

/// The arguments of a call, and the answer of the host.
#[derive(Debug, Default)]
pub struct Call {
    pub name: Option<String>,
    pub key: Vec<u8>,
    pub value: Vec<u8>,
    pub flags: u64,
    pub offset: u64,
    pub fails: bool,
    pub answer: Option<Vec<u8>>,
    pub entries: Vec<(Vec<u8>, Vec<u8>)>,
    pub records: Vec<Vec<u8>>,
    pub per_cpu: bool,
    pub value_size: usize,
    pub is_filter: bool,
    pub padded: bool,
    /// Whether the key is a process id or a path, whatever type the definition of the map gives the key.
    pub is_storage: bool,
    /// Whether the map is an array or has stack traces. Its keys are numbers of 4 bytes, even if BTF has no type for
    /// them.
    pub is_indexed: bool,
    /// Whether the answer is wrong, because sizes in it contradict one another, the map or the call.
    pub is_wrong: bool,
}

impl Call {
    /// Returns whether the answer has another size than a value of the map. Maps with a value for each CPU are not
    /// considered.
    pub fn has_other_size(&self) -> bool {
        let answer = self.answer.as_ref();
        answer.is_some_and(|answer| !self.per_cpu && answer.len() != self.value_size)
    }
}

pub struct Host {
    maps: HashMap<String, MapSizes>,
    rng: Rng,
    pub call: Option<Call>,
    /// Whether answers have arbitrary sizes, which may be wrong.
    pub is_hostile: bool,
}

impl Host {
    pub fn new(maps: HashMap<String, MapSizes>, seed: u64) -> Host {
        Host {
            maps,
            rng: Rng::with_seed(seed ^ 1),
            call: None,
            is_hostile: false,
        }
    }

    pub fn begin(&mut self) {
        self.call = None;
    }

    /// Returns a new [`Call`], and the sizes of its map, which are 0 if it has none. `name` is the first argument of
    /// the call: the name of a map, a program or a section.
    fn call(&mut self, name: &Val) -> (Call, MapSizes) {
        let name = text(name);
        let sizes = self.maps.get(&name).copied().unwrap_or_default();
        let call = Call {
            name: Some(name),
            fails: self.rng.u8(..) < 20,
            per_cpu: sizes.is_per_cpu(),
            value_size: sizes.value,
            is_filter: sizes.kind == 30,
            padded: sizes.kind == 4,
            is_indexed: matches!(sizes.kind, 2 | 6 | 7),
            is_storage: matches!(sizes.kind, 28 | 29 | 32),
            ..Call::default()
        };
        (call, sizes)
    }

    fn value(&mut self, sizes: MapSizes) -> Vec<u8> {
        // Sometimes, the value has another size than the values of the map.
        let size = match self.rng.u8(..) {
            0..8 if !sizes.is_per_cpu() => self.rng.usize(0..sizes.value + 9),
            _ => sizes.value,
        };
        match sizes.is_per_cpu() {
            true => random::bytes(&mut self.rng, size.next_multiple_of(8) * CPUS),
            false => random::bytes(&mut self.rng, size),
        }
    }

    fn lookup(&mut self, name: &Val, key: &Val) -> Val {
        let (mut call, sizes) = self.call(name);
        call.key = bytes(key);
        let value = match self.is_hostile {
            true => self.any_bytes(),
            false => self.value(sizes),
        };
        call.is_wrong = match sizes.is_per_cpu() {
            true => value.len() % sizes.value.next_multiple_of(8).max(1) != 0,
            false => !call.is_filter && value.len() != sizes.value,
        };
        call.answer = (self.rng.u8(..) > 40).then_some(value);
        call.is_wrong &= call.answer.is_some();
        let value = call.answer.clone().map(|bytes| Box::new(list(&bytes)));
        self.finish(call, Some(Val::Option(value)))
    }

    fn entries(&mut self, name: &Val) -> Val {
        let (mut call, sizes) = self.call(name);
        let count = self.rng.usize(0..4);
        for _ in 0..count {
            let key = random::bytes(&mut self.rng, sizes.key);
            let value = match sizes.is_per_cpu() {
                true => random::bytes(&mut self.rng, sizes.value.next_multiple_of(8) * CPUS),
                false => random::bytes(&mut self.rng, sizes.value),
            };
            call.entries.push((key, value));
        }
        let keys: Vec<u8> = call
            .entries
            .iter()
            .flat_map(|(key, _)| key.clone())
            .collect();
        let values: Vec<u8> = call
            .entries
            .iter()
            .flat_map(|(_, value)| value.clone())
            .collect();
        let (mut keys, mut values) = (keys, values);
        if self.is_hostile {
            (keys, values) = (self.any_bytes(), self.any_bytes());
            let count = keys.len() / sizes.key.max(1);
            call.is_wrong = keys.len() % sizes.key.max(1) != 0
                || values.len() % count.max(1) != 0
                || (count == 0 && !values.is_empty());
        }
        let all = [("keys", list(&keys)), ("values", list(&values))];
        self.finish(call, Some(record(all)))
    }

    fn poll(&mut self, name: &Val) -> Val {
        let (mut call, sizes) = self.call(name);
        let count = self.rng.usize(0..5);
        for _ in 0..count {
            let size = match self.rng.u8(..) {
                0..10 => self.rng.usize(0..sizes.value + 40),
                10..60 if call.padded => sizes.value + self.rng.usize(0..8),
                _ => sizes.value,
            };
            call.records.push(random::bytes(&mut self.rng, size));
        }
        let mut bytes = call.records.concat();
        let mut sizes: Vec<u32> = call
            .records
            .iter()
            .map(|record| record.len() as u32)
            .collect();
        if self.is_hostile {
            bytes = self.any_bytes();
            let count = self.rng.usize(0..9);
            sizes = (0..count).map(|_| self.any_size()).collect();
            let all: u64 = sizes.iter().map(|size| u64::from(*size)).sum();
            call.is_wrong = all != bytes.len() as u64;
        }
        let sizes = sizes.into_iter().map(Val::U32);
        let all = [
            ("bytes", list(&bytes)),
            ("sizes", Val::List(sizes.collect())),
            ("lost", Val::U64(1)),
        ];
        self.finish(call, Some(record(all)))
    }

    /// Returns a random number of random bytes. The number is sometimes large.
    fn any_bytes(&mut self) -> Vec<u8> {
        let most = match self.rng.u8(..) {
            0..10 => 1 << 14,
            10..60 => 4,
            _ => 200,
        };
        let size = self.rng.usize(0..most);
        random::bytes(&mut self.rng, size)
    }

    /// Returns an arbitrary size for a record.
    fn any_size(&mut self) -> u32 {
        match self.rng.u8(..) {
            0..40 => u32::MAX - self.rng.u32(0..9),
            40..80 => self.rng.u32(..),
            _ => self.rng.u32(0..40),
        }
    }

    /// Ends a call and returns its result.
    fn finish(&mut self, call: Call, ok: Option<Val>) -> Val {
        let fails = call.fails;
        self.call = Some(call);
        match fails {
            false => Val::Result(Ok(ok.map(Box::new))),
            true => {
                let message = Val::String(REFUSAL.to_owned());
                let error = record([("code", Val::U32(1)), ("message", message)]);
                Val::Result(Err(Some(Box::new(error))))
            }
        }
    }

    fn write(&mut self, name: &Val, key: Vec<u8>, value: &Val, flags: u64) -> Val {
        let (mut call, _) = self.call(name);
        call.key = key;
        call.value = bytes(value);
        call.flags = flags;
        self.finish(call, None)
    }
}

/// Adds the functions of the host to a linker.
pub fn link(linker: &mut Linker<Host>) -> Result<()> {
    let mut own = linker.instance(RAW).map_err(failed)?;
    define(&mut own, "load", |host, _| {
        let call = Call {
            fails: host.rng.bool(),
            ..Call::default()
        };
        host.finish(call, None)
    })?;
    for name in ["lookup", "lookup-and-delete"] {
        define(&mut own, name, |host, arguments| {
            host.lookup(&arguments[0], &arguments[1])
        })?;
    }
    define(&mut own, "update", |host, arguments| {
        let flags = match arguments[3] {
            Val::U64(flags) => flags,
            _ => u64::MAX,
        };
        host.write(&arguments[0], bytes(&arguments[1]), &arguments[2], flags)
    })?;
    define(&mut own, "delete-key", |host, arguments| {
        let (mut call, _) = host.call(&arguments[0]);
        call.key = bytes(&arguments[1]);
        host.finish(call, Some(Val::Bool(true)))
    })?;
    define(&mut own, "entries", |host, arguments| {
        host.entries(&arguments[0])
    })?;
    define(&mut own, "poll", |host, arguments| host.poll(&arguments[0]))?;
    define(&mut own, "submit", |host, arguments| {
        host.write(&arguments[0], Vec::new(), &arguments[1], 0)
    })?;
    define(&mut own, "read-data", |host, arguments| {
        let (mut call, _) = host.call(&arguments[0]);
        let number = |val: &Val| match val {
            Val::U32(number) => *number,
            _ => 0,
        };
        call.offset = number(&arguments[1]).into();
        let size = number(&arguments[2]) as usize;
        let answer = match host.is_hostile {
            true => host.any_bytes(),
            false => random::bytes(&mut host.rng, size),
        };
        call.is_wrong = answer.len() != size;
        call.answer = Some(answer.clone());
        host.finish(call, Some(list(&answer)))
    })?;
    define(&mut own, "write-data", |host, arguments| {
        let (mut call, _) = host.call(&arguments[0]);
        if let Val::U32(offset) = arguments[1] {
            call.offset = offset.into();
        }
        call.value = bytes(&arguments[2]);
        host.finish(call, None)
    })?;
    define(&mut own, "attach", |host, arguments| {
        let (call, _) = host.call(&arguments[0]);
        host.finish(call, Some(Val::U32(7)))
    })?;
    define(&mut own, "detach", |host, _| {
        let call = Call {
            fails: host.rng.bool(),
            ..Call::default()
        };
        host.finish(call, None)
    })?;
    define(&mut own, "run", |host, arguments| {
        let (call, _) = host.call(&arguments[0]);
        let output = [
            ("return-value", Val::U32(2)),
            ("data", list(b"data")),
            ("context", list(b"context")),
            ("duration", Val::U32(9)),
        ];
        host.finish(call, Some(record(output)))
    })
}

fn define(
    instance: &mut LinkerInstance<'_, Host>,
    name: &str,
    run: impl Fn(&mut Host, &[Val]) -> Val + Send + Sync + 'static,
) -> Result<()> {
    let defined = instance.func_new(
        name,
        move |mut store: StoreContextMut<'_, Host>, _, arguments, results| {
            if let Some(result) = results.first_mut() {
                *result = run(store.data_mut(), arguments);
            }
            Ok(())
        },
    );
    defined.map_err(failed).with_context(|| name.to_owned())
}

fn record<const N: usize>(fields: [(&str, Val); N]) -> Val {
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    Val::Record(fields.collect())
}

fn list(bytes: &[u8]) -> Val {
    Val::List(bytes.iter().map(|byte| Val::U8(*byte)).collect())
}

fn bytes(value: &Val) -> Vec<u8> {
    let Val::List(values) = value else {
        return Vec::new();
    };
    let bytes = values.iter().filter_map(|value| match value {
        Val::U8(byte) => Some(*byte),
        _ => None,
    });
    bytes.collect()
}

fn text(value: &Val) -> String {
    match value {
        Val::String(text) => text.clone(),
        _ => String::new(),
    }
}
