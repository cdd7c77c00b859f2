//! What reads and writes the bytes of a package's types: a decoder, and Rust for bindings.

use std::io::Write as _;
use std::path::Path;

use super::{Package, primitive, replace};
use crate::decode::Decoder;
use crate::error::{Error, UnknownType};
use crate::layout;
use crate::maps::Address;
use crate::names::EntityId;
use crate::patterns;
use crate::plan::{self, Plan, ValueType};
use crate::reader;

impl Package {
    /// A decoder of the bytes of a type, by its C name, or else by its WIT label; with a `%` before it
    /// only by that. The type need not be selected. C's own numbers are types too: `__u32`, `unsigned long`, `bool`.
    ///
    /// What a BPF object shares with user space can be named by its place too: `map stats value` (or `map stats`),
    /// `map stats key`, `var cfg`. There the type may be anything, a plain integer or an array of structs. `cfg` alone
    /// is the type of a variable to which C gives no name.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).load()?;
    /// let decoder = package.decoder("event")?;
    /// let event = decoder.decode(&[0; 168])?;
    /// assert_eq!(event.get("exit-event"), Some(&btf2wit::decode::Value::Bool(false)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::UnknownType`] where there is no such type, [`Error::Definitions`] where C defines
    /// several of the name.
    pub fn decoder(&self, name: &str) -> Result<Decoder, Error> {
        let (plan, root) = match Address::parse(name) {
            Some(address) => self.shared_plan(address)?,
            None => self.type_plan(name)?,
        };
        let (name, mut plan) = (path_name(name), plan);
        let node = root.base.node().map(|node| (name.as_str(), node));
        // Other choices are for other types.
        self.choose_arms(&mut plan, node)?;
        Ok(Decoder::new(name, root, plan))
    }

    /// The plan of a C type, or of one of C's own numbers.
    fn type_plan(&self, name: &str) -> Result<(Plan, ValueType), Error> {
        match self.one(name) {
            Ok(id) => {
                let plan = plan::compile(&self.btf, &self.names, &mut self.lower(), id);
                plan.map_err(|e| self.malformed(e))
            }
            Err(error) => match primitive::find(&self.btf, name) {
                Some(base) => Ok((Plan::empty(self.btf.endian), ValueType::plain(base))),
                None => Err(error),
            },
        }
    }

    /// The plan of what a map or a variable holds.
    fn shared_plan(&self, address: Address<'_>) -> Result<(Plan, ValueType), Error> {
        let place = address.find_one(&self.btf, &self.names.object_data);
        let (slot, ty) = place
            .filter(|(_, ty)| !self.btf.is_empty(*ty))
            .ok_or_else(|| patterns::unknown_slot(&self.btf, &self.names, address))?;
        let anonymous = self.names.at_slot(slot);
        let plan = plan::compile_value(&self.btf, &self.names, &mut self.lower(), ty, anonymous);
        plan.map_err(|e| self.malformed(e))
    }

    /// The item of a C name, or of a label.
    fn one(&self, name: &str) -> Result<EntityId, Error> {
        let labelled = |label: &str| {
            let mut items = self.names.entities().map(|(id, _)| id);
            items.find(|id| self.names.label(*id) == label)
        };
        // Looked up first, since it takes long to find out what was meant instead.
        if let Some(found) = name.strip_prefix('%').and_then(labelled) {
            return Ok(found);
        }
        let found = match patterns::find(&self.btf, &self.names, name) {
            Ok(found) => found,
            Err(unknown) => return labelled(name).ok_or_else(|| self.unknown(unknown)),
        };
        match found.as_slice() {
            [one] => Ok(*one),
            several => {
                let labels = several.iter().map(|id| self.names.label(*id).to_owned());
                Err(Error::Definitions {
                    name: name.to_owned(),
                    labels: labels.collect(),
                })
            }
        }
    }

    fn unknown(&self, mut unknown: UnknownType) -> Error {
        unknown.bpf_object = self.origin.is_bpf_object();
        unknown.into()
    }

    /// Rust that reads and writes these types as bindings have them, which wit-bindgen or wasmtime's
    /// `bindgen!` generated into the module `bindings`. [`Config::rust_reader`] puts it beside the WIT, and
    /// says more of it.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
    /// let reader = package.to_rust_reader("crate::bindings::bpf::event::types")?;
    /// assert!(reader.contains("pub mod event {"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Name`] where `bindings` is no path of a module, [`Error::Arm`] where an arm was chosen for a union of a type
    /// that is not selected, [`Error::LargeReader`] where names and arrays are made to
    /// need too much text.
    ///
    /// [`Config::rust_reader`]: crate::Config::rust_reader
    pub fn to_rust_reader(&self, bindings: &str) -> Result<String, Error> {
        if !reader::is_path(bindings) {
            return Err(Error::Name {
                what: "a module",
                name: bindings.to_owned(),
                rule: "say a path of Rust, such as crate::bindings::bpf::event::types".to_owned(),
            });
        }
        let mut lower = self.lower();
        let selected: Vec<EntityId> = self.selected().collect();
        let plan = plan::compile_all(&self.btf, &self.names, &mut lower, &selected);
        let (mut plan, types) = plan.map_err(|e| self.malformed(e))?;
        if let Some(unheld) = self.choose_arms(&mut plan, None)? {
            return Err(unheld);
        }
        let items = selected
            .iter()
            .zip(types)
            .map(|(id, ty)| reader::ReaderItem {
                label: self.names.label(*id).to_owned(),
                c: layout::c_declaration(&self.btf, self.names.entity(*id).ty),
                ty,
            });
        let made = format!(
            "Made by btf2wit {} for {}.",
            env!("CARGO_PKG_VERSION"),
            self.naming
        );
        let text = reader::write(&plan, &items.collect::<Vec<_>>(), bindings, &made);
        text.ok_or_else(|| Error::LargeReader {
            input: self.input.clone(),
            most: reader::MAX_TEXT,
        })
    }

    /// Writes that Rust into a file: whole or not at all. A file that has it already is not touched.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("event.rs");
    /// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
    /// package.write_rust_reader(&path, "crate::bindings::bpf::event::types")?;
    /// # assert!(path.exists());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`to_rust_reader`](Package::to_rust_reader), and [`Error::WriteFile`].
    pub fn write_rust_reader(&self, path: impl AsRef<Path>, bindings: &str) -> Result<(), Error> {
        let text = self.to_rust_reader(bindings)?;
        replace(path.as_ref(), |file| {
            file.write_all(text.as_bytes()).map_err(Error::Write)
        })
    }
}

/// What messages call a type, and paths begin with: its name without the word for its kind, or that of a map or variable.
fn path_name(name: &str) -> String {
    if let Some(address) = Address::parse(name) {
        return address.name.to_owned();
    }
    let words = ["struct ", "union ", "enum ", "typedef "];
    let bare = words.iter().find_map(|word| name.strip_prefix(word));
    bare.unwrap_or(name)
        .trim()
        .trim_start_matches('%')
        .to_owned()
}
