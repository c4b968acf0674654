//! `onex backup` and `onex restore`: copies of a journal.

use std::error::Error;
use std::path::{Path, PathBuf};

use onex_sqlite::BackupError;
use serde_json::json;

use super::file::{self, Problem};
use crate::output::{self, Exit};

/// Copy a journal, while its owner works
///
/// The copy is of one moment, compacted and checked. It is there when it is whole and on the disk, and not before; a file that
/// is there already is not written over.
#[derive(clap::Args)]
#[command(override_usage = "onex backup [OPTIONS] [FILE] <TO>", after_help = BACKUPS)]
pub(crate) struct Backup {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    #[arg(value_name = "FILE")]
    first: Option<PathBuf>,
    /// Where the copy is to be
    #[arg(value_name = "TO")]
    second: Option<PathBuf>,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

const BACKUPS: &str = "\
Examples:
  onex backup orders.db orders-2026-11-21.db";

/// Put a backup in place
///
/// The backup is checked first, and stays as it is. What was done and acknowledged after it was made is gone then, and
/// effects that were called meanwhile are called again, under their keys.
#[derive(clap::Args)]
#[command(after_help = RESTORES)]
pub(crate) struct Restore {
    /// The backup
    backup: PathBuf,
    /// Where the journal is to be; not needed where `ONEX_JOURNAL` says it
    file: Option<PathBuf>,
    /// Write over the journal that is there, if nobody owns it
    #[arg(long)]
    replace: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

const RESTORES: &str = "\
Examples:
  onex restore orders-2026-11-21.db orders.db
  onex restore orders-2026-11-21.db orders.db --replace";

pub(crate) fn backup(args: &Backup) -> Result<Exit, Box<dyn Error>> {
    let (_, journal, to) =
        file::open_with(args.first.as_deref(), args.second.as_deref(), "file for the copy")?;
    let made = journal.backup(&to);
    said(made, &to, args.json)
}

pub(crate) fn restore(args: &Restore) -> Result<Exit, Box<dyn Error>> {
    let to = file::named(args.file.as_deref())?;
    // Before anything of it is beside the journal.
    drop(file::look(&args.backup)?);
    match onex_sqlite::restore(&args.backup, &to, args.replace) {
        Err(BackupError::Exists { path }) => Err(Problem::Exists { path }.into()),
        made => said(made, &to, args.json),
    }
}

fn said(
    made: Result<onex_sqlite::Backup, BackupError>,
    to: &Path,
    json: bool,
) -> Result<Exit, Box<dyn Error>> {
    let made = made.map_err(|error| Problem::Copy { error })?;
    let (transactions, bytes) = (made.transactions, made.bytes);
    let text = if json {
        format!("{}\n", json!({ "to": to.to_string_lossy(), "transactions": transactions, "bytes": bytes }))
    } else {
        format!("`{}`: {transactions} transactions, {bytes} bytes, checked\n", to.display())
    };
    output::print(&text)?;
    Ok(Exit::Fine)
}
