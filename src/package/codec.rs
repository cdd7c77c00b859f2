//! Makes a codec from a package: a component that reads and writes the bytes of the package's types.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;

use super::relocated::SelectedPlan;
use super::{Package, replace};
use crate::c::declaration;
use crate::codec::{self, CodecError, CodecItem, CommonNames, FunctionNames};
use crate::error::Error;
use crate::layout;
use crate::names::{EntityId, Owner, is_keyword};
use crate::naming::{fold, folded};
use crate::options::Docs;
use crate::plan::{Fingerprints, NodeField, Plan, ValueType};
use crate::wit::{self, TextAfterTypes};

/// The plan and the names from which the codec's WIT text and the component are generated.
pub(super) struct Parts {
    /// The plan of the selected types.
    plan: Plan,
    /// The types that get functions.
    items: Vec<CodecItem>,
    names: CommonNames,
}

/// The extension of files into which the core module is written as text, instead of the component.
const TEXT: &str = "wat";

impl Package {
    /// Returns a component that reads C bytes as values of the types in the interface, and writes such values as C
    /// bytes. It exports the interface with the types and the interface `codec`. It has no imports, so it runs in
    /// every runtime and composes with every guest.
    ///
    /// Each selected struct, union, enum and typedef with a name and a size has functions: `read-event`,
    /// `write-event`, and `read-events` for consecutive values, unless the type ends in a flexible array. Types have
    /// none if their C bytes or their values in the canonical ABI are larger than 256 MiB, since these cannot be
    /// passed. `fingerprints` returns the fingerprint of each type, which is that of
    /// [`Decoder::fingerprint`](crate::decode::Decoder::fingerprint). Values, bytes and messages are those of a
    /// [`strict`](crate::decode::Decoder::strict) decoder. Errors are returned as values.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
    /// let component = package.to_codec()?;
    /// assert!(component.starts_with(b"\0asm"));
    /// assert!(package.to_codec_wit()?.contains("read-event: func(bytes: list<u8>)"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Error::Arm`] if an arm was chosen for a union in a type that is not selected;
    /// - [`Error::Lacks`] if a target lacks a requested type or a member of it;
    /// - [`Error::Codec`] if the component would exceed the limits of the component model, or if the interface with the
    ///   types is called `codec`.
    pub fn to_codec(&self) -> Result<Vec<u8>, Error> {
        let module = self.to_codec_text()?;
        let wit = self.codec_package()?;
        codec::encode(&module, &wit, &[]).map_err(|error| self.refused(error))
    }

    /// Returns the core module of [`to_codec`](Package::to_codec) in WebAssembly's text format.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`to_codec`](Package::to_codec).
    pub fn to_codec_text(&self) -> Result<String, Error> {
        let Parts { plan, items, names } = self.codec_parts()?;
        let declare = |field: &NodeField| self.member_comment(field);
        let version = env!("CARGO_PKG_VERSION");
        let made = format!("Made by btf2wit {version} for {}.", self.naming);
        let text = codec::write(
            plan,
            items,
            &self.interface_id(codec::INTERFACE),
            *names,
            &declare,
            &made,
        );
        text.map_err(|error| self.refused(error))
    }

    /// Returns the package as WIT text, with the interface `codec`.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`to_codec`](Package::to_codec), and those of [`to_wit`](Package::to_wit).
    pub fn to_codec_wit(&self) -> Result<String, Error> {
        let interfaces = self.codec_interface(self.docs)?;
        let after_types = TextAfterTypes::new(&self.naming, self.world, interfaces);
        let mut text = Vec::new();
        self.write_with(&mut text, self.docs, &after_types, self.functions_written())?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Writes the component to a file, or the text of its core module if the file's name ends in `.wat`. The file is
    /// replaced atomically, and only if its contents change.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`to_codec`](Package::to_codec), and [`Error::WriteFile`].
    pub fn write_codec(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let bytes = self.codec_for(path)?;
        replace(path, |file| file.write_all(&bytes).map_err(Error::Write))
    }

    /// Returns the contents for a file with this name: the core module as text if the name ends in `.wat`, otherwise
    /// the component.
    pub fn codec_for(&self, path: &Path) -> Result<Vec<u8>, Error> {
        match path.extension().is_some_and(|extension| extension == TEXT) {
            true => Ok(self.to_codec_text()?.into_bytes()),
            false => self.to_codec(),
        }
    }

    /// Returns the WIT text of the interface `codec`.
    pub(super) fn codec_interface(&self, docs: Docs) -> Result<String, Error> {
        if folded(&self.naming.interface) == codec::INTERFACE {
            return Err(self.refused(CodecError::Refused(
                "the interface with the types has the name of the codec's: choose another --interface"
                    .to_owned(),
            )));
        }
        let Parts { items, names, .. } = self.codec_parts()?;
        Ok(codec::interface(
            items,
            &self.naming.interface,
            *names,
            &is_keyword,
            docs == Docs::Full,
        ))
    }

    /// Returns the WIT package for the component itself. It has no comments, since they would become part of the
    /// component. It has no functions of the BTF either, since the component could not export them.
    fn codec_package(&self) -> Result<String, Error> {
        let types = id(&self.naming.interface);
        let exports = format!("export {types};\n    export {};", codec::INTERFACE);
        let after_types = TextAfterTypes {
            interfaces: self.codec_interface(Docs::None)?,
            world: wit::world(&self.naming, &exports),
        };
        let mut text = Vec::new();
        self.write_with(&mut text, Docs::None, &after_types, std::iter::empty())?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Returns the plan and names of the codec. They are computed on first use.
    fn codec_parts(&self) -> Result<&Parts, Error> {
        if let Some(known) = self.codec_parts.get() {
            return Ok(known);
        }
        let parts = self.make_codec_parts()?;
        Ok(self.codec_parts.get_or_init(|| parts))
    }

    fn make_codec_parts(&self) -> Result<Parts, Error> {
        let SelectedPlan { mut plan, items } = self.selected_plan()?;
        if let Some(unused) = self.choose_arms(&mut plan, None)? {
            return Err(unused);
        }
        let taken = self.taken_labels();
        let items: Vec<(EntityId, ValueType)> = items
            .into_iter()
            .filter_map(|(id, ty)| Some((id, ty?)))
            .collect();
        // The component model cannot pass a value of more than 256 MiB, so such types get no functions.
        let passed = codec::are_passed(&plan, items.iter().map(|(_, ty)| ty));
        let passed = items.into_iter().zip(passed).filter(|(_, passed)| *passed);
        let mut fingerprints = Fingerprints::new(&plan);
        let items = passed
            .filter_map(|((id, ty), _)| self.codec_item(&plan, &taken, &mut fingerprints, id, ty));
        let items = items.collect();
        let names = CommonNames::new(&taken);
        Ok(Parts { plan, items, names })
    }

    fn codec_item(
        &self,
        plan: &Plan,
        taken: &HashSet<String>,
        fingerprints: &mut Fingerprints<'_>,
        id: EntityId,
        ty: ValueType,
    ) -> Option<CodecItem> {
        let entity = self.names.entity(id);
        let flexible = plan.flexible_in(&ty).is_some();
        let size = plan.size_of(&ty);
        if entity.owner != Owner::Named || size == 0 && !flexible {
            return None;
        }
        let label = self.names.label(id).to_owned();
        let c_name = self.btf.name_of(entity.ty);
        Some(CodecItem {
            name: if c_name.is_empty() { &label } else { c_name }.to_owned(),
            c: layout::c_declaration(&self.btf, entity.ty),
            fingerprint: fingerprints.of(&ty),
            ty,
            functions: FunctionNames::new(&label, !flexible, taken),
            label,
        })
    }

    /// Returns the labels of the BTF that may be equal to names that a codec needs. The labels are in lower case and
    /// without hyphens, so labels that collide are equal.
    fn taken_labels(&self) -> HashSet<String> {
        let mut taken = HashSet::new();
        let mut label = String::new();
        for (id, _) in self.names.entities() {
            fold(&mut label, self.names.label(id));
            if codec::may_clash(&label) {
                taken.insert(label.clone());
            }
        }
        taken
    }

    /// Returns the C declaration of a member and its offset, for comments in the generated text.
    pub(super) fn member_comment(&self, field: &NodeField) -> String {
        let mut text = String::new();
        let name = if field.unnamed { "" } else { &*field.name };
        declaration::declare(&mut text, &self.btf, field.c_type, name);
        let (byte, bit) = (field.bit_offset / 8, field.bit_offset % 8);
        match field.bits {
            0 => format!("{text} at {byte}"),
            width => format!("{text} : {width} at {byte} bit {bit}"),
        }
    }

    /// Returns the full name of an interface of this package, such as `bpf:event/types@1.0.0`.
    pub(super) fn interface_id(&self, interface: &str) -> String {
        let naming = &self.naming;
        let version = naming.version.as_ref().map(|version| format!("@{version}"));
        format!(
            "{}:{}/{interface}{}",
            naming.namespace,
            naming.package,
            version.unwrap_or_default()
        )
    }

    pub(super) fn refused(&self, error: CodecError) -> Error {
        let what = match error {
            CodecError::Text => {
                "its text would be too long: select some types with --type".to_owned()
            }
            CodecError::Refused(what) => what,
        };
        let input = self.input.clone();
        Error::Codec { input, what }
    }
}

fn id(label: &str) -> String {
    match is_keyword(label) {
        true => format!("%{label}"),
        false => label.to_owned(),
    }
}
