//! Who owns a journal: a lock of the operating system on a file beside it, which ends with the process however it ends.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Holder, OpenError};
use crate::mark::{self, Mark};

/// The lock, held until it is dropped. Its file also has how far the journal was synced.
#[derive(Debug)]
pub(crate) struct OwnerLock {
    file: File,
    path: PathBuf,
    found: Option<Mark>,
}

impl OwnerLock {
    /// Takes the lock of the journal at `path`.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let lock_path = beside(path);
        let unusable = |source| OpenError::Lock { path: lock_path.clone(), source };
        // Never truncated before the lock is ours: it says who the owner is.
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&lock_path);
        let mut file = file.map_err(unusable)?;
        match patiently(&file) {
            Ok(()) => {
                let found = sign(&mut file).map_err(unusable)?;
                Ok(OwnerLock { file, path: lock_path, found })
            }
            Err(TryLockError::WouldBlock) => {
                Err(OpenError::Held { path: path.to_owned(), holder: signature(&mut file) })
            }
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }
}

impl OwnerLock {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is noted: at first, what the owner before had.
    pub(crate) fn found(&self) -> Option<Mark> {
        self.found
    }

    /// Notes how far the journal is synced; `None`: nobody promises anything.
    pub(crate) fn note(&mut self, mark: Option<Mark>) -> io::Result<()> {
        self.found = mark;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(mark.map_or_else(mark::nothing, Mark::line).as_bytes())
    }
}

/// Somebody may only be looking who holds it: [`Inspect`](crate::Inspect).
fn patiently(file: &File) -> Result<(), TryLockError> {
    for _ in 0..5 {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
            other => return other,
        }
    }
    file.try_lock()
}

impl Drop for OwnerLock {
    /// Given back, not only closed: a process that is just being started may have inherited the file for a moment.
    fn drop(&mut self) {
        drop(self.file.unlock());
    }
}

pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push("-owner");
    name.into()
}

/// Who owns it is for whoever is refused; nobody's right depends on it. What was noted of the journal stays, until somebody
/// has looked at the journal.
fn sign(file: &mut File) -> io::Result<Option<Mark>> {
    let mut before = [0; mark::LENGTH];
    let found = file.read_exact(&mut before).is_ok().then(|| Mark::read(&before)).flatten();
    let program = std::env::current_exe().ok();
    let program =
        program.as_deref().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let holder = Holder { pid: std::process::id(), program, since_unix_ms: unix_ms() };
    let mut text = found.map_or_else(mark::nothing, Mark::line);
    text.push_str(&serde_json::to_string(&holder).map_err(io::Error::other)?);
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)?;
    Ok(found)
}

/// `None` where the owner is just signing, or the system lets nobody read what is locked.
pub(crate) fn signature(file: &mut File) -> Option<Holder> {
    let mut text = Vec::new();
    file.read_to_end(&mut text).ok()?;
    serde_json::from_slice(text.get(mark::LENGTH..)?).ok()
}

pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
