//! Returns the contents of a package as data, or as a JSON document: items with their layout, functions, maps,
//! variables and programs.

#[cfg(feature = "json")]
use std::{
    io::{BufWriter, Write},
    path::Path,
};

use super::Package;
#[cfg(feature = "json")]
use super::{json::Document, replace};
use crate::error::Error;
use crate::input::Program;
use crate::layout;
use crate::lower::{Item, Labelled, Lower};

impl Package {
    /// Returns the selected items with the layout of their bytes, in the order of the WIT text. Without a target, the
    /// iterator creates the items one at a time.
    ///
    /// With [`Config::target_btf`](crate::Config::target_btf), the layout is that of the target. Aliases in the types
    /// of fields are then resolved, and a type that corresponds to several types of the target has an item for each:
    /// `inner`, `inner@2`.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
    /// for item in package.items() {
    ///     let item = item?;
    ///     assert_eq!((item.c.as_str(), item.size), ("struct event", 168));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields only errors that [`Config::load`](crate::Config::load) would already have returned, and [`Error::Lacks`]
    /// if a target lacks a requested type or a member of it.
    pub fn items(&self) -> impl Iterator<Item = Result<layout::Item, Error>> + '_ {
        let mut lower = self.lower();
        let mut item = Item::default();
        let own = self.selected().filter(|_| self.target.is_none());
        let own = own.map(move |id| {
            self.fill(&mut lower, id, &mut item)?;
            Ok(self.describer().item(id, &item))
        });
        let (relocated, error) = match self.relocated_items() {
            Ok(items) => (items, None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        own.chain(relocated.into_iter().map(Ok)).chain(error)
    }

    /// Returns outlines of the selected items that have a C name, in the order of the WIT text. This is cheaper than
    /// [`items`](Package::items), since an outline has no fields or cases. The sizes are those of the input, even if
    /// there is a target.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
    /// for item in package.outlines() {
    ///     let item = item?;
    ///     assert_eq!((item.name, item.form.word(), item.size), ("event", "record", 168));
    ///     assert!(item.asked_for);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Yields only errors that [`Config::load`](crate::Config::load) would already have returned.
    pub fn outlines(&self) -> impl Iterator<Item = Result<layout::Outline<'_>, Error>> {
        let mut lower = self.lower().labelled(Labelled::None);
        let mut item = Item::default();
        let named = self.named().filter(|(_, name, _)| !name.is_empty());
        named.map(move |(kind, name, id)| {
            let body = lower.form(id, &mut item);
            let body = body.map_err(|source| self.malformed(source))?;
            Ok(layout::Outline {
                wit: self.names.label(id),
                kind,
                name,
                id: self.names.entity(id).ty.0,
                size: self.size(id),
                form: layout::Form::of(body),
                asked_for: self.selection.is_root(&self.names, id),
            })
        })
    }

    /// Returns the selected functions in the order of the WIT text.
    pub fn functions(&self) -> impl Iterator<Item = layout::Function> + '_ {
        let describer = self.describer();
        let mut lower = Lower::new(&self.btf, &self.names, &self.choices);
        let mut item = Item::default();
        self.functions_written().map(move |function| {
            lower.function(function, &mut item);
            describer.function(function, &item)
        })
    }

    /// Returns the maps of a BPF object in the order of its BTF.
    pub fn maps(&self) -> Vec<layout::Map> {
        let describer = self.describer();
        let maps = (0..).zip(&self.names.object_data.maps);
        maps.filter(|(_, map)| !self.btf.is_of_base(map.variable))
            .map(|(at, map)| describer.map(at, map))
            .collect()
    }

    /// Returns the global variables of a BPF object in the order of its BTF.
    pub fn globals(&self) -> Vec<layout::Global> {
        let describer = self.describer();
        let globals = (0..).zip(&self.names.object_data.globals);
        globals
            .filter(|(_, global)| !self.btf.is_of_base(global.variable))
            .map(|(at, global)| {
                let mut described = describer.global(at, global);
                let symbols = &self.symbols;
                let (section, name) = (&described.section, &described.name);
                described.offset = described.offset.or_else(|| symbols.offset(section, name));
                described
            })
            .collect()
    }

    /// Returns the programs of a BPF object in the order of its sections: the global functions that a loader passes to
    /// the kernel.
    pub fn programs(&self) -> Vec<layout::Program> {
        let program = |program: &Program| layout::Program {
            name: program.name.clone(),
            section: program.section.clone(),
            target: program
                .section
                .split_once('/')
                .map(|(_, target)| target.to_owned()),
        };
        self.programs.iter().map(program).collect()
    }

    /// Writes items with their layout, functions, maps, variables and programs as a JSON document.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Write`] if `out` fails, and the errors of [`items`](Package::items).
    #[cfg(feature = "json")]
    pub fn write_layout(&self, out: impl Write) -> Result<(), Error> {
        // Serde would report an error of `items` as an error of writing. `fingerprints` returns every error of
        // `items`, before anything is written.
        let fingerprints = self.fingerprints()?;
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let document = Document {
            package: self,
            fingerprints,
        };
        serde_json::to_writer_pretty(&mut out, &document).map_err(|e| Error::Write(e.into()))?;
        out.write_all(b"\n").map_err(Error::Write)?;
        out.flush().map_err(Error::Write)
    }

    /// Writes the document of [`write_layout`](Package::write_layout) to a file. The file is replaced atomically, and
    /// only if its contents change.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("event.json");
    /// btf2wit::Config::new().input(object).load()?.write_layout_file(&path)?;
    /// assert!(std::fs::read_to_string(path)?.contains(r#""wit": "event""#));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::WriteFile`] if the file, or a temporary file in its folder, cannot be written, and the errors
    /// of [`items`](Package::items).
    #[cfg(feature = "json")]
    pub fn write_layout_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        replace(path.as_ref(), |file| self.write_layout(file))
    }
}
