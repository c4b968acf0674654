//! A contract from a file, with the files that it includes: the only place of this crate that touches the file system.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::{error, fmt};

#[cfg(feature = "tools")]
use crate::dispatch::parse_document_with;
#[cfg(feature = "tools")]
use crate::document::Document;
use crate::include::{IncludeError, parse_with};
use crate::source::{self, MAX_BYTES, Source};
use crate::{Contract, Diagnostics};

/// Of the entries of a folder, so many are looked at to find the file that is meant, and so many are offered.
const MAX_ENTRIES: usize = 1_000;
const MAX_NEIGHBOURS: usize = 100;

/// There is no valid contract at a path.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file was read, and the contract in it, or in a file that it includes, has faults.
    Invalid(Diagnostics),
}

/// Reads, parses and checks the contract at a path, with the files that it includes. Messages call the file `name`, and
/// those that it includes accordingly: beside `src/contract.yaml` there is `src/parts/events.yaml`.
/// [`Source::files`] has all that were read.
///
/// # Errors
///
/// The file cannot be read, is larger than [`MAX_BYTES`] (not much more than that is ever read), or has faults. A file
/// that cannot be included is a fault of the contract.
pub fn load(path: impl AsRef<Path>, name: impl Into<String>) -> Result<Contract, LoadError> {
    let source = open(path.as_ref(), name.into())?;
    parse_with(&source, &mut beside(path.as_ref())).map_err(LoadError::Invalid)
}

/// The same for a file of any kind. The files that a manifest names are read too.
///
/// # Errors
///
/// The file cannot be read, is larger than [`MAX_BYTES`], or has faults. A file that it names and that cannot be read is
/// a fault.
#[cfg(feature = "tools")]
pub fn load_document(path: impl AsRef<Path>, name: impl Into<String>) -> Result<Document, LoadError> {
    let source = open(path.as_ref(), name.into())?;
    parse_document_with(&source, &mut beside(path.as_ref())).map_err(LoadError::Invalid)
}

fn open(path: &Path, name: String) -> Result<Source, LoadError> {
    let bytes = read(path).map_err(|error| LoadError::Io { path: path.to_owned(), error })?;
    match bytes {
        Bytes::All(bytes) => {
            let own = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Source::at_path(name, own, &bytes).map_err(LoadError::Invalid)
        }
        Bytes::TooMany(size) => {
            let nothing = Source::new(name, "");
            Err(LoadError::Invalid(Diagnostics::of(nothing, source::too_large(size, MAX_BYTES))))
        }
    }
}

/// The files in the folder of a file, and from there on.
fn beside(path: &Path) -> impl FnMut(&str) -> Result<Vec<u8>, IncludeError> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    move |included| read_included(&folder.join(included))
}

enum Bytes {
    All(Vec<u8>),
    TooMany(u64),
}

fn read(path: &Path) -> io::Result<Bytes> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > MAX_BYTES as u64 {
        return Ok(Bytes::TooMany(size));
    }
    // The size is only what the file system says: a pipe or a growing file has more.
    let bytes = read_at_most(file)?;
    Ok(if bytes.len() > MAX_BYTES { Bytes::TooMany(bytes.len() as u64) } else { Bytes::All(bytes) })
}

/// One byte more than the limit shows that there are too many.
fn read_at_most(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_included(path: &Path) -> Result<Vec<u8>, IncludeError> {
    let found = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            IncludeError::Missing { neighbours: neighbours(path) }
        }
        _ => IncludeError::Io(error),
    })?;
    // A pipe would be waited for, and no build ends by waiting.
    if !found.is_file() {
        return Err(IncludeError::NotAFile);
    }
    File::open(path).and_then(read_at_most).map_err(IncludeError::Io)
}

fn neighbours(path: &Path) -> Vec<String> {
    let Some(entries) = path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return Vec::new() };
    let names = entries.take(MAX_ENTRIES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> =
        names.filter(|name| name.ends_with(".yaml") || name.ends_with(".yml")).take(MAX_NEIGHBOURS).collect();
    // A folder has no order of its own, and a message is to be the same everywhere.
    names.sort();
    names
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "cannot read the contract `{}`: {error}", path.display()),
            Self::Invalid(faults) => faults.fmt(f),
        }
    }
}

impl error::Error for LoadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Invalid(_) => None,
        }
    }
}
