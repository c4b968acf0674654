//! `onex migrate`: live runs to the plan of the program that owns the journal.

use std::error::Error;
use std::path::{Path, PathBuf};

use onex_sqlite::{Inspect, Migration, Request, RunFilter, RunLine};

use super::ask::{Answer, ask};
use super::file::{self, Problem};
use super::id;
use crate::output::Exit;

/// How many runs are asked for in one page.
const PAGE: u32 = 500;

/// Ask for live runs to be moved to the plan of their program
///
/// A run finishes on the plan that it was started on. Where the program cannot do that any more, and where it is not wanted, its
/// runs are moved: what has completed keeps its output, what is new is pending. A step that the new plan does not have needs
/// `--map old=new`, or `--map old=` to give it up. All that stands against it is told, and then nothing is written.
#[derive(clap::Args)]
#[command(override_usage = "onex migrate [OPTIONS] <--run <ID>|--workflow <NAME>> [FILE]", after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    file: Option<PathBuf>,
    #[command(flatten)]
    which: Which,
    /// A step is called otherwise now, `old=new`, or is given up, `old=`
    #[arg(long, value_name = "OLD=NEW", value_parser = mapping)]
    map: Vec<String>,
    /// Only say whether they can be moved
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    answer: Answer,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// This run: its id, or as much of the beginning as tells it from all others
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// All runs of this workflow that are alive or parked
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  onex migrate orders.db --run 01a7b2c4 --map charge=settle --map gift= --dry-run
  onex migrate orders.db --workflow order_fulfilment --map charge=settle";

fn mapping(text: &str) -> Result<String, String> {
    Migration::new().with(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

#[derive(Debug, thiserror::Error)]
#[error("`{}` has no run of workflow `{workflow}` that is alive or parked", path.display())]
struct NoRuns {
    path: PathBuf,
    workflow: String,
}

/// The exit code is that of the worst answer.
pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let path = file::named(args.file.as_deref())?;
    let journal = file::look(&path)?;
    let runs = match (&args.which.run, &args.which.workflow) {
        (Some(run), _) => vec![id::find(&path, &journal, run)?],
        (None, Some(workflow)) => unfinished(&path, &journal, workflow)?,
        (None, None) => Vec::new(),
    };
    if let (true, Some(workflow)) = (runs.is_empty(), &args.which.workflow) {
        return Err(NoRuns { path, workflow: workflow.clone() }.into());
    }
    let map = args.map.iter().try_fold(Migration::new(), |map, mapping| map.with(mapping))?;
    let mut worst = Exit::Fine;
    for RunLine { run, .. } in runs {
        let request = Request::Migrate { run, map: map.clone(), dry_run: args.dry_run };
        let done = if args.dry_run {
            format!("run {run} can be moved")
        } else {
            format!("run {run} is on the plan of its program")
        };
        let answered = ask((&path, &journal), &request, done, args.answer)?;
        worst = if matches!(answered, Exit::Fine) || worst == Exit::Faults { worst } else { answered };
    }
    Ok(worst)
}

fn unfinished(path: &Path, journal: &Inspect, workflow: &str) -> Result<Vec<RunLine>, Problem> {
    let mut filter = RunFilter {
        workflow: Some(workflow.to_owned()),
        unfinished: true,
        limit: PAGE,
        ..RunFilter::default()
    };
    let mut found = Vec::new();
    loop {
        let page = journal.runs(&filter).map_err(Problem::at(path))?;
        filter.after = page.last().map(|line| line.run);
        let is_last = page.len() < PAGE as usize;
        found.extend(page);
        if is_last {
            return Ok(found);
        }
    }
}
