//! Puts a guest and the adapter of an object together.

use anyhow::{Context, Result, bail};
use btf2wit::Config;
use wac_graph::types::{ItemKind, Package};
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
    let mut graph = CompositionGraph::new();
    let socket = Package::from_bytes("guest:guest", None, guest, graph.types_mut());
    let socket = socket.context("the guest is no component")?;
    let types = graph.types();
    let imports = types[socket.ty()].imports.iter();
    let instances = imports.filter(|(_, kind)| matches!(kind, ItemKind::Instance(_)));
    let names: Vec<String> = instances.map(|(name, _)| name.clone()).collect();
    let Some(package) = names.iter().find_map(|name| package_of(name)) else {
        return Ok(guest.to_vec());
    };
    let mut config = adapter.config.clone();
    let adapter = config.package(package.clone()).load()?.to_adapter()?;
    let plug = Package::from_bytes("guest:adapter", None, adapter, graph.types_mut())?;
    let plug = graph.register_package(plug)?;
    let socket = graph.register_package(socket)?;
    if wac_graph::plug(&mut graph, vec![plug], socket).is_err() {
        bail!(
            "the guest's interfaces of '{package}' are not those of the object: generate the guest's WIT with `btf2wit skeleton` \
             from this object, with the same options"
        );
    }
    Ok(graph.encode(EncodeOptions::default())?)
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
