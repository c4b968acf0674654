//! Copies of a journal: taken while its owner works, and put in its place.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use onex::journal::StorageError;

use crate::error::{Failure, OpenError};
use crate::inspect::Inspect;
use crate::lock::OwnerLock;
use crate::open::log_of;
use crate::verify;

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// How far the journal had come.
    pub transactions: u64,
    /// How long the copy is.
    pub bytes: u64,
}

/// Why there is no copy. What there was before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The journal, or the copy of one, cannot be opened; also that somebody owns the journal that is to be replaced.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something is there already.
    #[error("`{}` exists; nothing was written over it", path.display())]
    Exists {
        /// Where the copy was to be.
        path: PathBuf,
    },
    /// What was to be copied is damaged, or its copy is.
    #[error("`{}` is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found first.
        what: String,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] StorageError),
    /// The copy cannot be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Inspect {
    /// Copies the journal as it is at this moment to `to`, compacted, while its owner works: commits go on meanwhile. When
    /// this returns the copy is whole, synced and checked; before, nothing is at `to`. Blocks while it does.
    ///
    /// # Errors
    /// See [`BackupError`]. Something that is at `to` is not written over.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<Backup, BackupError> {
        let to = to.as_ref();
        if to.exists() {
            return Err(BackupError::Exists { path: to.to_owned() });
        }
        let partial = Partial::beside(to);
        let text = partial.0.to_str().ok_or_else(|| {
            let source =
                io::Error::new(io::ErrorKind::InvalidInput, "SQLite takes only paths that are UTF-8");
            BackupError::Write { path: to.to_owned(), source }
        })?;
        self.connection()
            .execute("VACUUM INTO ?1", [text])
            .map_err(|error| Failure::Write(error).storage())?;
        let backup = checked(&partial.0)?;
        partial.moves_to(to)?;
        Ok(backup)
    }
}

/// Puts a copy of the copy `from` at `to`, once it is checked. Blocks while it does.
///
/// What is done and acknowledged after the copy was made is gone then, and effects that were called meanwhile are called
/// again, under their keys. `replace`: a journal that is at `to` is written over, if nobody owns it.
///
/// # Errors
/// See [`BackupError`].
pub fn restore(from: impl AsRef<Path>, to: impl AsRef<Path>, replace: bool) -> Result<Backup, BackupError> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let mut lock = OwnerLock::take(to)?;
    if to.exists() && !replace {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    let partial = Partial::beside(to);
    let unwritten = |source| BackupError::Write { path: to.to_owned(), source };
    // Through SQLite, since what is copied may have a log beside it.
    let source = Inspect::open(from)?;
    if let Some(what) = source.damage(1)?.pop() {
        return Err(BackupError::Damaged { path: from.to_owned(), what });
    }
    let restored = source.backup(&partial.0)?;
    // The log of the journal that is replaced is none of the next one. Ended between this and the renaming, there is a
    // journal without its log, which is noticed when it is opened, and restored again.
    for stale in [log_of(to), with(to, "-shm")] {
        match fs::remove_file(stale) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritten(error)),
            _ => {}
        }
    }
    partial.moves_to(to)?;
    lock.note(None).map_err(unwritten)?;
    Ok(restored)
}

/// A copy that is not whole yet; removed if it never is.
struct Partial(PathBuf);

impl Partial {
    fn beside(path: &Path) -> Self {
        Partial(with(path, &format!("-partial-{:016x}", fastrand::u64(..))))
    }

    /// Under its name from now on, also after a power failure.
    fn moves_to(self, to: &Path) -> Result<(), BackupError> {
        let moved = File::open(&self.0)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.0, to))
            .and_then(|()| sync_folder_of(to));
        moved.map_err(|source| BackupError::Write { path: to.to_owned(), source })
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for path in [self.0.clone(), log_of(&self.0), with(&self.0, "-shm")] {
            // Renamed, or never made.
            drop(fs::remove_file(path));
        }
    }
}

/// Expects a file of one owner: this.
fn checked(path: &Path) -> Result<Backup, BackupError> {
    let copy = Inspect::open(path)?;
    let unreadable = |error| Failure::Read(error).storage();
    if let Some(what) = copy.damage(1)?.pop() {
        return Err(BackupError::Damaged { path: path.to_owned(), what });
    }
    let progress = verify::progress(copy.connection()).map_err(unreadable)?;
    let bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
    Ok(Backup { transactions: progress.map_or(0, |(_, transactions)| transactions), bytes })
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Where a folder can be synced.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
