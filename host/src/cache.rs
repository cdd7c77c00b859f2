//! Opens the folder with compiled components.

use std::fs::{DirBuilder, symlink_metadata};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasmtime::{Cache, CacheConfig};

/// The name of the folder with compiled components, which is in the folder that the user names. wasmtime deletes all
/// other files in the folder with compiled components.
const NAME: &str = "btf2wit-cache";

/// The bits of a mode by which others than the owner may write.
const WRITE_OTHERS: u32 = 0o022;
/// The bit of a folder's mode by which only the owner of a file may rename or delete it.
const STICKY: u32 = 0o1000;

/// Opens the cache in a folder, and creates it if it does not exist.
pub(crate) fn open(folder: &Path) -> Result<Cache> {
    let mut settings = CacheConfig::new();
    settings.with_directory(own_folder(folder)?);
    Cache::new(settings).map_err(|error| anyhow!("{error:#}"))
}

/// Returns the message for a component that cannot be compiled or loaded with the cache. It says what to try.
pub(crate) fn advice(folder: &Path) -> String {
    let own = folder.join(NAME);
    format!(
        "the guest cannot be compiled or loaded with --cache (if it starts without, delete {})",
        own.display()
    )
}

/// Returns the absolute path of the folder with compiled components. Fails if the folder belongs to another user, or if
/// others may write there or replace it: the host runs what the folder contains.
fn own_folder(folder: &Path) -> Result<PathBuf> {
    let own = std::path::absolute(folder)?.join(NAME);
    let at = || format!("the cache {}", own.display());
    if symlink_metadata(&own).is_err() {
        let created = DirBuilder::new().recursive(true).mode(0o700).create(&own);
        created.with_context(|| format!("{}: name another folder with --cache", at()))?;
    }
    let found = symlink_metadata(&own).with_context(at)?;
    // Whoever may write to the outer folder may replace the inner one, unless the outer folder has the sticky bit.
    let outer = std::fs::metadata(folder).with_context(at)?.mode();
    let is_safe = found.is_dir()
        && found.uid() == rustix::process::geteuid().as_raw()
        && found.mode() & WRITE_OTHERS == 0
        && (outer & WRITE_OTHERS == 0 || outer & STICKY != 0);
    match is_safe {
        true => Ok(own),
        false => bail!(
            "{} is no folder of yours, or others may write there or replace it: name another folder with --cache",
            at()
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::{NAME, own_folder};

    #[test]
    fn the_cache_has_a_folder_of_its_own() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let own = folder.path().join(NAME);
        // wasmtime deletes the other files in the folder that it gets.
        assert_eq!(own_folder(folder.path())?, own);
        assert_eq!(own_folder(folder.path())?, own);
        let outer = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode));
        outer(0o777)?;
        assert!(own_folder(folder.path()).is_err());
        outer(0o1777)?;
        assert_eq!(own_folder(folder.path())?, own);
        fs::set_permissions(&own, fs::Permissions::from_mode(0o777))?;
        assert!(own_folder(folder.path()).is_err());
        fs::remove_dir(&own)?;
        symlink("/", &own)?;
        assert!(own_folder(folder.path()).is_err());
        assert!(own_folder("/dev/null".as_ref()).is_err());
        Ok(())
    }
}
