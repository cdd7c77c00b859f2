//! The BPF object of a guest, which is first only opened and later loaded. When a [`Bpf`] is dropped, the kernel frees
//! the object's programs and links, and its maps unless they are pinned.

use std::collections::HashMap;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use libbpf_rs::{
    MapCore, MapFlags, MapHandle, MapType, Object, ObjectBuilder, OpenMap, OpenObject,
};

use crate::attach::Attached;
use crate::error::{EPERM, Outcome, Refusal};
use crate::memory::MemoryMap;
use crate::recorded::{Recorded, Recording};
use crate::records::Reader;
use crate::stop::Stop;

/// The only key of a map that holds the variables of a section. Its value is the whole section.
const SECTION: [u8; 4] = [0; 4];

const LOADED: &str = "the object is loaded already";
const NOT_LOADED: &str = "the object is not loaded: call `load` first";

/// The BPF object of a guest, with the links and the readers of records that the guest's calls have created.
pub struct Bpf {
    state: State,
    /// The maps that the guest has used, and the pinned maps that replace maps of the object. The key is the name that
    /// the map has in the object.
    maps: HashMap<String, MapHandle>,
    pub(crate) readers: HashMap<String, Reader>,
    /// The links by number. `None` if a file of records takes the place of the kernel, so that nothing is attached.
    pub(crate) links: HashMap<u32, Option<Attached>>,
    pub(crate) next_link: u32,
    pub(crate) stop: Stop,
    /// The records of the file that takes the place of the kernel. `None` if the object uses the kernel.
    pub(crate) recorded: Option<Recorded>,
    pub(crate) recording: Option<Recording>,
    /// Whether the guest shall end because `recorded` has no more records for it. False if `recorded` is `None`.
    pub(crate) is_over: bool,
}

/// The type, the sizes in bytes, and the maximum number of entries that an object declares for a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) kind: MapType,
    pub(crate) key_size: u32,
    pub(crate) value_size: u32,
    pub(crate) max_entries: u32,
}

impl Declared {
    fn of(map: &OpenMap<'_>) -> Declared {
        Declared {
            kind: map.map_type(),
            key_size: map.key_size(),
            value_size: map.value_size(),
            // Maps with data for tasks, files or cgroups declare 0, but have entries. With 0, a map in memory would be
            // full from the start, so 65,535 takes its place.
            max_entries: match map.max_entries() {
                0 => u32::from(u16::MAX),
                most => most,
            },
        }
    }
}

/// Makes the object use the map that is pinned at `path` in place of its map `name`. Returns the pinned map. Fails if
/// its type or sizes differ from those that the object declares.
fn reuse(object: &mut OpenObject, name: &str, path: &Path) -> Outcome<MapHandle> {
    let at = || format!("map '{name}' at {}", path.display());
    let mut maps = object.maps_mut();
    let found = maps.find(|map| map.name() == name);
    let mut map = found.ok_or_else(|| no_map(name))?;
    let pinned = MapHandle::from_pinned_path(path).map_err(|e| Refusal::of(at(), &e))?;
    let declared = Declared::of(&map);
    let is_same = pinned.map_type() == declared.kind
        && pinned.key_size() == declared.key_size
        && pinned.value_size() == declared.value_size;
    if !is_same {
        let what = format!(
            "is of type {:?}, with keys of {} bytes and values of {}, not of type {:?} with {} and {}",
            pinned.map_type(),
            pinned.key_size(),
            pinned.value_size(),
            declared.kind,
            declared.key_size,
            declared.value_size
        );
        return Err(Refusal::new(format!("{} {what}", at())));
    }
    // After this call, libbpf finds the map only by the name of the pinned one. Guests use the name in the object, so
    // callers keep the returned handle by that name.
    map.reuse_fd(pinned.as_fd())
        .map_err(|e| Refusal::of(at(), &e))?;
    Ok(pinned)
}

enum State {
    Open(OpenObject),
    Loaded(Object),
    /// Loading failed. libbpf-rs does not give the object back.
    Failed,
}

impl Bpf {
    /// Opens an object without loading it. `pins` has the names of maps in the object, each with the path of the pinned
    /// map that replaces it.
    pub fn open(bytes: &[u8], pins: &[(String, PathBuf)], stop: Stop) -> Outcome<Bpf> {
        let opened = ObjectBuilder::default().open_memory(bytes);
        let mut opened = opened.map_err(|e| Refusal::of("the object cannot be opened", &e))?;
        let mut pinned = HashMap::new();
        for (name, path) in pins {
            pinned.insert(name.clone(), reuse(&mut opened, name, path)?);
        }
        Ok(Bpf {
            state: State::Open(opened),
            maps: pinned,
            readers: HashMap::new(),
            links: HashMap::new(),
            next_link: 1,
            stop,
            recorded: None,
            recording: None,
            is_over: false,
        })
    }

    /// Gives the guest these records in place of the kernel's. Refuses records of maps that the object does not have.
    pub fn replay(&mut self, recorded: Recorded) -> Outcome<()> {
        for map in recorded.names() {
            self.declared(map)?;
        }
        self.recorded = Some(recorded);
        Ok(())
    }

    /// Returns whether the guest shall end: `stop` asks it to, or `recorded` has no more records for it.
    pub(crate) fn is_ending(&self) -> bool {
        self.is_over || self.stop.is_asked()
    }

    /// Returns what the object declares for a map. Fails if the object has no such map, or is in the kernel. If a file
    /// of records takes the place of the kernel, the object is never in the kernel.
    pub(crate) fn declared(&self, name: &str) -> Outcome<Declared> {
        let State::Open(object) = &self.state else {
            return Err(Refusal::new("the object is loaded"));
        };
        let map = object.maps().find(|map| map.name() == name);
        let map = map.ok_or_else(|| no_map(name))?;
        Ok(Declared::of(&map))
    }

    /// Returns the map in memory that takes the place of a map of the kernel. Returns `None` if no file of records
    /// takes the place of the kernel.
    pub(crate) fn in_memory(&mut self, name: &str) -> Outcome<Option<&mut MemoryMap>> {
        if self.recorded.is_none() {
            return Ok(None);
        }
        let declared = self.declared(name)?;
        let recorded = self.replayed()?;
        recorded
            .map(|recorded| recorded.map(name, declared))
            .transpose()
    }

    /// Returns the records of the file that takes the place of the kernel. Returns `None` if there is no such file, and
    /// fails if the guest has not called `load`.
    pub(crate) fn replayed(&mut self) -> Outcome<Option<&mut Recorded>> {
        match &mut self.recorded {
            Some(recorded) if !recorded.is_loaded => Err(Refusal::new(NOT_LOADED)),
            recorded => Ok(recorded.as_mut()),
        }
    }

    /// Loads the object into the kernel. If a file of records takes the place of the kernel, only notes the call. Fails
    /// if the object is loaded already.
    pub fn load(&mut self) -> Outcome<()> {
        if let Some(recorded) = &mut self.recorded {
            return match std::mem::replace(&mut recorded.is_loaded, true) {
                false => Ok(()),
                true => Err(Refusal::new(LOADED)),
            };
        }
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Open(object) => {
                let loaded = object.load();
                let loaded = loaded.map_err(|e| not_loaded(&e))?;
                self.state = State::Loaded(loaded);
                Ok(())
            }
            State::Loaded(object) => {
                self.state = State::Loaded(object);
                Err(Refusal::new(LOADED))
            }
            State::Failed => Err(Refusal::new("the object could not be loaded before")),
        }
    }

    pub(crate) fn loaded(&self) -> Outcome<&Object> {
        match &self.state {
            State::Loaded(object) => Ok(object),
            State::Open(_) => Err(Refusal::new(NOT_LOADED)),
            State::Failed => Err(Refusal::new("the object could not be loaded")),
        }
    }

    /// Returns the names of the programs. Returns none if loading failed.
    pub(crate) fn programs(&self) -> Vec<String> {
        let name = |name: &std::ffi::OsStr| name.to_string_lossy().into_owned();
        match &self.state {
            State::Open(object) => object.progs().map(|program| name(program.name())).collect(),
            State::Loaded(object) => object.progs().map(|program| name(program.name())).collect(),
            State::Failed => Vec::new(),
        }
    }

    /// Returns a map of the loaded object. Its handle is kept in `maps` for later calls.
    pub(crate) fn map(&mut self, name: &str) -> Outcome<&MapHandle> {
        self.loaded()?;
        if !self.maps.contains_key(name) {
            let found = self.find_map(name)?;
            self.maps.insert(name.to_owned(), found);
        }
        let found = self.maps.get(name);
        found.ok_or_else(|| no_map(name))
    }

    fn find_map(&self, name: &str) -> Outcome<MapHandle> {
        let object = self.loaded()?;
        let found = object.maps().find(|map| map.name() == name);
        let found = found.ok_or_else(|| no_map(name))?;
        MapHandle::try_from(&found).map_err(|e| Refusal::of(format!("map '{name}'"), &e))
    }

    /// Returns `size` bytes of a section with variables, from `offset` on.
    pub fn read_data(&mut self, section: &str, offset: u32, size: u32) -> Outcome<Vec<u8>> {
        let bytes = self.section(section)?;
        let range = range(&bytes, section, offset, size)?;
        Ok(bytes[range].to_vec())
    }

    /// Changes the bytes at `offset` in a section with variables. The section of a loaded object is written as a whole,
    /// since it is one value of a map. What a program writes to the section at the same moment may be lost.
    pub fn write_data(&mut self, section: &str, offset: u32, new: &[u8]) -> Outcome<()> {
        let mut bytes = self.section(section)?;
        let range = range(&bytes, section, offset, new.len() as u32)?;
        bytes[range].copy_from_slice(new);
        let failed = |e: libbpf_rs::Error| Refusal::of(format!("section '{section}'"), &e);
        // If a file of records takes the place of the kernel, the object stays open after the guest has loaded it.
        // libbpf would still change constants then, but the kernel would refuse to.
        let is_loaded = self
            .recorded
            .as_ref()
            .is_some_and(|recorded| recorded.is_loaded);
        match &mut self.state {
            State::Open(_) if is_loaded && section.starts_with(".rodata") => Err(Refusal {
                code: EPERM,
                message: format!("section '{section}' is constant after `load`"),
            }),
            State::Open(object) => {
                let mut maps = object.maps_mut();
                let map = maps.find(|map| is_section(map.name().as_encoded_bytes(), section));
                let mut map = map.ok_or_else(|| no_section(section))?;
                map.set_initial_value(&bytes).map_err(failed)
            }
            State::Loaded(object) => {
                let mut maps = object.maps();
                let map = maps.find(|map| is_section(map.name().as_encoded_bytes(), section));
                let map = map.ok_or_else(|| no_section(section))?;
                map.update(&SECTION, &bytes, MapFlags::ANY).map_err(failed)
            }
            State::Failed => Err(Refusal::new("the object could not be loaded")),
        }
    }

    fn section(&self, section: &str) -> Outcome<Vec<u8>> {
        match &self.state {
            State::Open(object) => {
                let mut maps = object.maps();
                let map = maps.find(|map| is_section(map.name().as_encoded_bytes(), section));
                let map = map.ok_or_else(|| no_section(section))?;
                let value = map.initial_value();
                value.map(<[u8]>::to_vec).ok_or_else(|| no_section(section))
            }
            State::Loaded(object) => {
                let mut maps = object.maps();
                let map = maps.find(|map| is_section(map.name().as_encoded_bytes(), section));
                let map = map.ok_or_else(|| no_section(section))?;
                let value = map.lookup(&SECTION, MapFlags::ANY);
                let value = value.map_err(|e| Refusal::of(format!("section '{section}'"), &e))?;
                value.ok_or_else(|| no_section(section))
            }
            State::Failed => Err(Refusal::new("the object could not be loaded")),
        }
    }
}

/// Returns whether a map holds the variables of a section. libbpf names such a map after the object and the section, as
/// `probe.bss`, or only after the section, as `.data.config`.
fn is_section(map: &[u8], section: &str) -> bool {
    section.len() > 1 && section.starts_with('.') && map.ends_with(section.as_bytes())
}

fn not_loaded(error: &libbpf_rs::Error) -> Refusal {
    let refusal = Refusal::of("the object cannot be loaded", error);
    match refusal.code == EPERM && !rustix::process::geteuid().is_root() {
        true => Refusal {
            message: format!(
                "{}: run as root, or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN",
                refusal.message
            ),
            ..refusal
        },
        false => refusal,
    }
}

fn no_map(name: &str) -> Refusal {
    Refusal::new(format!("the object has no map '{name}'"))
}

fn no_section(section: &str) -> Refusal {
    Refusal::new(format!("the object has no variables in '{section}'"))
}

fn range(bytes: &[u8], section: &str, offset: u32, size: u32) -> Outcome<std::ops::Range<usize>> {
    let (start, size) = (offset as usize, size as usize);
    let end = start.checked_add(size).filter(|end| *end <= bytes.len());
    let end = end.ok_or_else(|| {
        Refusal::new(format!(
            "section '{section}' has {} bytes, not {size} at {start}",
            bytes.len()
        ))
    })?;
    Ok(start..end)
}
