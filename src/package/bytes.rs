//! Makes decoders and Rust readers for the bytes of a package's types.

use std::io::Write as _;
use std::path::Path;

use super::relocated::SelectedPlan;
use super::{Package, primitive, replace};
use crate::decode::Decoder;
use crate::error::{Error, UnknownType};
use crate::layout;
use crate::maps::Address;
use crate::names::EntityId;
use crate::patterns;
use crate::plan::{self, BaseType, Plan, ValueType};
use crate::reader;

impl Package {
    /// Returns a decoder for the bytes of a type. `name` is a C name, or a WIT label if no C type has the name. `%name`
    /// is always a label. The type need not be selected. C's number types work too: `__u32`, `unsigned long`, `bool`.
    ///
    /// For a BPF object, `name` may also be `map stats value` (or `map stats`), `map stats key` or `var cfg`, for the
    /// type of a map's value or key or of a variable. These may have any type, such as an integer or an array of
    /// structs. A variable whose type has no name in C can also be named without `var`: `cfg`.
    ///
    /// With [`Config::target_btf`](crate::Config::target_btf), the bytes have the target's layout.
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
    /// Returns [`Error::UnknownType`] if the type does not exist or types of several kinds have the name,
    /// [`Error::Definitions`] if the name has several definitions in C, and [`Error::Lacks`] if a target lacks the
    /// type or a member of it.
    pub fn decoder(&self, name: &str) -> Result<Decoder, Error> {
        let (plan, root) = match Address::parse(name) {
            Some(address) => self.shared_plan(address)?,
            None => self.type_plan(name)?,
        };
        let (name, mut plan) = (path_name(name), plan);
        let node = root.base.node().map(|node| (name.as_str(), node));
        // The package has arm choices for all its types. Choices for types that this plan does not contain are
        // ignored.
        self.choose_arms(&mut plan, node)?;
        Ok(Decoder::new(name, root, plan))
    }

    /// Returns the plan of a C type.
    fn type_plan(&self, name: &str) -> Result<(Plan, ValueType), Error> {
        match self.find_item(name) {
            Ok(id) => {
                let plan = plan::compile(&self.btf, &self.names, &mut self.lower(), id);
                let (plan, ty) = plan.map_err(|e| self.malformed(e))?;
                self.relocated_root(plan, ty, self.names.entity(id).ty)
            }
            Err(error) => match primitive::find(&self.btf, name) {
                Some(base) => Ok(self.number_plan(name, base)),
                None => Err(error),
            },
        }
    }

    /// Returns the plan of a map's key or value, or of a variable.
    fn shared_plan(&self, address: Address<'_>) -> Result<(Plan, ValueType), Error> {
        let place = address.find_one(&self.btf, &self.names.object_data);
        let (slot, ty) = place
            .filter(|(_, ty)| !self.btf.is_empty(*ty))
            .ok_or_else(|| patterns::unknown_slot(&self.btf, &self.names, address))?;
        let anonymous = self.names.at_slot(slot);
        let plan = plan::compile_value(&self.btf, &self.names, &mut self.lower(), ty, anonymous);
        let (plan, value) = plan.map_err(|e| self.malformed(e))?;
        self.relocated_root(plan, value, ty)
    }

    /// Returns the item with a C name or a label. Returns an error if several items have the C name.
    fn find_item(&self, name: &str) -> Result<EntityId, Error> {
        let labelled = |label: &str| {
            let mut items = self.names.entities().map(|(id, _)| id);
            items.find(|id| self.names.label(*id) == label)
        };
        // A name with a `%` is looked up as a label first. The look-up of a C name searches for similar names if it
        // fails, which takes long.
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

    /// Returns Rust code that converts between the bytes of the selected types and the types that wit-bindgen or
    /// wasmtime's `bindgen!` generated into the module `bindings`. [`Config::rust_reader`] describes the code.
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
    /// - [`Error::Name`] if `bindings` is not the path of a module;
    /// - [`Error::Arm`] if an arm was chosen for a union in a type that is not selected;
    /// - [`Error::Lacks`] if a target lacks a requested type or a member of it;
    /// - [`Error::LargeReader`] if the code would be too large.
    ///
    /// [`Config::rust_reader`]: crate::Config::rust_reader
    pub fn to_rust_reader(&self, bindings: &str) -> Result<String, Error> {
        if !reader::is_path(bindings) {
            return Err(Error::Name {
                what: "a module",
                name: bindings.to_owned(),
                rule: "use a Rust path, such as crate::bindings::bpf::event::types".to_owned(),
            });
        }
        let SelectedPlan { mut plan, items } = self.selected_plan()?;
        if let Some(unused) = self.choose_arms(&mut plan, None)? {
            return Err(unused);
        }
        let items = items.into_iter().map(|(id, ty)| reader::ReaderItem {
            label: self.names.label(id).to_owned(),
            c: layout::c_declaration(&self.btf, self.names.entity(id).ty),
            is_read: ty.is_some(),
            ty: ty.unwrap_or_else(|| ValueType::plain(BaseType::Bool { bytes: 1 })),
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

    /// Writes the code of [`to_rust_reader`](Package::to_rust_reader) to a file. The file is replaced atomically, and
    /// only if its contents change.
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
    /// Returns the errors of [`to_rust_reader`](Package::to_rust_reader), and [`Error::WriteFile`].
    pub fn write_rust_reader(&self, path: impl AsRef<Path>, bindings: &str) -> Result<(), Error> {
        let text = self.to_rust_reader(bindings)?;
        replace(path.as_ref(), |file| {
            file.write_all(text.as_bytes()).map_err(Error::Write)
        })
    }
}

/// Returns the name with which paths in messages and in arm choices begin. For a type, this is its name without a `%`
/// or a word such as `struct` before it. For a slot such as `map stats value`, this is the name of the map or
/// variable.
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
