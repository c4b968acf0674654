//! The folder of releases: one folder for each commit, and a file that says which of them is served.
//!
//! Every change may be made twice: a step that was cut off is run again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of releases.
#[derive(Debug, Clone)]
pub struct Releases {
    folder: PathBuf,
}

impl Releases {
    /// Those in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        Ok(Releases { folder: folder.canonicalize()? })
    }

    /// Where the release of `commit` is.
    #[must_use]
    pub fn of(&self, commit: &str) -> PathBuf {
        self.folder.join(commit)
    }

    /// Makes room for the release of `commit`.
    ///
    /// # Errors
    /// What is there cannot be removed.
    pub fn clear(&self, commit: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.of(commit)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The commit that is served.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn served(&self) -> io::Result<Option<String>> {
        Ok(self.pointer()?.map(|(served, _)| served))
    }

    /// Serves `commit`, and remembers what was served before it.
    ///
    /// # Errors
    /// It cannot be written; what was served still is.
    pub fn serve(&self, commit: &str) -> io::Result<()> {
        match self.pointer()? {
            Some((served, _)) if served == commit => Ok(()),
            pointer => self.point_to(commit, pointer.map(|(served, _)| served).as_deref()),
        }
    }

    /// Serves again what was served before `commit`, if `commit` is served.
    ///
    /// # Errors
    /// It cannot be written; `commit` is still served.
    pub fn take_back(&self, commit: &str) -> io::Result<()> {
        match self.pointer()? {
            Some((served, before)) if served == commit => match before {
                Some(before) => self.point_to(&before, None),
                None => fs::remove_file(self.pointer_file()),
            },
            _ => Ok(()),
        }
    }

    fn pointer_file(&self) -> PathBuf {
        self.folder.join("served")
    }

    fn pointer(&self) -> io::Result<Option<(String, Option<String>)>> {
        match fs::read_to_string(self.pointer_file()) {
            Ok(text) => {
                let mut lines = text.lines().map(str::to_owned);
                Ok(lines.next().map(|served| (served, lines.next())))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Written beside and renamed: whoever reads sees the one or the other.
    fn point_to(&self, commit: &str, before: Option<&str>) -> io::Result<()> {
        let new = self.folder.join("served.new");
        fs::write(&new, format!("{commit}\n{}\n", before.unwrap_or_default()).trim_end())?;
        fs::rename(&new, self.pointer_file())
    }
}

impl AsRef<Path> for Releases {
    fn as_ref(&self) -> &Path {
        &self.folder
    }
}
