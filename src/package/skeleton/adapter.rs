//! Makes the adapter of a skeleton: a component that implements the skeleton's interfaces with calls of the host.

use std::io::Write as _;
use std::path::Path;

use crate::codec::{self, CodecError};
use crate::error::Error;
use crate::options::Docs;
use crate::package::{Package, replace};
use crate::plan::NodeField;

/// The WIT text of the interface that hosts implement.
const RAW: &str = include_str!("../../../wit/object.wit");

impl Package {
    /// Returns the adapter of a skeleton. It is a component that exports the interfaces of the object and the
    /// interface with the types, and imports `btf2wit:bpf/object` (`wit/object.wit` in the repository). A host
    /// implements that interface, which has only names and bytes and no types of the object. Compose the adapter with
    /// each guest that imports the interfaces of the object. The package must be a
    /// [skeleton](crate::Config::skeleton).
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/maps.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).skeleton(true).load()?;
    /// let adapter = package.to_adapter()?;
    /// assert!(adapter.starts_with(b"\0asm"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Skeleton`] if the package is not a skeleton, or if the component would exceed the limits of the
    /// component model.
    pub fn to_adapter(&self) -> Result<Vec<u8>, Error> {
        let module = self.to_adapter_text()?;
        let after_types = self.skeleton_after_types(Docs::None, true)?;
        let mut wit = Vec::new();
        self.write_with(&mut wit, Docs::None, &after_types, std::iter::empty())?;
        let wit = String::from_utf8_lossy(&wit);
        codec::encode(&module, &wit, &[RAW]).map_err(|error| self.no_adapter(error))
    }

    /// Returns the core module of [`to_adapter`](Package::to_adapter) in WebAssembly's text format.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`to_adapter`](Package::to_adapter).
    pub fn to_adapter_text(&self) -> Result<String, Error> {
        let (plan, skeleton) = self.skeleton()?;
        let declare = |field: &NodeField| self.member_comment(field);
        let version = env!("CARGO_PKG_VERSION");
        let made = format!("Made by btf2wit {version} for {}.", self.naming);
        let interface = |name: &str| self.interface_id(name);
        let text = codec::write_adapter(&plan, &skeleton, &interface, &declare, &made);
        text.map_err(|error| self.no_adapter(error))
    }

    /// Writes the adapter to a file, or the text of its core module if the file's name ends in `.wat`. The file is
    /// replaced atomically, and only if its contents change.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`to_adapter`](Package::to_adapter), and [`Error::WriteFile`].
    pub fn write_adapter(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let bytes = match path.extension().is_some_and(|extension| extension == "wat") {
            true => self.to_adapter_text()?.into_bytes(),
            false => self.to_adapter()?,
        };
        replace(path, |file| file.write_all(&bytes).map_err(Error::Write))
    }

    fn no_adapter(&self, error: CodecError) -> Error {
        let what = match error {
            CodecError::Text => "the text of the adapter would be too long".to_owned(),
            CodecError::Refused(what) => what,
        };
        let input = self.input.clone();
        Error::Skeleton { input, what }
    }
}
