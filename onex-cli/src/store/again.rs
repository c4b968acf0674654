//! `onex retry` and `onex fork`: what a person wants done again.

use std::error::Error;
use std::fmt;
use std::path::Path;

use onex_contract::closest;
use onex_sqlite::{Inspect, Request, RunLine};

use super::ask::{Answer, ask};
use super::file::Problem;
use super::id::Target;
use super::table::plain;
use crate::output::Exit;

/// Ask for a run that did not complete to go on from a step
///
/// That step, what follows it and what did not come to its end are done again, under the idempotency keys that they had; all
/// else keeps its output. A run that was undone is not retried, only forked.
#[derive(clap::Args)]
#[command(override_usage = "onex retry [OPTIONS] --from <STEP> [FILE] <ID>", after_help = RETRIES)]
pub(crate) struct Retry {
    #[command(flatten)]
    target: Target,
    /// The step from which it goes on
    #[arg(long, value_name = "STEP")]
    from: String,
    #[command(flatten)]
    answer: Answer,
}

const RETRIES: &str = "\
Examples:
  onex retry orders.db 01a7b2c4 --from charge";

/// Ask for a new run that begins as an old one, from a step
///
/// What came before the step keeps its output; the step and what follows it are done again, under keys of their own. The old
/// run stays as it is.
#[derive(clap::Args)]
#[command(override_usage = "onex fork [OPTIONS] --from <STEP> [FILE] <ID>", after_help = FORKS)]
pub(crate) struct Fork {
    #[command(flatten)]
    target: Target,
    /// The step from which it is done again
    #[arg(long, value_name = "STEP")]
    from: String,
    #[command(flatten)]
    answer: Answer,
}

const FORKS: &str = "\
Examples:
  onex fork orders.db 01a7b2c4 --from charge";

pub(crate) fn retry(args: &Retry) -> Result<Exit, Box<dyn Error>> {
    let (path, journal, line) = args.target.find()?;
    has_step(&path, &journal, &line, &args.from)?;
    let request = Request::RetryFrom { run: line.run, step: args.from.clone() };
    let done = format!("run {} goes on from `{}`", line.run, args.from);
    ask((&path, &journal), &request, done, args.answer)
}

pub(crate) fn fork(args: &Fork) -> Result<Exit, Box<dyn Error>> {
    let (path, journal, line) = args.target.find()?;
    has_step(&path, &journal, &line, &args.from)?;
    let request = Request::fork_from(line.run, args.from.as_str());
    let done = match &request {
        Request::ForkFrom { fork, .. } => {
            format!("run {fork} is made of run {}, from `{}`", line.run, args.from)
        }
        _ => String::new(),
    };
    ask((&path, &journal), &request, done, args.answer)
}

#[derive(Debug, thiserror::Error)]
#[error("run {run} has no step `{}`{}", plain(written), Others { written, steps })]
struct NoStep {
    run: String,
    written: String,
    steps: Vec<String>,
}

struct Others<'a> {
    written: &'a str,
    steps: &'a [String],
}

impl fmt::Display for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match closest(self.written, self.steps.iter().map(String::as_str)) {
            Some(step) => write!(f, "; perhaps `{step}` is meant"),
            None => write!(f, "; its steps are `{}`", self.steps.join("`, `")),
        }
    }
}

fn has_step(path: &Path, journal: &Inspect, line: &RunLine, step: &str) -> Result<(), Box<dyn Error>> {
    let detail = journal.run(line.run).map_err(Problem::at(path))?;
    let steps: Vec<String> = detail.into_iter().flat_map(|run| run.steps).map(|step| step.step).collect();
    if steps.iter().any(|known| known == step) {
        return Ok(());
    }
    Err(NoStep { run: line.run.to_string(), written: step.to_owned(), steps }.into())
}
