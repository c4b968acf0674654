//! A file with another text: all of it or nothing, whenever the power goes.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {error}", path.display())]
pub(super) struct WriteError {
    path: PathBuf,
    error: io::Error,
}

/// Writes a file beside it and puts that in its place, with its permissions. Of a link, the file that it leads to is
/// replaced.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), WriteError> {
    replace_with(path, text).map_err(|error| WriteError { path: path.to_owned(), error })
}

fn replace_with(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    // A rename would not ask.
    OpenOptions::new().write(true).open(&path)?;
    let permissions = fs::metadata(&path)?.permissions();
    let beside = beside(&path);
    let done = write_new(&beside, text, permissions).and_then(|()| fs::rename(&beside, &path));
    if done.is_err() {
        // It may not even be there.
        let _ = fs::remove_file(&beside);
    }
    done
}

fn write_new(path: &Path, text: &str, permissions: Permissions) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(permissions)?;
    file.sync_all()
}

/// A name in the same folder, hence on the same file system, that no contract and no other run has.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", process::id()));
    path.with_file_name(name)
}
