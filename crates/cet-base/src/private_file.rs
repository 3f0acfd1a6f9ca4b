//! All files and folders are written here. They hold keys or personal data, so only the owner may read them: files are
//! 0600 and folders 0700 from their creation on, whatever the umask is.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;
/// The permission bits of group and others.
const OTHERS: u32 = 0o077;
/// The permission bits of a mode.
const PERMISSIONS: u32 = 0o7777;

/// Creates a file that does not exist yet.
///
/// # Errors
/// When it exists already or can't be created.
pub fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(FILE).open(path)
}

/// Writes a file that does not exist yet, and syncs it to disk.
///
/// # Errors
/// When it exists already or can't be written.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// A file in the system's folder for such files that is gone when this is dropped.
#[derive(Debug)]
pub struct Passing(PathBuf);

impl Passing {
    /// Writes one.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn write(content: &[u8]) -> io::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let folder = std::env::temp_dir();
        loop {
            let n = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("cet-{}-{n}", std::process::id()));
            match create_new(&path) {
                Ok(mut file) => {
                    let passing = Self(path);
                    file.write_all(content)?;
                    return Ok(passing);
                }
                // Left behind by a process that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        // The system clears its folder of what could not be removed.
        let _left = fs::remove_file(&self.0);
    }
}

/// Writes a file, replacing one of that name; permissions of group and others are removed from an old one first.
///
/// # Errors
/// When it can't be written.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(FILE).open(path)?;
    tighten(path)?;
    file.set_len(0)?;
    file.write_all(content)
}

/// Opens a file for appending, creating it if it does not exist.
///
/// # Errors
/// When it can't be opened.
pub fn append(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(FILE).open(path)?;
    tighten(path)?;
    Ok(file)
}

/// Creates an empty file if there is none. Returns the mode of an existing one that was open to others, which is
/// tightened.
///
/// # Errors
/// When it can't be created, or belongs to another user.
pub fn make_sure(path: &Path) -> io::Result<Option<u32>> {
    match create_new(path) {
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => tighten(path),
        Err(error) => Err(error),
    }
}

/// Creates a folder with its parents, or removes the permissions of others from an existing one.
///
/// # Errors
/// When it can't be created, or belongs to another user.
pub fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)?;
    tighten(path)?;
    Ok(())
}

/// Removes the permissions of others from a file or folder. Returns its previous mode if it had any.
///
/// # Errors
/// When it does not exist, or belongs to another user.
pub fn tighten(path: &Path) -> io::Result<Option<u32>> {
    let Some(mode) = open_to_others(path)? else { return Ok(None) };
    fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS))?;
    Ok(Some(mode))
}

/// Removes the permissions of others from everything in a folder.
///
/// # Errors
/// As [`tighten`].
pub fn tighten_all(folder: &Path) -> io::Result<()> {
    tighten(folder)?;
    for entry in folder.read_dir()? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            tighten_all(&entry.path())?;
        } else if kind.is_file() {
            tighten(&entry.path())?;
        }
    }
    Ok(())
}

/// The mode of a file that group or others may read, write or execute; `None` if only its owner may.
///
/// # Errors
/// When it can't be read.
pub fn open_to_others(path: &Path) -> io::Result<Option<u32>> {
    let mode = fs::metadata(path)?.permissions().mode() & PERMISSIONS;
    Ok((mode & OTHERS != 0).then_some(mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & PERMISSIONS
    }

    #[test]
    fn what_is_made_is_the_owners_alone() {
        let place = tempfile::tempdir().unwrap();
        let file = |name: &str| place.path().join(name);
        write_new(&file("new"), b"x").unwrap();
        write(&file("written"), b"x").unwrap();
        append(&file("grown")).unwrap().write_all(b"x").unwrap();
        assert_eq!(make_sure(&file("empty")).unwrap(), None);
        folder(&file("a/b")).unwrap();
        for name in ["new", "written", "grown", "empty"] {
            assert_eq!(mode(&file(name)), 0o600, "{name}");
        }
        assert_eq!((mode(&file("a")), mode(&file("a/b"))), (0o700, 0o700));
        assert!(write_new(&file("new"), b"y").is_err());
        assert_eq!(fs::read(file("new")).unwrap(), b"x");
    }

    #[test]
    fn what_others_could_read_is_closed_to_them_and_said() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("old");
        let loosen = || {
            fs::write(&file, "long before").unwrap();
            fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        };
        loosen();
        assert_eq!(open_to_others(&file).unwrap(), Some(0o644));
        assert_eq!(make_sure(&file).unwrap(), Some(0o644));
        assert_eq!(make_sure(&file).unwrap(), None);
        loosen();
        write(&file, b"now").unwrap();
        assert_eq!((mode(&file), fs::read(&file).unwrap()), (0o600, b"now".to_vec()));
        loosen();
        drop(append(&file).unwrap());
        assert_eq!(mode(&file), 0o600);
        loosen();
        fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
        tighten_all(place.path()).unwrap();
        assert_eq!((mode(place.path()), mode(&file)), (0o700, 0o600));
    }
}
