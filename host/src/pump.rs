//! Serves guests that export a function for the records of a map, as `handle-events: func(events: list<event>)` for the map
//! `events`. A small component, the pump, polls the maps through the skeleton's interfaces and calls these functions. It
//! knows no types: both functions take a list, which is an address and a length.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use wit_component::{
    ComponentEncoder, DecodedWasm, StringEncoding, decode, embed_component_metadata,
};
use wit_parser::{Function, Resolve, Type, TypeDefKind, TypeId, WorldItem, WorldKey};

/// What the name of such a function begins with. The rest is the interface of the map.
pub(crate) const HANDLE: &str = "handle-";
/// The export of the pump. It serves each map once.
pub(crate) const PUMP: &str = "pump";
/// The export of an ordinary program.
pub(crate) const RUN: &str = "wasi:cli/run";
/// How long one of several maps is polled.
const SLICE_MS: u32 = 50;

/// A function of the guest that takes the records of a map.
struct Handler {
    /// The interface of the map.
    map: String,
    /// The name of the parameter.
    parameter: String,
}

/// Returns the pump of a guest, or nothing if the guest is an ordinary program or has no such function. `skeleton` returns
/// the WIT of the object's skeleton.
pub(crate) fn pump(
    guest: &[u8],
    skeleton: impl FnOnce() -> Result<String>,
) -> Result<Option<Vec<u8>>> {
    let handlers = handlers(guest)?;
    if handlers.is_empty() {
        return Ok(None);
    }
    let mut wit = skeleton()?;
    let mut resolve = Resolve::default();
    let package = resolve.push_str("skeleton.wit", &wit)?;
    let name = resolve.packages[package].name.clone();
    let (mut uses, mut calls) = (String::new(), String::new());
    let mut module = String::from("(module\n");
    for (at, handler) in handlers.iter().enumerate() {
        let interface = resolve.packages[package].interfaces.get(&handler.map);
        let functions = interface.map(|id| &resolve.interfaces[*id].functions);
        let poll = functions.and_then(|all| all.get("poll").or_else(|| all.get("poll-bytes")));
        let Some(poll) = poll else {
            let (map, handle) = (&handler.map, HANDLE);
            bail!("the guest exports '{handle}{map}', but the object has no records '{map}'");
        };
        let record = record(&resolve, poll).context("the skeleton's `poll` returns no list")?;
        let of_interface = name.interface_id(&handler.map);
        let ty = spell(&resolve, record, &handler.map, at, &mut uses)?;
        // Without the first import, the world has none for records of bytes.
        writeln!(
            calls,
            "    import %{0};\n    import {HANDLE}{0}: func(%{1}: list<{ty}>);",
            handler.map, handler.parameter
        )?;
        writeln!(
            module,
            "(import \"{of_interface}\" \"{}\" (func $poll{at} (param i32 i32 i32)))\n\
             (import \"$root\" \"{HANDLE}{}\" (func $handle{at} (param i32 i32)))",
            poll.name, handler.map
        )?;
    }
    module.push_str(&dispatch(handlers.len()));
    module.push_str(include_str!("pump.wat"));
    module.push(')');
    writeln!(
        wit,
        "\nworld btf2wit-pump {{\n{uses}{calls}    export {PUMP}: func() -> result<_, string>;\n}}"
    )?;
    encode(&module, &wit).map(Some)
}

/// Returns the functions of a guest for the records of maps, unless it is an ordinary program.
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

/// Returns the type of one record: `T` of `func(…) -> result<list<T>, error>`.
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

/// Returns a type of the interface of a map as the world spells it. Adds to `uses` what the world needs for that.
fn spell(resolve: &Resolve, ty: Type, map: &str, at: usize, uses: &mut String) -> Result<String> {
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
            let item = spell(resolve, *item, map, at, uses)?;
            Ok(format!("list<{item}>"))
        }
        _ => bail!("the records of '{map}' have no name"),
    }
}

/// Returns the functions that call those of the map with a number.
fn dispatch(count: usize) -> String {
    // `timeout-ms` as `none` or `some`.
    let time = match count {
        1 => "(i32.const 0) (i32.const 0)".to_owned(),
        _ => format!("(i32.const 1) (i32.const {SLICE_MS})"),
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
    let world = resolve.select_world(&[package], Some("btf2wit-pump"))?;
    let mut core = wat::parse_str(module)?;
    embed_component_metadata(&mut core, &resolve, world, StringEncoding::UTF8, false)?;
    ComponentEncoder::default()
        .module(&core)?
        .validate(true)
        .encode()
}
