//! Connects a guest to the adapter of its BPF object, and to a pump if the guest exports functions for records.

use anyhow::{Context, Result, bail};
use btf2wit::Config;
use wac_graph::types::{ItemKind, Package, Types};
use wac_graph::{CompositionGraph, EncodeOptions};

use crate::pump::{HANDLE, PUMP, RUN, pump};

/// The host interface that every adapter imports, without its version.
const RAW: &str = "btf2wit:bpf/object";
/// The interfaces that every skeleton has, by the ends of their names. The package of a guest's skeleton is found by
/// the first of them that the guest imports. A guest that only gets records may import `/types` and not `/object`.
const INTERFACES: [&str; 2] = ["/object", "/types"];
/// The start of the names of WASI's interfaces. Some of these names end with `/types`, although they are not those of a
/// skeleton.
const WASI: &str = "wasi:";

/// The settings for generating the adapter of an object. They must be those with which `btf2wit skeleton` wrote the
/// guest's WIT.
#[derive(Clone, Debug)]
pub struct Adapter {
    config: Config,
}

impl Adapter {
    /// Creates the settings for an object, with the default mapping. `name` stands for the object in messages.
    pub fn new(name: &str, object: &[u8]) -> Adapter {
        let mut config = Config::new();
        config.input_bytes(name, object).skeleton(true);
        Adapter { config }
    }

    /// Returns the configuration. Callers set the mapping, the types of records and the arms of unions in it.
    pub fn config(&mut self) -> &mut Config {
        &mut self.config
    }
}

/// Returns a component that consists of a guest, the adapter of its object, and a pump if the guest needs one. Fails
/// if the guest imports an interface that has the package of the skeleton but does not fit the object, or if the host
/// cannot run the component.
///
/// A guest that needs no adapter is returned unchanged, for example one that was composed with its adapter before.
pub fn compose(guest: &[u8], adapter: &Adapter) -> Result<Vec<u8>> {
    let mut config = adapter.config.clone();
    let package = package_of(&imports(guest)?);
    if let Some(package) = &package {
        config.package(package.clone());
    }
    let pump = pump(guest, || Ok(config.load()?.to_wit()?))?;
    if package.is_none() && pump.is_none() {
        return runnable(guest.to_vec());
    }
    let adapter = config.load()?.to_adapter()?;
    let component = match pump {
        None => plug(&[&adapter], guest)?,
        Some(pump) => {
            let guest = plug(&[&adapter], guest)?;
            plug(&[&adapter, &guest], &pump)?
        }
    };
    let other = imports(&component)?
        .into_iter()
        .find(|name| package.as_ref().is_some_and(|package| is_of(name, package)));
    match other {
        None => runnable(component),
        Some(other) => bail!(
            "the guest's '{other}' is not that of the object: make the guest's WIT with `btf2wit skeleton` from this object, \
             and give both commands the same options"
        ),
    }
}

/// Returns a component unchanged if the host can run it. Fails if the component exports neither `pump` nor
/// `wasi:cli/run`. Also fails if the component imports a function for records: such an import of the pump remains if
/// the guest exports the function with another type than the skeleton has.
fn runnable(component: Vec<u8>) -> Result<Vec<u8>> {
    let mut types = Types::default();
    let package = Package::from_bytes("guest:guest", None, component.clone(), &mut types)?;
    let world = &types[package.ty()];
    if let Some(handler) = world.imports.keys().find(|name| name.starts_with(HANDLE)) {
        bail!("the guest's '{handler}' takes other records than those of the object's skeleton");
    }
    let is_runnable = |name: &String| name == PUMP || name.split('@').next() == Some(RUN);
    match world.exports.keys().any(is_runnable) {
        true => Ok(component),
        false => bail!(
            "the guest exports neither '{RUN}', as programs with `main` do, nor a function for records, such as '{HANDLE}events'"
        ),
    }
}

/// Connects the exports of `plugs` to the imports of `socket`. Returns `socket` unchanged if that fails, for example
/// because no export fits an import.
fn plug(plugs: &[&[u8]], socket: &[u8]) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, bytes: &[u8]| -> Result<_> {
        let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut())?;
        Ok(graph.register_package(package)?)
    };
    let mut registered = Vec::new();
    for (at, plug) in plugs.iter().enumerate() {
        registered.push(register(&format!("guest:plug{at}"), plug)?);
    }
    let target = register("guest:socket", socket)?;
    match wac_graph::plug(&mut graph, registered, target) {
        Ok(()) => Ok(graph.encode(EncodeOptions::default())?),
        Err(_) => Ok(socket.to_vec()),
    }
}

/// Returns the names of the interfaces that a component imports.
fn imports(component: &[u8]) -> Result<Vec<String>> {
    let mut types = Types::default();
    let package = Package::from_bytes("guest:guest", None, component.to_vec(), &mut types);
    let package = package.context(
        "the guest is no component: `wasm-tools component new` makes one of a core module",
    )?;
    let imports = types[package.ty()].imports.iter();
    let instances = imports.filter(|(_, kind)| matches!(kind, ItemKind::Instance(_)));
    Ok(instances.map(|(name, _)| name.clone()).collect())
}

/// Returns whether an interface belongs to a package. Either name may have a version, which is not compared.
fn is_of(interface: &str, package: &str) -> bool {
    let name = package.split('@').next().unwrap_or_default();
    let rest = interface.strip_prefix(name);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Returns the package of the skeleton that a guest imports: `demo:probe@0.1.0` for `demo:probe/object@0.1.0`. Returns
/// `None` if the guest imports no skeleton.
fn package_of(imports: &[String]) -> Option<String> {
    INTERFACES.iter().find_map(|interface| {
        imports.iter().find_map(|import| {
            let (name, version) = match import.split_once('@') {
                Some((name, version)) => (name, Some(version)),
                None => (import.as_str(), None),
            };
            let package = name.strip_suffix(interface)?;
            if name == RAW || name.starts_with(WASI) {
                return None;
            }
            Some(match version {
                Some(version) => format!("{package}@{version}"),
                None => package.to_owned(),
            })
        })
    })
}
