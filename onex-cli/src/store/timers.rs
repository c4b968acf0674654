//! `onex timers`: the moments that are waited for.

use std::error::Error;
use std::path::PathBuf;

use onex_sqlite::TimerLine;

use super::file::{self, Problem};
use super::table::{json_lines, table};
use super::time::moment;
use crate::output::{self, Exit};

/// List what waits for its time: retries, and gates that give up
///
/// The next one comes first.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    file: Option<PathBuf>,
    /// Print a JSON object a line
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex timers orders.db
  onex timers orders.db --json";

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let (path, journal) = file::open(args.file.as_deref())?;
    let timers = journal.timers().map_err(Problem::at(&path))?;
    output::print(&if args.json { json_lines(&timers)? } else { shown(&timers) })?;
    if timers.is_empty() {
        output::remark(&"no timers");
    }
    Ok(Exit::Fine)
}

pub(crate) fn shown(timers: &[TimerLine]) -> String {
    if timers.is_empty() {
        return String::new();
    }
    let row = |timer: &TimerLine| {
        [
            moment(timer.due_unix_ms).into(),
            timer.run.to_string().into(),
            timer.step.as_str().into(),
            what(timer).into(),
        ]
    };
    table(["DUE", "RUN", "STEP", "WHAT"], timers.iter().map(row).collect())
}

fn what(timer: &TimerLine) -> String {
    let next = timer.attempt.saturating_add(1);
    match (timer.attempt, timer.compensation) {
        (0, false) => "waits no longer for its event".to_owned(),
        (_, false) => format!("attempt {next}"),
        (_, true) => format!("attempt {next} to undo it"),
    }
}
