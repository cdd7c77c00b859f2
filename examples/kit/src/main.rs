//! Makes components. Each command does the same as the tool on the right:
//!
//! ```text
//! kit bindings WORLD FOLDER WIT...     wit-bindgen c --world WORLD --out-dir FOLDER WIT
//! kit component MODULE COMPONENT       wasm-tools component new MODULE -o COMPONENT
//! kit command MODULE COMPONENT         wasm-tools component new MODULE --adapt wasi_snapshot_preview1.command.wasm -o COMPONENT
//! kit reactor MODULE COMPONENT         the same with wasi_snapshot_preview1.reactor.wasm
//! kit plug SOCKET PLUG COMPONENT       wac plug SOCKET --plug PLUG -o COMPONENT
//! ```

use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME as PREVIEW1,
    WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER as COMMAND,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER as REACTOR,
};
use wit_bindgen_core::Files;
use wit_component::ComponentEncoder;
use wit_parser::Resolve;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["bindings", world, folder, ref wit @ ..] => bindings(world, folder.as_ref(), wit),
        ["component", module, component] => self::component(module.as_ref(), component.as_ref()),
        ["command", module, component] => adapted(COMMAND, module.as_ref(), component.as_ref()),
        ["reactor", module, component] => adapted(REACTOR, module.as_ref(), component.as_ref()),
        ["plug", socket, plug, component] => {
            self::plug(socket.as_ref(), plug.as_ref(), component.as_ref())
        }
        _ => bail!(
            "say: kit bindings WORLD FOLDER WIT..., kit component MODULE COMPONENT, kit command MODULE COMPONENT, \
             kit reactor MODULE COMPONENT, or kit plug SOCKET PLUG COMPONENT"
        ),
    }
}

/// Writes C bindings for a guest of `world`: a header, a source, and an object. `component` needs the object, which
/// describes the imports and exports of the guest.
fn bindings(world: &str, folder: &Path, wit: &[&str]) -> Result<()> {
    let mut resolve = Resolve::default();
    let mut packages = Vec::new();
    for path in wit {
        packages.push(
            resolve
                .push_path(path)
                .with_context(|| format!("cannot read {path}"))?
                .0,
        );
    }
    let world = resolve.select_world(&packages, Some(world))?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default()
        .build()
        .generate(&mut resolve, world, &mut files)?;
    fs::create_dir_all(folder)?;
    for (name, content) in files.iter() {
        write(&folder.join(name), content)?;
    }
    Ok(())
}

/// Makes a component from a module. Custom sections of the module describe its world.
fn component(module: &Path, component: &Path) -> Result<()> {
    encode(&mut ComponentEncoder::default(), module, component)
}

/// Makes a component from a module whose C library uses preview 1 of WASI. `adapter` translates the calls of preview 1
/// to WASI 0.2.
fn adapted(adapter: &[u8], module: &Path, component: &Path) -> Result<()> {
    let mut encoder = ComponentEncoder::default();
    encode(encoder.adapter(PREVIEW1, adapter)?, module, component)
}

fn encode(encoder: &mut ComponentEncoder, module: &Path, component: &Path) -> Result<()> {
    let encoded = encoder
        .module(&read(module)?)
        .and_then(|encoder| encoder.validate(true).encode())
        .with_context(|| format!("cannot make a component of {}", module.display()))?;
    write(component, &encoded)
}

/// Connects the exports of one component to the imports of the same names in another component.
fn plug(socket: &Path, plug: &Path, component: &Path) -> Result<()> {
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, path: &Path| -> Result<_> {
        let package = Package::from_file(name, None, path, graph.types_mut())?;
        Ok(graph.register_package(package)?)
    };
    let plugs = vec![register("example:plug", plug)?];
    let socket = register("example:socket", socket)?;
    wac_graph::plug(&mut graph, plugs, socket)?;
    write(component, &graph.encode(EncodeOptions::default())?)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}
