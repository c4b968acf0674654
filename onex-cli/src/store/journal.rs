//! `onex journal`: a journal as a whole, and whether it is one.

use std::error::Error;
use std::path::PathBuf;

use onex_sqlite::{Holder, JournalStatus};

use super::file::{self, Problem};
use super::table::{Cell, list, plain};
use super::time::moment;
use crate::output::{self, Exit};

/// Say how much is in a journal, who owns it, and whether it is whole
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    file: Option<PathBuf>,
    /// Look at every page and every row for damage, and end with 1 if there is any
    #[arg(long)]
    verify: bool,
    /// Print a JSON object
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex journal orders.db
  onex journal orders.db --verify";

/// A file of which all is damaged is as damaged as one of which this is.
const FINDINGS: usize = 20;

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let (path, journal) = file::open(args.file.as_deref())?;
    let damage = args.verify.then(|| journal.damage(FINDINGS)).transpose().map_err(Problem::at(&path))?;
    let status = journal.status().map_err(Problem::at(&path));
    let is_damaged = damage.as_ref().is_some_and(|found| !found.is_empty());
    match status {
        Ok(status) if args.json => {
            let mut object = serde_json::to_value(&status)?;
            if let Some(damage) = &damage {
                object["damage"] = damage.as_slice().into();
            }
            output::print(&format!("{object}\n"))?;
        }
        Ok(status) => output::print(&shown(&status, damage.as_deref()))?,
        // What is damaged may not even say this.
        Err(error) if !is_damaged => return Err(error.into()),
        Err(error) => output::complain(&error),
    }
    for what in damage.iter().flatten() {
        output::complain(&format_args!("`{}` is damaged: {}", path.display(), plain(what)));
    }
    if !is_damaged {
        return Ok(Exit::Fine);
    }
    output::remark(
        &"its program does not open it as it is; `onex restore BACKUP FILE --replace` puts a backup in its place",
    );
    Ok(Exit::Faults)
}

fn shown(status: &JournalStatus, damage: Option<&[String]>) -> String {
    let number = |number: u64| Some(number.to_string().into());
    list([
        ("journal", Some(status.id.to_string().into())),
        ("owner", Some(status.holder.as_ref().map_or_else(|| "nobody".to_owned(), Holder::to_string).into())),
        ("since", status.holder.as_ref().map(|holder| moment(holder.since_unix_ms).into())),
        ("epoch", number(status.epoch)),
        ("runs", Some(format!("{}, {} of them unfinished", status.runs, status.unfinished).into())),
        ("to deliver", number(status.outbox)),
        ("timers", number(status.timers)),
        ("dead letters", number(status.dead_letters)),
        ("durability", Some(Cell::from(&status.durability))),
        ("written by", status.versions.get("opened by onex").map(|version| format!("onex {version}").into())),
        ("transactions", number(status.transactions)),
        ("bytes", number(status.bytes)),
        ("damage", damage.filter(|found| found.is_empty()).map(|_| "none".into())),
    ])
}
