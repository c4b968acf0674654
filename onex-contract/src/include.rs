//! Contracts of several files: where the files come from, and why one does not come.

use std::{error, fmt, io};

use crate::diagnostic::Sink;
use crate::limits::Limits;
use crate::source::Source;
use crate::{Contract, Diagnostics, stages};

/// Gives the bytes of a file by its path from the folder of the contract.
pub(crate) type ReadFile<'a> = dyn FnMut(&str) -> Result<Vec<u8>, IncludeError> + 'a;

/// Why a file cannot be included.
#[derive(Debug)]
#[non_exhaustive]
pub enum IncludeError {
    /// There is no such file.
    Missing {
        /// The names of other files in its folder: one of them may be meant.
        neighbours: Vec<String>,
    },
    /// There is something else at the path: a folder, a pipe.
    NotAFile,
    /// The file is there and cannot be read.
    Io(io::Error),
    /// No file but the contract's own can be read.
    NoFiles,
}

/// Reads and checks a contract whose `!include`s are answered by `read`: from memory, from an editor's buffers. [`load`]
/// reads them from the file system.
///
/// `read` gets the path of a file from the folder of the contract, with `/`, as `parts/events.yaml`. It starts with `..`
/// if the file is outside that folder, which `read` may refuse; it is never absolute. No path is asked for twice. Of a
/// file that is larger than [`MAX_BYTES`](crate::MAX_BYTES) one byte more is enough.
///
/// ```
/// use onex_contract::{IncludeError, Source, parse_with};
///
/// let source = Source::new(
///     "contract.yaml",
///     "name: node_payment_effect\nnode_type: effect\ncontract_version: !include version.yaml\n",
/// );
/// let contract = parse_with(&source, &mut |path| match path {
///     "version.yaml" => Ok(b"{ major: 1, minor: 2, patch: 3 }".to_vec()),
///     _ => Err(IncludeError::Missing { neighbours: vec!["version.yaml".to_owned()] }),
/// })?;
/// assert_eq!(contract.contract_version.minor, 2);
/// assert_eq!(contract.source.files().map(|file| file.name()).collect::<Vec<_>>(), ["contract.yaml", "version.yaml"]);
/// # Ok::<(), onex_contract::Diagnostics>(())
/// ```
///
/// # Errors
///
/// Every fault of the contract and of what it includes.
///
/// [`load`]: crate::load
pub fn parse_with(
    source: &Source,
    read: &mut dyn FnMut(&str) -> Result<Vec<u8>, IncludeError>,
) -> Result<Contract, Diagnostics> {
    parse_within(source, &Limits::default(), read)
}

/// The same within other limits than the defaults: for contracts that a program wrote.
///
/// # Errors
///
/// Every fault of the contract and of what it includes.
pub fn parse_within(
    source: &Source,
    limits: &Limits,
    read: &mut dyn FnMut(&str) -> Result<Vec<u8>, IncludeError>,
) -> Result<Contract, Diagnostics> {
    let mut sink = Sink::default();
    let mut source = source.without_includes();
    stages::contract(&mut source, limits, read, &mut sink)
        .map_err(|reported| sink.into_diagnostics(source, reported))
}

impl fmt::Display for IncludeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { .. } => f.write_str("there is no such file"),
            Self::NotAFile => f.write_str("it is not a file"),
            Self::Io(error) => error.fmt(f),
            Self::NoFiles => f.write_str("no file but the contract is read here"),
        }
    }
}

impl error::Error for IncludeError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Missing { .. } | Self::NotAFile | Self::NoFiles => None,
        }
    }
}
