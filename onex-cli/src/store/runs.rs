//! `onex runs`: the runs of a journal.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use onex_sqlite::{RunFilter, RunLine};

use super::file::{self, Problem};
use super::table::{Cell, json_lines, table};
use super::time::{ago, duration, moment};
use crate::output::{self, Exit};

/// List the runs of a journal
///
/// The latest come first. It is a page of them: what follows it is listed with `--after` the last one's id, and standard error
/// says so.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    file: Option<PathBuf>,
    /// Only those in this state
    #[arg(long, value_parser = PossibleValuesParser::new(STATES))]
    state: Option<String>,
    /// Only those that are alive or parked
    #[arg(long)]
    unfinished: bool,
    /// Only those of the node with this contract name
    #[arg(long)]
    node: Option<String>,
    /// Only those of this workflow
    #[arg(long)]
    workflow: Option<String>,
    /// Only those with this key
    #[arg(long)]
    key: Option<String>,
    /// Only those that were started longer ago: `500ms`, `30s`, `5m`, `2h`, `7d`
    #[arg(long, value_name = "AGE", value_parser = duration)]
    older_than: Option<Duration>,
    /// Only those that were started since
    #[arg(long, value_name = "AGE", value_parser = duration)]
    newer_than: Option<Duration>,
    /// The first one first
    #[arg(long)]
    oldest_first: bool,
    /// Only those that follow this one: the last of the page before
    #[arg(long, value_name = "ID", value_parser = whole_id)]
    after: Option<String>,
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..100_000))]
    limit: u32,
    /// Print a JSON object a line
    #[arg(long)]
    json: bool,
}

/// As they are journalled.
const STATES: [&str; 10] = [
    "running",
    "paused",
    "stopping",
    "compensating",
    "completed",
    "completed_with_errors",
    "failed",
    "cancelled",
    "timed_out",
    "parked",
];

const EXAMPLES: &str = "\
Examples:
  onex runs orders.db                                  the latest fifty
  onex runs orders.db --state failed --newer-than 1d   what failed since yesterday
  onex runs orders.db --key 'order 4'                  the run of a key
  onex runs orders.db --unfinished --older-than 2h     what takes long, or waits for a person
  onex runs orders.db --json | jq -r .run              for programs";

fn whole_id(text: &str) -> Result<String, &'static str> {
    onex_sqlite::run_id(text).map(|id| id.to_string()).ok_or("the whole id of a run is expected")
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let (path, journal) = file::open(args.file.as_deref())?;
    // One more tells whether there are more.
    let mut lines = journal.runs(&args.filter(args.limit + 1)).map_err(Problem::at(&path))?;
    let more = lines.len() > args.limit as usize;
    lines.truncate(args.limit as usize);
    output::print(&if args.json { json_lines(&lines)? } else { shown(&lines) })?;
    match lines.last() {
        None => output::remark(&"no runs"),
        Some(last) if more => output::remark(&format_args!("more of them: --after {}", last.run)),
        Some(_) => {}
    }
    Ok(Exit::Fine)
}

impl Args {
    fn filter(&self, limit: u32) -> RunFilter {
        RunFilter {
            node: self.node.clone(),
            workflow: self.workflow.clone(),
            key: self.key.clone(),
            state: self.state.clone(),
            unfinished: self.unfinished,
            started_from_unix_ms: self.newer_than.map(ago),
            started_before_unix_ms: self.older_than.map(ago),
            latest_first: !self.oldest_first,
            after: self.after.as_deref().and_then(onex_sqlite::run_id),
            limit,
        }
    }
}

fn shown(lines: &[RunLine]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let row = |line: &RunLine| {
        [
            line.run.to_string().into(),
            Cell::state(&line.state),
            moment(line.started_unix_ms).into(),
            line.workflow.as_str().into(),
            Cell::short(&line.key),
            Cell::short(line.reason.as_deref().unwrap_or_default()),
        ]
    };
    table(["RUN", "STATE", "STARTED", "WORKFLOW", "KEY", "REASON"], lines.iter().map(row).collect())
}
