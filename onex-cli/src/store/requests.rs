//! `onex requests`: what was asked of the owner of a journal.

use std::error::Error;
use std::path::PathBuf;

use onex_sqlite::{Outcome, Request, RequestLine};

use super::file::{self, Problem};
use super::table::{json_lines, table};
use super::time::moment;
use crate::output::{self, Exit};

/// List what was asked of the owner of a journal, and what came of it
///
/// The first one comes first. It is a page of them: what follows it is listed with `--after` the last one's number.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    file: Option<PathBuf>,
    /// Only those that follow this one
    #[arg(long, value_name = "REQUEST", default_value_t = 0)]
    after: u64,
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..100_000))]
    limit: u32,
    /// Print a JSON object a line
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex requests orders.db
  onex requests orders.db --after 50 --json";

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let path = file::named(args.file.as_deref())?;
    let requests = file::look(&path)?.requests(args.after, args.limit).map_err(Problem::at(&path))?;
    output::print(&if args.json { json_lines(&requests)? } else { shown(&requests) })?;
    if requests.is_empty() {
        output::remark(&"no requests");
    }
    Ok(Exit::Fine)
}

fn shown(requests: &[RequestLine]) -> String {
    if requests.is_empty() {
        return String::new();
    }
    let row = |line: &RequestLine| {
        [
            line.position.to_string().into(),
            moment(line.asked_unix_ms).into(),
            line.asked_by.as_str().into(),
            what(&line.request).into(),
            answer(line.answer.as_ref()).into(),
        ]
    };
    table(["REQUEST", "ASKED", "BY", "WHAT", "OUTCOME"], requests.iter().map(row).collect())
}

fn what(request: &Request) -> String {
    match request {
        Request::Cancel { run, .. } => format!("cancel {run}"),
        Request::Kill { run, .. } => format!("kill {run}"),
        Request::Pause { run, .. } => format!("pause {run}"),
        Request::Resume { run } => format!("resume {run}"),
        Request::RetryFrom { run, step } => format!("retry {run} from {step}"),
        Request::ForkFrom { run, step, fork } => format!("fork {run} from {step} as {fork}"),
        Request::Migrate { run, map, dry_run: false } => format!("migrate {run} {map}"),
        Request::Migrate { run, map, dry_run: true } => format!("try to migrate {run} {map}"),
        Request::Redrive { position } => format!("redrive dead letter {position}"),
        Request::GiveUp { position, .. } => format!("give up dead letter {position}"),
        _ => "something that this release does not know".to_owned(),
    }
}

fn answer(outcome: Option<&Outcome>) -> String {
    match outcome {
        None => "waits".to_owned(),
        Some(Outcome::Done) => "done".to_owned(),
        Some(Outcome::Refused { why }) => format!("refused: {why}"),
    }
}
