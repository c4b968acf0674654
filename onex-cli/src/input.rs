//! One contract, or a file beside one: a file, or standard input.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use onex_contract::document::Document;
use onex_contract::{Contract, LoadError, MAX_BYTES, Source, load, load_document, parse, parse_document};

/// What standard input is called in messages.
const STDIN: &str = "<stdin>";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    /// `-` is standard input.
    pub(crate) fn new(argument: &Path) -> Self {
        if argument.as_os_str() == "-" { Self::Stdin } else { Self::File(argument.to_owned()) }
    }

    /// Reads and checks the contract. Messages call it by the path as it was given.
    pub(crate) fn load(&self) -> Result<Contract, LoadError> {
        match self {
            Self::File(path) => load(path, path.to_string_lossy()),
            Self::Stdin => parse(&stdin()?).map_err(LoadError::Invalid),
        }
    }

    /// The same for a file of any kind, as what it says that it is.
    pub(crate) fn load_document(&self) -> Result<Document, LoadError> {
        match self {
            Self::File(path) => load_document(path, path.to_string_lossy()),
            Self::Stdin => parse_document(&stdin()?).map_err(LoadError::Invalid),
        }
    }
}

fn stdin() -> Result<Source, LoadError> {
    let mut bytes = Vec::new();
    // One byte more than a contract may have is enough to refuse it.
    let read = io::stdin().lock().take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| LoadError::Io { path: STDIN.into(), error })?;
    Source::from_bytes(STDIN, &bytes).map_err(LoadError::Invalid)
}
