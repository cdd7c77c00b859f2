//! A loaded package: its types, their names, the selection and the options. All outputs are generated from a package.

mod arms;
mod base;
mod bytes;
#[cfg(feature = "codec")]
mod codec;
mod data;
#[cfg(feature = "json")]
mod json;
mod load;
mod primitive;
mod relocated;
mod skeleton;
mod target;
mod text;

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::btf::{Btf, Malformed, TypeId, Warning};
use crate::choices::Choices;
use crate::error::Error;
use crate::file;
use crate::input::{Input, Origin, Program, Symbols};
use crate::layout::Describer;
use crate::layout::reason::Reason;
use crate::lower::{Item, Lower};
use crate::names::{EntityId, Function, Kind, Names, Owner};
use crate::naming::Naming;
use crate::options::Docs;
use crate::plan::MissingRules;
use crate::report::{self, Entry, Fate, Report, Summary};
use crate::select::{MAX_PARAMETERS, Selection};
use crate::source::{Base, BaseOrigin, Source};

/// BTF that was read, checked and named, and the types selected from it.
pub struct Package {
    input: String,
    files: Vec<PathBuf>,
    origin: Origin,
    packed: Option<&'static str>,
    symbols: Symbols,
    base: Option<BaseOrigin>,
    base_packed: Option<&'static str>,
    relocated: Option<usize>,
    btf: Btf,
    names: Names,
    naming: Naming,
    choices: Choices,
    selection: Selection,
    /// Whether the WIT text has a world. It has none if a world that imports the interface would exceed the component
    /// model's limit for the size of types.
    world: bool,
    docs: Docs,
    constants: bool,
    /// The caller's choices of union arms.
    arms: Vec<arms::CheckedChoice>,
    /// Whether the WIT text includes the interface of the codec.
    #[cfg(feature = "codec")]
    codec: bool,
    /// The caller's choices for a skeleton. `None` if the package is not a skeleton.
    skeleton: Option<skeleton::SkeletonInput>,
    programs: Vec<Program>,
    /// The plan, items and names of the codec. They are computed on first use.
    #[cfg(feature = "codec")]
    codec_parts: std::sync::OnceLock<codec::Parts>,
    /// The BTF that describes the bytes, if the caller set one. Otherwise `btf` describes the bytes.
    target: Option<target::Target>,
    /// The caller's rules for members that the target lacks.
    missing: MissingRules,
}

impl Package {
    /// Returns a report of everything that was left out, widened (written with less information than in C), or renamed
    /// to avoid a name collision, with reasons and counts.
    ///
    /// # Errors
    ///
    /// Returns only errors that [`Config::load`](crate::Config::load) would already have returned.
    pub fn report(&self) -> Result<Report, Error> {
        let left_out = |(id, reason)| Entry {
            fate: Fate::LeftOut,
            c: report::c_type(&self.btf, id),
            wit: None,
            reason,
        };
        let mut summary = self.summary();
        self.count_skeleton(&mut summary)?;
        let mut entries: Vec<Entry> = self.types_left_out().map(left_out).collect();
        entries.extend(self.functions_left_out().map(left_out));
        entries.extend(self.skeleton_left_out()?);
        let mut add = |item: &Item, ty, wit: &str, renamed| {
            summary.item(item, renamed);
            let c = report::c_type(&self.btf, ty);
            if renamed {
                entries.push(Entry {
                    fate: Fate::Renamed,
                    c: c.clone(),
                    wit: Some(wit.to_owned()),
                    reason: Reason::LabelTaken,
                });
            }
            report::inside(&self.btf, item, &c, wit, &mut entries);
        };
        let mut lower = self.lower();
        let mut item = Item::default();
        for id in self.selected() {
            self.fill(&mut lower, id, &mut item)?;
            let entity = self.names.entity(id);
            add(&item, entity.ty, self.names.label(id), entity.collides);
        }
        for function in self.functions_written() {
            lower.function(function, &mut item);
            let wit = self.names.function_label(function);
            add(&item, function.ty, wit, function.collides);
        }
        let warnings = self.warnings().iter().map(ToString::to_string).collect();
        Ok(Report::new(summary, warnings, entries))
    }

    /// Returns a summary without the counts that need the contents of the items or the parts of a skeleton.
    fn summary(&self) -> Summary {
        let mut summary = Summary {
            types: self.btf.len() - self.selection.from.0 as usize,
            world: self.world,
            ..Summary::default()
        };
        for (_, reason) in self.functions_left_out() {
            match reason {
                Reason::Excluded => summary.excluded_functions += 1,
                _ => summary.not_selected += 1,
            }
        }
        for (_, reason) in self.types_left_out() {
            summary.left_out(reason);
        }
        summary
    }

    /// Returns a description of the input: its file, base, byte order and pointer size. Also describes the target.
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
                packed: self.base_packed,
                types: of_base,
                relocated: self.relocated,
            }),
            endian: self.btf.endian,
            pointer_size: self.btf.pointer_size,
            pointer_origin: self.btf.pointer_origin,
            target: self.target.as_ref().map(target::Target::source),
        }
    }

    /// Returns the name of the package: `NAMESPACE:NAME` or `NAMESPACE:NAME@VERSION`.
    pub fn id(&self) -> String {
        self.naming.to_string()
    }

    /// Returns the name of the interface that contains all items.
    pub fn interface(&self) -> &str {
        &self.naming.interface
    }

    /// Returns warnings about BTF that the kernel's verifier would reject, one for each broken rule. The types are
    /// converted nonetheless. The base of split BTF is not checked, with one exception: structs and unions whose
    /// members do not fit are written as bytes, with a warning ([`Rule::Members`](crate::Rule::Members)).
    ///
    /// The BTF of kernels, of modules and of BPF objects that the kernel loads has no warnings.
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

    /// Returns the name of the input, as messages write it.
    pub fn input_name(&self) -> &str {
        &self.input
    }

    /// Returns the selected items of types that have a C name, with their kinds and C names.
    pub(crate) fn named(&self) -> impl Iterator<Item = (Kind, &str, EntityId)> {
        let named = self.all_named();
        named.filter(|(.., id)| self.selects(*id))
    }

    /// Returns whether an item is selected.
    pub(crate) fn selects(&self, id: EntityId) -> bool {
        self.selection.has(id)
    }

    /// Returns what [`named`](Package::named) returns, but for all items that are not excluded, whether they are
    /// selected or not.
    pub(crate) fn all_named(&self) -> impl Iterator<Item = (Kind, &str, EntityId)> {
        let entities = self.names.entities();
        let named = entities
            .filter(|(id, entity)| entity.owner == Owner::Named && !self.choices.excludes(*id));
        named.map(|(id, entity)| (entity.kind, self.btf.name_of(entity.ty), id))
    }

    /// Returns the size of an item in bytes, or 0 if its type has no size.
    pub(crate) fn size(&self, id: EntityId) -> u64 {
        self.btf.size(self.names.entity(id).ty).unwrap_or(0)
    }

    pub(crate) fn lower(&self) -> Lower<'_> {
        Lower::new(&self.btf, &self.names, &self.choices)
    }

    /// Converts the type of the item `id`, and stores the result in `item`.
    pub(crate) fn fill(
        &self,
        lower: &mut Lower<'_>,
        id: EntityId,
        item: &mut Item,
    ) -> Result<(), Error> {
        let lowered = lower.item(id, item);
        lowered.map_err(|source| self.malformed(source))
    }

    /// Returns the files that were read: the input, the base of split BTF, and the target. Inputs that were given as
    /// bytes, and a base that is a section of the input, have no file of their own. The base of a split target is not
    /// listed. A build script should print a line `cargo:rerun-if-changed` for each file. [`Config::generate`] prints
    /// these lines itself.
    ///
    /// [`Config::generate`]: crate::Config::generate
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Returns the names of the package and of its input, for messages.
    pub(crate) fn title(&self) -> String {
        format!("{} from {}", self.naming, self.input)
    }

    pub(crate) fn describer(&self) -> Describer<'_> {
        Describer {
            btf: &self.btf,
            names: &self.names,
        }
    }

    pub(crate) fn malformed(&self, source: Malformed) -> Error {
        Error::Malformed {
            input: self.input.clone(),
            source,
        }
    }

    /// Returns the selected items in the order of the WIT text.
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

    /// Returns the selected functions.
    fn functions_written(&self) -> impl Iterator<Item = &Function> {
        let functions = self.names.functions.iter().enumerate();
        let written = functions.filter(|(position, _)| self.selection.has_function(*position));
        written.map(|(_, function)| function)
    }

    /// Returns the functions that the caller excluded, and those that it requested but that are not written, because
    /// they have too many parameters or a type that is not selected. Each comes with the reason.
    fn functions_left_out(&self) -> impl Iterator<Item = (TypeId, Reason)> {
        let functions = self.names.functions.iter().enumerate();
        functions.filter_map(|(position, function)| {
            let reason = if self.selection.has_function(position) {
                return None;
            } else if self.choices.excludes_function(position) {
                if function.ty < self.selection.from {
                    return None;
                }
                Reason::Excluded
            } else if !self
                .selection
                .requests_function(&self.choices, position, function)
            {
                return None;
            } else if function.parts(&self.btf).0.len() > MAX_PARAMETERS {
                Reason::TooMany
            } else {
                Reason::NotSelected
            };
            Some((function.ty, reason))
        })
    }
}

/// Adds the name of the input to an error about malformed BTF.
fn malformed(input: &Input) -> impl Fn(Malformed) -> Error {
    |source| Error::Malformed {
        input: input.name(),
        source,
    }
}

/// Replaces a file atomically, and only if its contents change. Errors name the file.
fn replace<T>(path: &Path, write: impl FnOnce(&mut File) -> Result<T, Error>) -> Result<T, Error> {
    file::replace(path, write).map_err(|error| match error {
        Error::Write(source) => Error::WriteFile {
            path: path.to_owned(),
            source,
        },
        error => error,
    })
}
