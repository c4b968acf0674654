//! Which file is the journal, and why it cannot be looked into.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use onex_sqlite::{BackupError, Inspect, OpenError, Requests};

/// Names the journal where no argument does.
const VARIABLE: &str = "ONEX_JOURNAL";

/// Why a journal is not looked into.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("which journal? Give its file, or set `{VARIABLE}`")]
    WhichJournal,
    #[error("which {what}? It follows the file of the journal")]
    WhichOne { what: &'static str },
    #[error("cannot read `{}`: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("`{}` is a folder, and a journal is a file", path.display())]
    Folder { path: PathBuf },
    #[error("{error}{}", Mend(error))]
    Open { error: OpenError },
    #[error("{error}; `onex journal {} --verify` looks for damage", path.display())]
    Read { path: PathBuf, error: Box<dyn Error> },
    #[error("cannot note the request in `{}`: {}", path.display(), sqlite(&**error))]
    Ask { path: PathBuf, error: Box<dyn Error> },
    #[error("{error}{}", MendCopy(error))]
    Copy { error: BackupError },
    #[error("`{}` exists; nothing was written over it. With `--replace` it is, if it is a journal that nobody owns", path.display())]
    Exists { path: PathBuf },
}

/// The journal that an argument names, or the environment.
pub(crate) fn named(argument: Option<&Path>) -> Result<PathBuf, Problem> {
    argument.map(Path::to_owned).or_else(from_environment).ok_or(Problem::WhichJournal)
}

/// The journal and one thing more, where the arguments are `[FILE] <WHAT>`: if there is only one, it is the last.
pub(crate) fn named_with(
    first: Option<&Path>,
    second: Option<&Path>,
    what: &'static str,
) -> Result<(PathBuf, PathBuf), Problem> {
    match (first, second, from_environment()) {
        (file, Some(one), _) => Ok((named(file)?, one.to_owned())),
        (Some(one), None, Some(file)) => Ok((file, one.to_owned())),
        (Some(only), None, None) if !only.exists() => Err(Problem::WhichJournal),
        (None, None, None) => Err(Problem::WhichJournal),
        (_, None, _) => Err(Problem::WhichOne { what }),
    }
}

fn from_environment() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from)
}

/// The journal that an argument names, or the environment, and what reads it.
pub(crate) fn open(argument: Option<&Path>) -> Result<(PathBuf, Inspect), Problem> {
    let path = named(argument)?;
    let journal = look(&path)?;
    Ok((path, journal))
}

/// The same, and one thing more: see [`named_with`].
pub(crate) fn open_with(
    first: Option<&Path>,
    second: Option<&Path>,
    what: &'static str,
) -> Result<(PathBuf, Inspect, PathBuf), Problem> {
    let (path, one) = named_with(first, second, what)?;
    let journal = look(&path)?;
    Ok((path, journal, one))
}

/// Opens a journal for reading.
pub(crate) fn look(path: &Path) -> Result<Inspect, Problem> {
    is_file(path)?;
    Inspect::open(path).map_err(|error| Problem::Open { error })
}

/// Opens a journal for requests.
pub(crate) fn asker(path: &Path) -> Result<Requests, Problem> {
    is_file(path)?;
    Requests::open(path).map_err(|error| Problem::Open { error })
}

/// What SQLite would say of it is less.
pub(crate) fn is_file(path: &Path) -> Result<(), Problem> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(Problem::Folder { path: path.to_owned() }),
        Ok(_) => Ok(()),
        Err(error) => Err(Problem::Unreadable { path: path.to_owned(), error }),
    }
}

impl Problem {
    /// A journal that is open and cannot be read.
    pub(crate) fn at<E: Error + 'static>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |error| Problem::Read { path, error: Box::new(error) }
    }
}

/// What SQLite says, which is two sources down: what the journal says between is for its owner.
fn sqlite<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error.source().and_then(Error::source).unwrap_or(error)
}

/// What to do about it, where the error itself does not say it.
struct Mend<'a>(&'a OpenError);

impl fmt::Display for Mend<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            OpenError::NotAJournal { .. } => {
                f.write_str("; a journal is the file that a program gives to `.durable(..)`")
            }
            OpenError::OtherFormat { .. } => {
                f.write_str("; take the `onex` of the release that the journal's program is built with")
            }
            OpenError::Held { .. } => f.write_str("; stop it first"),
            OpenError::Damaged { .. } => f.write_str("; `onex restore` does that"),
            _ => Ok(()),
        }
    }
}

struct MendCopy<'a>(&'a BackupError);

impl fmt::Display for MendCopy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            BackupError::Open(error) => Mend(error).fmt(f),
            _ => Ok(()),
        }
    }
}
