//! Serves guests that export a function for the records of a map, as `handle-events: func(events: list<event>)` for the
//! map `events`. A small component, the pump, polls the maps through the skeleton's interfaces and calls the guest's
//! functions. The pump does not need the types of records: in the canonical ABI, a list of any type is an address and a
//! length, and the pump only passes these on.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use wit_component::{
    ComponentEncoder, DecodedWasm, StringEncoding, decode, embed_component_metadata,
};
use wit_parser::{Function, PackageId, Resolve, Type, TypeDefKind, TypeId, WorldItem, WorldKey};

/// The start of the name of a guest's function for records. The rest of the name is that of the map's interface.
pub(crate) const HANDLE: &str = "handle-";
/// The function that the pump exports. Each call polls each map once.
pub(crate) const PUMP: &str = "pump";
/// The world of the pump.
const WORLD: &str = "btf2wit-pump";
/// The interface that a program with `main` exports, without its version.
pub(crate) const RUN: &str = "wasi:cli/run";
/// The maximum time for which one of several maps is polled, in milliseconds. A single map is polled without a limit.
const MAX_POLL_MS: u32 = 50;

/// A function of the guest that takes the records of a map.
struct Handler {
    /// The name of the map's interface in the skeleton.
    map: String,
    /// The name of the function's parameter. It is a part of the function's type.
    parameter: String,
}

/// Returns the pump of a guest. Returns `None` if the guest exports `wasi:cli/run` or no function for records.
/// `skeleton` returns the WIT of the object's skeleton.
pub(crate) fn pump(
    guest: &[u8],
    skeleton: impl FnOnce() -> Result<String>,
) -> Result<Option<Vec<u8>>> {
    let handlers = handlers(guest)?;
    if handlers.is_empty() {
        return Ok(None);
    }
    let wit = skeleton()?;
    let mut resolve = Resolve::default();
    let package = resolve.push_str("skeleton.wit", &wit)?;
    let mut imports = Imports::default();
    for (at, handler) in handlers.iter().enumerate() {
        imports.add(&resolve, package, handler, at)?;
    }
    let Imports { wit: lines, wat } = imports;
    let dispatch = dispatch(handlers.len());
    let helpers = include_str!("pump.wat");
    let module = format!("(module\n{wat}{dispatch}{helpers})");
    let export = format!("export {PUMP}: func() -> result<_, string>;");
    let wit = format!("{wit}\nworld {WORLD} {{\n{lines}    {export}\n}}\n");
    encode(&module, &wit).map(Some)
}

/// The imports of the pump: in WIT for its world, and in WebAssembly's text format for its core module.
#[derive(Default)]
struct Imports {
    wit: String,
    wat: String,
}

impl Imports {
    /// Adds two imports: the function that polls a map, and the guest's function that takes the map's records. `at` is
    /// the number of the map in the pump.
    fn add(
        &mut self,
        resolve: &Resolve,
        package: PackageId,
        handler: &Handler,
        at: usize,
    ) -> Result<()> {
        let Handler { map, parameter } = handler;
        let package = &resolve.packages[package];
        let interface = package.interfaces.get(map);
        let functions = interface.map(|id| &resolve.interfaces[*id].functions);
        let poll = functions.and_then(|all| all.get("poll").or_else(|| all.get("poll-bytes")));
        let Some(poll) = poll else {
            bail!("the guest exports '{HANDLE}{map}', but the object has no records '{map}'");
        };
        let record = record(resolve, poll).context("the skeleton's `poll` returns no list")?;
        let ty = type_text(resolve, record, map, at, &mut self.wit)?;
        // If the records are bytes, the world has no `use` of the interface, so it must import the interface
        // explicitly.
        writeln!(
            self.wit,
            "    import %{map};\n    import {HANDLE}{map}: func(%{parameter}: list<{ty}>);"
        )?;
        let interface = package.name.interface_id(map);
        writeln!(
            self.wat,
            "(import \"{interface}\" \"{}\" (func $poll{at} (param i32 i32 i32)))\n\
             (import \"$root\" \"{HANDLE}{map}\" (func $handle{at} (param i32 i32)))",
            poll.name
        )?;
        Ok(())
    }
}

/// Returns a guest's functions for records. Returns none if the guest exports `wasi:cli/run`, since such a guest runs
/// by itself.
fn handlers(guest: &[u8]) -> Result<Vec<Handler>> {
    let DecodedWasm::Component(resolve, world) = decode(guest).context("the guest is broken")?
    else {
        bail!("the guest is no component");
    };
    let mut handlers = Vec::new();
    for (key, item) in &resolve.worlds[world].exports {
        match (key, item) {
            (WorldKey::Interface(id), _) => {
                let name = resolve.id_of(*id).unwrap_or_default();
                if name.split('@').next() == Some(RUN) {
                    return Ok(Vec::new());
                }
            }
            (WorldKey::Name(name), WorldItem::Function(function)) => {
                let Some(map) = name.strip_prefix(HANDLE) else {
                    continue;
                };
                let (1, Some(parameter), None) = (
                    function.params.len(),
                    function.params.first(),
                    function.result,
                ) else {
                    bail!("the guest's '{name}' must take a list of records and return nothing");
                };
                handlers.push(Handler {
                    map: map.to_owned(),
                    parameter: parameter.name.clone(),
                });
            }
            _ => {}
        }
    }
    Ok(handlers)
}

/// Returns the type of one record: `T` if `poll` is `func(…) -> result<list<T>, error>`. Returns `None` if `poll` has
/// another type.
fn record(resolve: &Resolve, poll: &Function) -> Option<Type> {
    let kind = |id: TypeId| &resolve.types[id].kind;
    let Some(Type::Id(result)) = poll.result else {
        return None;
    };
    let TypeDefKind::Result(result) = kind(result) else {
        return None;
    };
    let Some(Type::Id(list)) = result.ok else {
        return None;
    };
    match kind(list) {
        TypeDefKind::List(record) => Some(*record),
        _ => None,
    }
}

/// Returns the WIT text for a type in the interface of a map. Adds a `use` of the type to the world, if the type has a
/// name.
fn type_text(
    resolve: &Resolve,
    ty: Type,
    map: &str,
    at: usize,
    uses: &mut String,
) -> Result<String> {
    let id = match ty {
        Type::Id(id) => id,
        Type::U8 => return Ok("u8".to_owned()),
        other => return Ok(format!("{other:?}").to_lowercase()),
    };
    let ty = &resolve.types[id];
    match (&ty.name, &ty.kind) {
        (Some(name), _) => {
            writeln!(uses, "    use %{map}.{{%{name} as record-{at}}};")?;
            Ok(format!("record-{at}"))
        }
        (None, TypeDefKind::List(item)) => {
            let item = type_text(resolve, *item, map, at, uses)?;
            Ok(format!("list<{item}>"))
        }
        _ => bail!("the records of '{map}' have no name"),
    }
}

/// Returns the functions `$poll` and `$handle`. Each calls the imported function for the map whose number is its first
/// argument. Also returns the global `$maps`, the number of maps.
fn dispatch(count: usize) -> String {
    // The argument `timeout-ms`: `none` for a single map, otherwise `some`.
    let time = match count {
        1 => "(i32.const 0) (i32.const 0)".to_owned(),
        _ => format!("(i32.const 1) (i32.const {MAX_POLL_MS})"),
    };
    let (mut poll, mut handle) = (String::new(), String::new());
    for at in 0..count {
        let is = format!("(if (i32.eq (local.get 0) (i32.const {at})) (then (call ");
        let _ = writeln!(poll, "  {is}$poll{at} {time} (local.get 1))))");
        let _ = writeln!(handle, "  {is}$handle{at} (local.get 1) (local.get 2))))");
    }
    format!(
        "(global $maps i32 (i32.const {count}))\n\
         (func $poll (param i32 i32)\n{poll})\n\
         (func $handle (param i32 i32 i32)\n{handle})\n"
    )
}

fn encode(module: &str, wit: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("pump.wit", wit)?;
    let world = resolve.select_world(&[package], Some(WORLD))?;
    let mut core = wat::parse_str(module)?;
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8, false)?;
    ComponentEncoder::default()
        .module(&core)?
        .validate(true)
        .encode()
}
