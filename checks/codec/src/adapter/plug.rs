//! Composes an adapter with a guest that imports all interfaces of its skeleton. `wac plug` does the same.

use anyhow::{Context, Result, ensure};
use btf2wit::Package;
use wac_graph::{CompositionGraph, EncodeOptions, types};
use wasmtime::Engine;
use wasmtime::component::Component;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

use super::host::RAW;
use crate::codec::failed;

/// Composes the adapter with a guest. Checks that the component is valid, and that it imports only the interface that a
/// host implements.
pub fn check(engine: &Engine, package: &Package, adapter: &[u8]) -> Result<()> {
    let guest = guest(&package.to_wit()?).context("the guest")?;
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, bytes: &[u8]| -> Result<_> {
        let package = types::Package::from_bytes(name, None, bytes, graph.types_mut())?;
        Ok(graph.register_package(package)?)
    };
    let plug = register("check:adapter", adapter)?;
    let socket = register("check:guest", &guest)?;
    wac_graph::plug(&mut graph, vec![plug], socket)?;
    let composed = graph.encode(EncodeOptions::default())?;
    let composed = Component::new(engine, &composed).map_err(failed)?;
    let ty = composed.component_type();
    let imports: Vec<&str> = ty.imports(engine).map(|(name, _)| name).collect();
    ensure!(
        imports == [RAW],
        "the composed component imports {imports:?}"
    );
    Ok(())
}

/// Returns a component that has the imports of the world in a WIT text.
fn guest(wit: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("skeleton.wit", wit)?;
    let world = resolve.select_world(&[package], None)?;
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    ComponentEncoder::default()
        .module(&module)?
        .validate(true)
        .encode()
}
