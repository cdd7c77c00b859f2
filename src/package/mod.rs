//! Checked types, names, selection and options together: what every product starts from.

mod bytes;
mod load;

use std::fs::File;
#[cfg(feature = "json")]
use std::io::BufWriter;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::btf::{Btf, Malformed, TypeId, Warning};
use crate::choices::Choices;
use crate::error::Error;
use crate::file;
use crate::input::Origin;
use crate::layout::{self, Describer};
use crate::lower::{Ahead, Item, Labelled, Lower};
use crate::names::{EntityId, Function, Kind, Names, Place};
use crate::naming::Naming;
use crate::options::Docs;
use crate::report::{self, Entry, Fate, Reason, Report, Summary};
use crate::select::{MOST_PARAMETERS, Selection};
use crate::shared::Shared;
use crate::source::{Base, BaseOrigin, Source};
use crate::wit::Writer;

/// A BTF that was read, checked and named, with what was selected of it.
pub struct Package {
    input: String,
    files: Vec<PathBuf>,
    origin: Origin,
    packed: Option<&'static str>,
    base: Option<BaseOrigin>,
    btf: Btf,
    names: Names,
    naming: Naming,
    choices: Choices,
    selection: Selection,
    /// Is there room for a world that imports the interface?
    world: bool,
    docs: Docs,
    constants: bool,
}

impl Package {
    /// Writes the package as WIT text.
    ///
    /// # Errors
    ///
    /// Where `out` fails. The text is written in pieces as it is made: to keep a file whole, write
    /// to another one first.
    pub fn write_to(&self, out: impl Write) -> Result<Summary, Error> {
        let mut summary = self.summary();
        let whole = self.selection.whole;
        let mut writer = Writer::new(out, &self.btf, &self.names, self.docs, whole);
        writer.begin(
            &self.naming,
            self.origin,
            self.selection.pointers,
            self.world,
        );
        let mut lower = self.lower();
        let mut item = match whole {
            true => Item::of_all(&self.btf),
            false => Item::default(),
        };
        let mut selected = Ahead::of(self.selected());
        while let Some(id) = selected.next(&lower, &item) {
            self.fill(&mut lower, id, &mut item)?;
            summary.item(&item, self.names.entity(id).rival);
            writer.item(id, &item).map_err(Error::Write)?;
        }
        for function in self.picked(true) {
            let written = writer.function_by_texts(function, &mut lower, &mut item);
            if written.map_err(Error::Write)? {
                summary.function_again(function.rival);
                continue;
            }
            lower.function(function, &mut item);
            summary.item(&item, function.rival);
            writer.function(function, &item).map_err(Error::Write)?;
        }
        writer.end(&self.naming, self.world).map_err(Error::Write)?;
        Ok(summary)
    }

    /// Writes the package as WIT text into a file: whole or not at all. A file that has that text
    /// already is not touched, so that nothing is built again.
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
    /// [`Error::WriteFile`] where the file, or a temporary one beside it, cannot be written.
    pub fn write_file(&self, path: impl AsRef<Path>) -> Result<Summary, Error> {
        replace(path.as_ref(), |file| self.write_to(file))
    }

    /// The package as WIT text: up to 16 MB for a kernel with all its functions.
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
    /// None that loading would not have met before.
    pub fn to_wit(&self) -> Result<String, Error> {
        let mut wit = Vec::new();
        self.write_to(&mut wit)?;
        Ok(String::from_utf8_lossy(&wit).into_owned())
    }

    /// Lists what is left out, widened or renamed against a rival, and why, and counts it.
    ///
    /// # Errors
    ///
    /// None that loading would not have met before.
    pub fn report(&self) -> Result<Report, Error> {
        let left_out = |(id, reason)| Entry {
            fate: Fate::LeftOut,
            c: report::c_type(&self.btf, id),
            wit: None,
            reason,
        };
        let mut summary = self.summary();
        let mut entries: Vec<Entry> = self.types_left_out().map(left_out).collect();
        let reason = |function: &Function| match function.parts(&self.btf).0.len() {
            0..=MOST_PARAMETERS => Reason::NotSelected,
            _ => Reason::TooMany,
        };
        let functions = self.picked(false).map(|f| left_out((f.ty, reason(f))));
        entries.extend(functions);
        let mut note = |item: &Item, ty, wit: &str, rival| {
            summary.item(item, rival);
            let c = report::c_type(&self.btf, ty);
            if rival {
                entries.push(Entry {
                    fate: Fate::Renamed,
                    c: c.clone(),
                    wit: Some(wit.to_owned()),
                    reason: Reason::Rival,
                });
            }
            report::inside(&self.btf, item, &c, wit, &mut entries);
        };
        let mut lower = self.lower();
        let mut item = Item::default();
        for id in self.selected() {
            self.fill(&mut lower, id, &mut item)?;
            let entity = self.names.entity(id);
            note(&item, entity.ty, self.names.label(id), entity.rival);
        }
        for function in self.picked(true) {
            lower.function(function, &mut item);
            let wit = self.names.function_label(function);
            note(&item, function.ty, wit, function.rival);
        }
        Ok(Report::new(summary, entries))
    }

    /// What can be counted without looking into the items.
    fn summary(&self) -> Summary {
        let mut summary = Summary {
            types: self.btf.len() - self.selection.from.0 as usize,
            world: self.world,
            not_selected: self.picked(false).count(),
            ..Summary::default()
        };
        for (_, reason) in self.types_left_out() {
            summary.left_out(reason);
        }
        summary
    }

    /// Every item that is written, with the layout of its bytes, in the order of the text. Items
    /// are made one at a time.
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
    /// None that loading would not have met before.
    pub fn items(&self) -> impl Iterator<Item = Result<layout::Item, Error>> + '_ {
        let mut lower = self.lower();
        let mut item = Item::default();
        self.selected().map(move |id| {
            self.fill(&mut lower, id, &mut item)?;
            Ok(self.describer().item(id, &item))
        })
    }

    /// Every item that is written and has a C name, in the order of the text, without what is in it:
    /// what a list needs, for a fraction of what [`items`](Package::items) costs.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).types(["event"]).load()?;
    /// for item in package.outlines() {
    ///     let item = item?;
    ///     assert_eq!((item.name, item.form.word(), item.size), ("event", "record", 168));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// None that loading would not have met before.
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
            })
        })
    }

    /// Every function that is written, in the order of the text.
    pub fn functions(&self) -> impl Iterator<Item = layout::Function> + '_ {
        let describer = self.describer();
        let mut lower = Lower::new(&self.btf, &self.names, &self.choices);
        let mut item = Item::default();
        self.picked(true).map(move |function| {
            lower.function(function, &mut item);
            describer.function(function, &item)
        })
    }

    /// Writes all items and functions with their layout as one JSON document.
    ///
    /// # Errors
    ///
    /// Where `out` fails.
    #[cfg(feature = "json")]
    pub fn write_layout(&self, out: impl Write) -> Result<(), Error> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let document = layout::Document(self);
        serde_json::to_writer_pretty(&mut out, &document).map_err(|e| Error::Write(e.into()))?;
        out.write_all(b"\n").map_err(Error::Write)?;
        out.flush().map_err(Error::Write)
    }

    /// Writes that document into a file: whole or not at all. A file that has it already is not touched.
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
    /// [`Error::WriteFile`] where the file, or a temporary one beside it, cannot be written.
    #[cfg(feature = "json")]
    pub fn write_layout_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        replace(path.as_ref(), |file| self.write_layout(file))
    }

    /// What was read, and what was found out about it.
    pub fn source(&self) -> Source {
        let of_base = self.btf.base_len();
        let base = self.base.clone().filter(|_| of_base > 0);
        Source {
            input: self.input.clone(),
            packed: self.packed,
            place: self.origin.place(),
            types: self.btf.len() - 1 - of_base,
            base: base.map(|origin| Base {
                origin,
                types: of_base,
            }),
            endian: self.btf.endian,
            pointer_size: self.btf.pointer_size,
            pointer_origin: self.btf.pointer_origin,
        }
    }

    /// The package, `NAMESPACE:NAME` or `NAMESPACE:NAME@VERSION`.
    pub fn id(&self) -> String {
        self.naming.to_string()
    }

    /// The interface that all items stand in.
    pub fn interface(&self) -> &str {
        &self.naming.interface
    }

    /// What the kernel's BTF verifier would refuse of the input, although it is converted as anything
    /// else is: once for each rule that is broken. Says nothing of the base of split BTF.
    ///
    /// Kernels, their modules and BPF objects that load have none; BTF by other hands may.
    ///
    /// ```
    /// # fn main() -> Result<(), btf2wit::Error> {
    /// # let object = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/obj/event.bpfel.o");
    /// let package = btf2wit::Config::new().input(object).load()?;
    /// for warning in package.warnings() {
    ///     eprintln!("warning: {}: {warning}", package.input_name());
    /// }
    /// # assert!(package.warnings().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn warnings(&self) -> &[Warning] {
        &self.btf.warnings
    }

    /// What messages call the input.
    pub fn input_name(&self) -> &str {
        &self.input
    }

    /// The maps of a BPF object, in the order of its BTF.
    pub fn maps(&self) -> Vec<layout::Map> {
        let describer = self.describer();
        let shared = Shared::find(&self.btf);
        shared.maps.iter().map(|map| describer.map(map)).collect()
    }

    /// The global variables of a BPF object, in the order of its BTF.
    pub fn globals(&self) -> Vec<layout::Global> {
        let describer = self.describer();
        let shared = Shared::find(&self.btf);
        let globals = shared.globals.iter();
        globals.map(|global| describer.global(global)).collect()
    }

    /// What is written under a C name, with that.
    pub(crate) fn named(&self) -> impl Iterator<Item = (Kind, &str, EntityId)> {
        let named = self.named_at_all();
        named.filter(|(.., id)| self.selects(*id))
    }

    /// Is this item written?
    pub(crate) fn selects(&self, id: EntityId) -> bool {
        self.selection.has(id)
    }

    /// What has a C name, selected or not, but for what is excluded.
    pub(crate) fn named_at_all(&self) -> impl Iterator<Item = (Kind, &str, EntityId)> {
        let entities = self.names.entities();
        let named = entities
            .filter(|(id, entity)| entity.place == Place::Named && !self.choices.excludes(*id));
        named.map(|(id, entity)| (entity.kind, self.btf.name_of(entity.ty), id))
    }

    /// Bytes of an item.
    pub(crate) fn size(&self, id: EntityId) -> u64 {
        self.btf.size(self.names.entity(id).ty).unwrap_or(0)
    }

    pub(crate) fn lower(&self) -> Lower<'_> {
        Lower::new(&self.btf, &self.names, &self.choices)
    }

    /// Fills an item.
    pub(crate) fn fill(
        &self,
        lower: &mut Lower<'_>,
        id: EntityId,
        item: &mut Item,
    ) -> Result<(), Error> {
        let lowered = lower.item(id, item);
        lowered.map_err(|source| self.malformed(source))
    }

    /// The files that were read: the input, and the base of split BTF that was named or found beside
    /// it. Not what was given as bytes. For `cargo:rerun-if-changed`, which [`Config::generate`]
    /// prints by itself.
    ///
    /// [`Config::generate`]: crate::Config::generate
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The package and what it is made from, for messages.
    pub(crate) fn title(&self) -> String {
        format!("{} from {}", self.naming, self.input)
    }

    pub(crate) fn describer(&self) -> Describer<'_> {
        Describer {
            btf: &self.btf,
            names: &self.names,
        }
    }

    fn malformed(&self, source: Malformed) -> Error {
        Error::Malformed {
            input: self.input.clone(),
            source,
        }
    }

    /// What is written, in the order of the text.
    pub(crate) fn selected(&self) -> impl Iterator<Item = EntityId> + '_ {
        let entities = self.names.entities().map(|(id, _)| id);
        entities.filter(|id| self.selects(*id))
    }

    fn types_left_out(&self) -> impl Iterator<Item = (TypeId, Reason)> {
        let whole = self.selection.whole;
        let from = self.selection.from;
        let excluded = self.choices.excluded();
        let excluded = excluded.map(|id| (self.names.entity(id).ty, Reason::Excluded));
        report::types_left_out(&self.btf, &self.names, self.constants, from)
            .filter(move |_| whole)
            .chain(excluded.filter(move |(ty, _)| *ty >= from))
    }

    /// The functions that are written, or those that were asked for and are not.
    fn picked(&self, written: bool) -> impl Iterator<Item = &Function> {
        let functions = self.names.functions.iter().enumerate();
        functions
            .filter(move |(position, function)| {
                function.ty >= self.selection.from
                    && self.selection.has_function(*position) == written
            })
            .map(|(_, function)| function)
    }
}

/// Replaces a file, and says which one where it fails.
fn replace<T>(path: &Path, write: impl FnOnce(&mut File) -> Result<T, Error>) -> Result<T, Error> {
    file::replace(path, write).map_err(|error| match error {
        Error::Write(source) => Error::WriteFile {
            path: path.to_owned(),
            source,
        },
        error => error,
    })
}
