//! One contract, or a file beside one: a file, or standard input.

use std::fs::File;
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

    /// What messages call it: a path as it was given.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.to_string_lossy().into_owned(),
            Self::Stdin => STDIN.to_owned(),
        }
    }

    /// Reads and checks the contract.
    pub(crate) fn load(&self) -> Result<Contract, LoadError> {
        match self {
            Self::File(path) => load(path, self.name()),
            Self::Stdin => parse(&self.stdin()?).map_err(LoadError::Invalid),
        }
    }

    /// The same for a file of any kind, as what it says that it is.
    pub(crate) fn load_document(&self) -> Result<Document, LoadError> {
        match self {
            Self::File(path) => load_document(path, self.name()),
            Self::Stdin => parse_document(&self.stdin()?).map_err(LoadError::Invalid),
        }
    }

    /// Reads one byte more than a contract may have at most, which is enough to refuse it.
    pub(crate) fn read(&self) -> Result<Vec<u8>, LoadError> {
        let mut bytes = Vec::new();
        let limit = MAX_BYTES as u64 + 1;
        let read = match self {
            Self::File(path) => File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
            Self::Stdin => io::stdin().lock().take(limit).read_to_end(&mut bytes),
        };
        match read {
            Ok(_) => Ok(bytes),
            Err(error) => Err(LoadError::Io { path: self.name().into(), error }),
        }
    }
    fn stdin(&self) -> Result<Source, LoadError> {
        Source::from_bytes(STDIN, &self.read()?).map_err(LoadError::Invalid)
    }
}
