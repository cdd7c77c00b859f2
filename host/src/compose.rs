//! Puts a guest and the adapter of an object together.

use anyhow::{Context, Result, bail};
use btf2wit::Config;
use wac_graph::types::{ItemKind, Package, Types};
use wac_graph::{CompositionGraph, EncodeOptions};

/// The interface that the adapter imports, without its version.
const RAW: &str = "btf2wit:bpf/object";
/// The interface of every skeleton.
const OBJECT: &str = "/object";

/// How the adapter of an object is generated: as `btf2wit skeleton` did for the guest.
#[derive(Clone, Debug)]
pub struct Adapter {
    config: Config,
}

impl Adapter {
    /// Generates the adapter of an object with the default mapping. `name` is used in messages.
    pub fn new(name: &str, object: &[u8]) -> Adapter {
        let mut config = Config::new();
        config.input_bytes(name, object).skeleton(true);
        Adapter { config }
    }

    /// Returns the configuration, for a mapping, for the types of records and for members of unions.
    pub fn config(&mut self) -> &mut Config {
        &mut self.config
    }
}

/// Returns a component of a guest and the adapter of its object, if the guest needs one.
///
/// A guest that was composed with an adapter before imports `btf2wit:bpf/object`, and is returned as it is.
pub fn compose(guest: &[u8], adapter: &Adapter) -> Result<Vec<u8>> {
    let Some(package) = imports(guest)?.iter().find_map(|name| package_of(name)) else {
        return Ok(guest.to_vec());
    };
    let mut config = adapter.config.clone();
    let adapter = config.package(package.clone()).load()?.to_adapter()?;
    let mut graph = CompositionGraph::new();
    let [plug, socket] = [("guest:adapter", &adapter[..]), ("guest:guest", guest)]
        .map(|(name, bytes)| Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut()));
    let (plug, socket) = (
        graph.register_package(plug?)?,
        graph.register_package(socket?)?,
    );
    // An error means that no interface fits.
    let fits = wac_graph::plug(&mut graph, vec![plug], socket);
    let component = match fits {
        Ok(()) => graph.encode(EncodeOptions::default())?,
        Err(_) => guest.to_vec(),
    };
    let other = imports(&component)?
        .into_iter()
        .find(|name| is_of(name, &package));
    match other {
        None => Ok(component),
        Some(other) => bail!(
            "the guest's '{other}' is not that of the object: make the guest's WIT with `btf2wit skeleton` from this object, \
             and give both commands the same options"
        ),
    }
}

/// Returns the names of the interfaces that a component imports.
fn imports(component: &[u8]) -> Result<Vec<String>> {
    let mut types = Types::default();
    let package = Package::from_bytes("guest:guest", None, component.to_vec(), &mut types);
    let package = package.context("the guest is no component")?;
    let imports = types[package.ty()].imports.iter();
    let instances = imports.filter(|(_, kind)| matches!(kind, ItemKind::Instance(_)));
    Ok(instances.map(|(name, _)| name.clone()).collect())
}

/// Returns whether an interface belongs to a package, which may have a version.
fn is_of(interface: &str, package: &str) -> bool {
    let name = package.split('@').next().unwrap_or_default();
    let rest = interface.strip_prefix(name);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Returns the package of an interface `object` of a skeleton: `demo:probe@0.1.0` for `demo:probe/object@0.1.0`.
fn package_of(import: &str) -> Option<String> {
    let (name, version) = match import.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (import, None),
    };
    let package = name.strip_suffix(OBJECT).filter(|_| name != RAW)?;
    Some(match version {
        Some(version) => format!("{package}@{version}"),
        None => package.to_owned(),
    })
}
