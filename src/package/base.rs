//! Finds the base of split BTF, and reads BTF together with its base.

use std::path::{Path, PathBuf};

use crate::btf::{Btf, IsSplit, PointerOrigin};
use crate::error::Error;
use crate::input::{Input, Section};
use crate::source::BaseOrigin;

/// The base with which BTF was read.
pub(super) struct BaseRead<'a> {
    place: BasePlace<'a>,
    /// The compression format of the base's file. `None` if the file is not compressed, or there is no such file.
    pub packed: Option<&'static str>,
    /// If a base that the caller named replaced the module's `.BTF.base`, the number of types in `.BTF.base`, all of
    /// which were found in the named base. `None` if there was no such replacement, or both bases are equal.
    pub relocated: Option<usize>,
}

/// The place of the base of split BTF.
enum BasePlace<'a> {
    /// The input is read without a base.
    None,
    /// The section `.BTF.base` of the input.
    InInput,
    Named(&'a Input),
    Beside(Input),
}

impl<'a> BasePlace<'a> {
    /// Finds the base of split BTF: the one that the caller named, or else the section `.BTF.base` of the input, or
    /// else the file `vmlinux` in the folder of the input. Returns an error if there is none, and if the caller named
    /// a base for BTF that is not split.
    fn find(
        input: &Input,
        named: Option<&'a Input>,
        in_input: bool,
        is_split: IsSplit,
    ) -> Result<BasePlace<'a>, Error> {
        let missing = || Error::NoBase {
            input: input.name(),
        };
        match (is_split, named) {
            (IsSplit::No, None) => Ok(BasePlace::None),
            (IsSplit::No, Some(_)) => Err(Error::NoSplit {
                input: input.name(),
            }),
            (_, Some(named)) => Ok(BasePlace::Named(named)),
            (_, None) if in_input => Ok(BasePlace::InInput),
            (IsSplit::Yes, None) => input
                .vmlinux_beside()
                .map(BasePlace::Beside)
                .ok_or_else(missing),
            (IsSplit::Unclear, None) => Ok(input
                .vmlinux_beside()
                .map_or(BasePlace::None, BasePlace::Beside)),
        }
    }

    fn read_over(self, packed: Option<&'static str>) -> BaseRead<'a> {
        BaseRead {
            place: self,
            packed,
            relocated: None,
        }
    }
}

impl BaseRead<'_> {
    /// Returns the path of the base's file. Returns `None` if there is no base, or if it is a section of the input or
    /// bytes in memory.
    pub fn file(&self) -> Option<&Path> {
        match &self.place {
            BasePlace::Named(base) => base.path(),
            BasePlace::Beside(base) => base.path(),
            BasePlace::None | BasePlace::InInput => None,
        }
    }

    /// Returns where the base comes from, as [`Package::source`](super::Package::source) reports it.
    pub fn origin(&self) -> Option<BaseOrigin> {
        match &self.place {
            BasePlace::None => None,
            BasePlace::InInput => Some(BaseOrigin::BroughtAlong),
            BasePlace::Named(base) => Some(BaseOrigin::Named(base.name())),
            BasePlace::Beside(base) => Some(BaseOrigin::Beside(PathBuf::from(base.path()?))),
        }
    }
}

/// Reads the BTF of a section together with its base.
pub(super) fn read<'a>(
    input: &Input,
    named: Option<&'a Input>,
    section: Section,
    pointer_size: Option<(u8, PointerOrigin)>,
) -> Result<(Btf, BaseRead<'a>), Error> {
    let malformed = super::malformed(input);
    let Section { bytes, base, .. } = section;
    let is_split = IsSplit::of(&bytes).map_err(&malformed)?;
    let place = BasePlace::find(input, named, base.is_some(), is_split)?;
    if is_split == IsSplit::Unclear && named.is_none() && base.is_none() {
        return read_unclear(input, place, &bytes, pointer_size);
    }
    let (base, packed) = match (&place, base) {
        (BasePlace::None, _) => (None, None),
        (BasePlace::InInput, base) => (base, None),
        (BasePlace::Named(named), Some(distilled)) => {
            return relocate(input, named, &bytes, distilled, pointer_size);
        }
        (BasePlace::Named(named), None) => contents(named)?,
        (BasePlace::Beside(base), _) => contents(base)?,
    };
    let btf = Btf::read(bytes, base, pointer_size).map_err(malformed)?;
    Ok((btf, place.read_over(packed)))
}

/// Returns the BTF of a base, and the compression format of its file.
fn contents(base: &Input) -> Result<(Option<Vec<u8>>, Option<&'static str>), Error> {
    let section = base.read()?;
    Ok((Some(section.bytes), section.packed))
}

/// Reads a module with a `.BTF.base` together with a base that the caller named. The module's type ids refer to
/// `.BTF.base`, so they are rewritten to those of the named base, unless both bases are equal.
fn relocate<'a>(
    input: &Input,
    named: &'a Input,
    bytes: &[u8],
    distilled: Vec<u8>,
    pointer_size: Option<(u8, PointerOrigin)>,
) -> Result<(Btf, BaseRead<'a>), Error> {
    let malformed = super::malformed(input);
    let Section {
        bytes: base,
        packed,
        ..
    } = named.read()?;
    let mut read = BasePlace::Named(named).read_over(packed);
    if base == distilled {
        let btf = Btf::read(bytes.to_vec(), Some(base), pointer_size).map_err(malformed)?;
        return Ok((btf, read));
    }
    let relocated = Btf::relocated(bytes, distilled, base, pointer_size);
    let (btf, types) = relocated.map_err(malformed)?;
    read.relocated = Some(types);
    Ok((btf, read))
}

/// Reads BTF whose string section does not tell whether the BTF is split. If there is a `vmlinux` in the folder of the
/// input, the BTF is read with it as the base. That `vmlinux` may be unrelated or unreadable, so if this fails, the
/// BTF is read without a base.
fn read_unclear<'a>(
    input: &Input,
    place: BasePlace<'a>,
    bytes: &[u8],
    pointer_size: Option<(u8, PointerOrigin)>,
) -> Result<(Btf, BaseRead<'a>), Error> {
    let read_over = |base| Btf::read(bytes.to_vec(), base, pointer_size);
    if let BasePlace::Beside(base) = &place {
        if let Ok((base, packed)) = contents(base) {
            if let Ok(btf) = read_over(base) {
                return Ok((btf, place.read_over(packed)));
            }
        }
    }
    // If the BTF is not valid without a base either, it most likely refers to a base that was not found.
    let btf = read_over(None).map_err(|_| Error::NoBase {
        input: input.name(),
    })?;
    Ok((btf, BasePlace::None.read_over(None)))
}
