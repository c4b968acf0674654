//! A contract from a file: the only place of this crate that touches the file system.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{error, fmt};

use crate::source::{self, MAX_BYTES, Source};
use crate::{Contract, Diagnostics, parse};

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
    /// The file was read, and the contract in it has faults.
    Invalid(Diagnostics),
}

/// Reads, parses and checks the contract at a path. Messages call the file `name`.
///
/// # Errors
///
/// The file cannot be read, is larger than [`MAX_BYTES`] (no more than that is ever read), or has faults.
pub fn load(path: impl AsRef<Path>, name: impl Into<String>) -> Result<Contract, LoadError> {
    let (path, name) = (path.as_ref(), name.into());
    let bytes = read(path).map_err(|error| LoadError::Io { path: path.to_owned(), error })?;
    let source = match bytes {
        Bytes::All(bytes) => Source::from_bytes(name, &bytes).map_err(LoadError::Invalid)?,
        Bytes::TooMany(size) => {
            let nothing = Source::new(name, "");
            return Err(LoadError::Invalid(Diagnostics::of(nothing, source::too_large(size))));
        }
    };
    parse(&source).map_err(LoadError::Invalid)
}

enum Bytes {
    All(Vec<u8>),
    TooMany(u64),
}

fn read(path: &Path) -> io::Result<Bytes> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let limit = MAX_BYTES as u64;
    if size > limit {
        return Ok(Bytes::TooMany(size));
    }
    // The size is only what the file system says: a pipe or a growing file has more.
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > MAX_BYTES { Bytes::TooMany(bytes.len() as u64) } else { Bytes::All(bytes) })
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
