//! Who owns a journal: a lock of the operating system on a file beside it, which ends with the process however it ends.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Holder, OpenError};

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct OwnerLock {
    _file: File,
}

impl OwnerLock {
    /// Takes the lock of the journal at `path`.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let lock_path = beside(path);
        let unusable = |source| OpenError::Lock { path: lock_path.clone(), source };
        // Never truncated before the lock is ours: it says who the owner is.
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&lock_path);
        let mut file = file.map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {
                sign(&mut file).map_err(unusable)?;
                Ok(OwnerLock { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                Err(OpenError::Held { path: path.to_owned(), holder: signature(&mut file) })
            }
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push("-owner");
    name.into()
}

/// For whoever is refused; nobody's right depends on it.
fn sign(file: &mut File) -> io::Result<()> {
    let program = std::env::current_exe().ok();
    let program =
        program.as_deref().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let holder = Holder { pid: std::process::id(), program, since_unix_ms: unix_ms() };
    let text = serde_json::to_vec(&holder).map_err(io::Error::other)?;
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&text)
}

/// `None` where the owner is just signing, or the system lets nobody read what is locked.
fn signature(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
