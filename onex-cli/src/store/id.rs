//! Which run is meant.

use std::fmt;
use std::path::{Path, PathBuf};

use onex_sqlite::{Inspect, RunLine};

use super::file::{self, Problem};
use super::table::plain;

/// `[FILE] <ID>`
#[derive(clap::Args)]
pub(crate) struct Target {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    #[arg(value_name = "FILE")]
    first: Option<PathBuf>,
    /// The run: its id, or as much of the beginning as tells it from all others
    #[arg(value_name = "ID")]
    second: Option<PathBuf>,
}

/// No run is meant, or more than one.
#[derive(Debug, thiserror::Error)]
enum NoRun {
    #[error(
        "`{}` is no id of a run, nor the beginning of one, such as `01a7b2c4`; `onex runs --key` finds a run by its key",
        plain(written)
    )]
    NoId { written: String },
    #[error(
        "`{}` has no run whose id begins with `{written}`: `onex runs` lists those that there are, and one that is over \
         may be forgotten",
        path.display()
    )]
    Unknown { path: PathBuf, written: String },
    #[error("more than one id begins with `{written}`; give more of it:{}", Listed(found, *more))]
    Ambiguous { written: String, found: Vec<RunLine>, more: bool },
}

/// How many of those that may be meant are named.
const NAMED: usize = 8;
const LENGTH: usize = 36;

impl Target {
    /// The journal, and the run in it.
    pub(crate) fn find(&self) -> Result<(PathBuf, Inspect, RunLine), Box<dyn std::error::Error>> {
        let (path, journal, id) = file::open_with(self.first.as_deref(), self.second.as_deref(), "run")?;
        let run = find(&path, &journal, &id.to_string_lossy())?;
        Ok((path, journal, run))
    }
}

pub(super) fn find(
    path: &Path,
    journal: &Inspect,
    written: &str,
) -> Result<RunLine, Box<dyn std::error::Error>> {
    let id = written.to_ascii_lowercase();
    let is_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    if id.is_empty() || id.len() > LENGTH || !id.bytes().all(is_id) {
        return Err(NoRun::NoId { written: written.to_owned() }.into());
    }
    let limit = NAMED as u32 + 1;
    let mut found = journal.runs_beginning_with(&id, limit).map_err(Problem::at(path))?;
    match found.len() {
        0 => Err(NoRun::Unknown { path: path.to_owned(), written: id }.into()),
        1 => Ok(found.remove(0)),
        count => {
            found.truncate(NAMED);
            Err(NoRun::Ambiguous { written: id, found, more: count > NAMED }.into())
        }
    }
}

struct Listed<'a>(&'a [RunLine], bool);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0 {
            write!(f, "\n  {}  {} {}", line.run, plain(&line.workflow), plain(&line.key))?;
        }
        if self.1 { f.write_str("\n  and others") } else { Ok(()) }
    }
}
