//! Finds the base of split BTF and reads the BTF over it. Knows nothing of what is made of it.

use std::path::{Path, PathBuf};

use crate::btf::{Btf, PointerOrigin, Standing};
use crate::error::Error;
use crate::input::{Input, Section};
use crate::source::BaseOrigin;

/// Where the base of split BTF is.
pub(super) enum Base<'a> {
    /// The input stands alone.
    None,
    /// In the input itself.
    Brought,
    Named(&'a Input),
    Beside(Input),
    /// A base is named, and so many types of the one that the input brings along were found in it.
    Relocated(&'a Input, usize),
}

impl<'a> Base<'a> {
    /// Finds the base that is named, brought along or beside the input.
    fn find(
        input: &Input,
        named: Option<&'a Input>,
        brings: bool,
        standing: Standing,
    ) -> Result<Base<'a>, Error> {
        let missing = || Error::NoBase {
            input: input.name(),
        };
        match (standing, named) {
            (Standing::Alone, None) => Ok(Base::None),
            (Standing::Alone, Some(_)) => Err(Error::NoSplit {
                input: input.name(),
            }),
            (_, Some(named)) => Ok(Base::Named(named)),
            (_, None) if brings => Ok(Base::Brought),
            (Standing::Split, None) => input.beside().map(Base::Beside).ok_or_else(missing),
            (Standing::Unclear, None) => Ok(input.beside().map_or(Base::None, Base::Beside)),
        }
    }

    pub fn file(&self) -> Option<&Path> {
        match self {
            Base::Named(base) | Base::Relocated(base, _) => base.path(),
            Base::Beside(base) => base.path(),
            Base::None | Base::Brought => None,
        }
    }

    /// How many types of the base that the input brings along were found in another one.
    pub fn relocated(&self) -> Option<usize> {
        match self {
            Base::Relocated(_, types) => Some(*types),
            _ => None,
        }
    }

    /// The same for the caller.
    pub fn origin(&self) -> Option<BaseOrigin> {
        match self {
            Base::None => None,
            Base::Brought => Some(BaseOrigin::BroughtAlong),
            Base::Named(base) | Base::Relocated(base, _) => Some(BaseOrigin::Named(base.name())),
            Base::Beside(base) => Some(BaseOrigin::Beside(PathBuf::from(base.path()?))),
        }
    }
}

/// Reads the BTF of a section over its base, and says which base that is.
pub(super) fn read<'a>(
    input: &Input,
    named: Option<&'a Input>,
    section: Section,
    pointer_size: Option<(u8, PointerOrigin)>,
) -> Result<(Btf, Base<'a>), Error> {
    let malformed = super::malformed(input);
    let Section { bytes, base, .. } = section;
    let standing = Standing::of(&bytes).map_err(&malformed)?;
    let place = Base::find(input, named, base.is_some(), standing)?;
    if standing == Standing::Unclear && named.is_none() && base.is_none() {
        return unclear(input, place, &bytes, pointer_size);
    }
    let base = match (&place, base) {
        (Base::None, _) => None,
        (Base::Named(named), Some(brought)) => {
            return relocated(input, named, &bytes, brought, pointer_size);
        }
        (Base::Named(named) | Base::Relocated(named, _), _) => Some(named.read()?.bytes),
        (Base::Beside(base), _) => Some(base.read()?.bytes),
        (Base::Brought, base) => base,
    };
    let btf = Btf::read(bytes, base, pointer_size).map_err(malformed)?;
    Ok((btf, place))
}

/// Reads split BTF that brings a base along over the one that is named. The ids are those of the former.
fn relocated<'a>(
    input: &Input,
    named: &'a Input,
    bytes: &[u8],
    brought: Vec<u8>,
    pointer_size: Option<(u8, PointerOrigin)>,
) -> Result<(Btf, Base<'a>), Error> {
    let malformed = super::malformed(input);
    let base = named.read()?.bytes;
    if base == brought {
        let btf = Btf::read(bytes.to_vec(), Some(base), pointer_size).map_err(malformed)?;
        return Ok((btf, Base::Named(named)));
    }
    let relocated = Btf::relocated(bytes, brought, base, pointer_size);
    let (btf, types) = relocated.map_err(malformed)?;
    Ok((btf, Base::Relocated(named, types)))
}

/// Reads BTF that may be split and does not say so. A base beside it may have nothing to do with it,
/// so that it is only tried.
fn unclear<'a>(
    input: &Input,
    place: Base<'a>,
    bytes: &[u8],
    pointer_size: Option<(u8, PointerOrigin)>,
) -> Result<(Btf, Base<'a>), Error> {
    let over = |base| Btf::read(bytes.to_vec(), base, pointer_size);
    if let Base::Beside(base) = &place {
        let base = base.read().ok().map(|section| section.bytes);
        if let Some(Ok(btf)) = base.map(|base| over(Some(base))) {
            return Ok((btf, place));
        }
    }
    // What is out of range refers to a base.
    let btf = over(None).map_err(|_| Error::NoBase {
        input: input.name(),
    })?;
    Ok((btf, Base::None))
}
