//! Writes a package as WIT text.

use std::io::Write;
use std::path::Path;

use super::{Package, replace};
use crate::error::Error;
use crate::layout::Form;
use crate::lower::{Item, Labelled};
use crate::names::{EntityId, Function};
use crate::options::Docs;
use crate::report::Summary;
use crate::wit::{AskedFor, TextAfterTypes, Writer};

/// The maximum number of requested types that the header names. The header says how many more there are.
const MAX_ASKED_FOR: usize = 4;

impl Package {
    /// Writes the package as WIT text.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Write`] if `out` fails. By then, part of the text may have been written. To replace a file
    /// atomically, use [`write_file`](Package::write_file). If the text has the interface of a codec, also returns the
    /// errors of `to_codec`.
    pub fn write_to(&self, out: impl Write) -> Result<Summary, Error> {
        let after_types = self.after_types()?;
        self.write_with(out, self.docs, &after_types, self.functions_written())
    }

    /// Returns the text that follows the interface with the types.
    #[cfg(feature = "codec")]
    fn after_types(&self) -> Result<TextAfterTypes, Error> {
        if self.skeleton.is_some() {
            return self.skeleton_after_types(self.docs, false);
        }
        let more = match self.codec {
            true => self.codec_interface(self.docs)?,
            false => String::new(),
        };
        Ok(TextAfterTypes::new(&self.naming, self.world, more))
    }

    #[cfg(not(feature = "codec"))]
    fn after_types(&self) -> Result<TextAfterTypes, Error> {
        if self.skeleton.is_some() {
            return self.skeleton_after_types(self.docs, false);
        }
        Ok(TextAfterTypes::new(&self.naming, self.world, String::new()))
    }

    /// Writes the whole package as WIT: the header, the selected types, then `functions`, then `after_types`, which has
    /// the other interfaces and the world.
    pub(super) fn write_with<'a>(
        &'a self,
        out: impl Write,
        docs: Docs,
        after_types: &TextAfterTypes,
        functions: impl Iterator<Item = &'a Function>,
    ) -> Result<Summary, Error> {
        let mut summary = self.summary();
        self.count_skeleton(&mut summary)?;
        let mut writer = Writer::new(out, &self.btf, &self.names, docs);
        writer.begin(
            &self.naming,
            self.origin,
            &self.asked_for()?,
            self.selection.pointers,
            self.world,
        );
        let mut lower = self.lower();
        let mut item = Item::default();
        for id in self.selected() {
            self.fill(&mut lower, id, &mut item)?;
            summary.item(&item, self.names.entity(id).collides);
            writer.item(id, &item).map_err(Error::Write)?;
        }
        for function in functions {
            if writer.function_again(function).map_err(Error::Write)? {
                summary.function_again(function.collides);
                continue;
            }
            lower.function(function, &mut item);
            summary.item(&item, function.collides);
            writer.function(function, &item).map_err(Error::Write)?;
        }
        writer.end(after_types).map_err(Error::Write)?;
        Ok(summary)
    }

    /// Returns the requested types for the header. The list is empty if the whole BTF is converted, or if all selected
    /// items with a C name were requested.
    fn asked_for(&self) -> Result<AskedFor, Error> {
        let is_root = |id: &EntityId| self.selection.is_root(&self.names, *id);
        let mut asked_for = AskedFor::default();
        if self.selection.whole || self.named().all(|(.., id)| is_root(&id)) {
            return Ok(asked_for);
        }
        let mut lower = self.lower().labelled(Labelled::None);
        let mut item = Item::default();
        for id in self.selected().filter(is_root) {
            if asked_for.first.len() == MAX_ASKED_FOR {
                asked_for.others += 1;
                continue;
            }
            let body = lower.form(id, &mut item);
            let body = body.map_err(|source| self.malformed(source))?;
            asked_for.first.push((Form::of(body).word(), id));
        }
        Ok(asked_for)
    }

    /// Writes the package as WIT text to a file. The file is replaced atomically, and only if its contents change, so
    /// that tools which watch the time of the file do not rebuild without need.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("event.wit");
    /// let summary = btf2wit::Config::new().input(object).load()?.write_file(&path)?;
    /// assert_eq!(summary.records, 1);
    /// assert!(std::fs::read_to_string(path)?.contains("record event {"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::WriteFile`] if the file, or a temporary file in its folder, cannot be written. If the text has
    /// the interface of a codec, also returns the errors of `to_codec`.
    pub fn write_file(&self, path: impl AsRef<Path>) -> Result<Summary, Error> {
        replace(path.as_ref(), |file| self.write_to(file))
    }

    /// Returns the package as WIT text. For a whole kernel with all its functions, this can be 16 MB.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let wit = btf2wit::Config::new().input(object).load()?.to_wit()?;
    /// assert!(wit.contains("record event {"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns only errors that [`Config::load`](crate::Config::load) would already have returned. If the text has the
    /// interface of a codec, also returns the errors of `to_codec`.
    pub fn to_wit(&self) -> Result<String, Error> {
        let mut wit = Vec::new();
        self.write_to(&mut wit)?;
        Ok(String::from_utf8_lossy(&wit).into_owned())
    }
}
