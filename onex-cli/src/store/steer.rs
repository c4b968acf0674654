//! `onex cancel`, `onex kill`, `onex pause`, `onex resume`: what a run is told from outside.

use std::error::Error;

use onex_sqlite::Request;

use super::ask::{Answer, ask};
use super::id::Target;
use crate::output::Exit;

/// Ask for a run to be cancelled
///
/// Steps in flight get their grace period, and what is to be undone is undone. The request is on the disk before it is carried
/// out: if nobody owns the journal now, whoever does next carries it out.
#[derive(clap::Args)]
#[command(override_usage = "onex cancel [OPTIONS] --reason <TEXT> [FILE] <ID>", after_help = CANCELS)]
pub(crate) struct Cancel {
    #[command(flatten)]
    target: Target,
    /// Why, for those who read it later
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    answer: Answer,
}

const CANCELS: &str = "\
Examples:
  onex cancel orders.db 01a7b2c4 --reason 'the customer called'";

/// Ask for a run to be stopped, and for nothing of it to be undone
///
/// As `onex cancel`, without compensation; a run that is being undone ends at once, as far as that has come. What was done
/// outside stays: this is for a run whose compensation does harm, or does not end.
#[derive(clap::Args)]
#[command(override_usage = "onex kill [OPTIONS] --reason <TEXT> [FILE] <ID>", after_help = KILLS)]
pub(crate) struct Kill {
    #[command(flatten)]
    target: Target,
    /// Why, for those who read it later
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    answer: Answer,
}

const KILLS: &str = "\
Examples:
  onex kill orders.db 01a7b2c4 --reason 'refunded by hand'";

/// Ask for a run to be paused
///
/// Nothing of it is dispatched until it is resumed, and neither its timeout nor the delays of its retries pass. What is in
/// flight goes on.
#[derive(clap::Args)]
#[command(override_usage = "onex pause [OPTIONS] --reason <TEXT> [FILE] <ID>", after_help = PAUSES)]
pub(crate) struct Pause {
    #[command(flatten)]
    target: Target,
    /// Why, for those who read it later
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    answer: Answer,
}

const PAUSES: &str = "\
Examples:
  onex pause orders.db 01a7b2c4 --reason maintenance";

/// Ask for a paused run to go on
#[derive(clap::Args)]
#[command(override_usage = "onex resume [OPTIONS] [FILE] <ID>", after_help = RESUMES)]
pub(crate) struct Resume {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    answer: Answer,
}

const RESUMES: &str = "\
Examples:
  onex resume orders.db 01a7b2c4";

pub(crate) fn cancel(args: &Cancel) -> Result<Exit, Box<dyn Error>> {
    let (path, journal, line) = args.target.find()?;
    let request = Request::Cancel { run: line.run, reason: args.reason.clone() };
    ask((&path, &journal), &request, format!("run {} is being cancelled", line.run), args.answer)
}

pub(crate) fn kill(args: &Kill) -> Result<Exit, Box<dyn Error>> {
    let (path, journal, line) = args.target.find()?;
    let request = Request::Kill { run: line.run, reason: args.reason.clone() };
    ask((&path, &journal), &request, format!("run {} is being killed", line.run), args.answer)
}

pub(crate) fn pause(args: &Pause) -> Result<Exit, Box<dyn Error>> {
    let (path, journal, line) = args.target.find()?;
    let request = Request::Pause { run: line.run, reason: args.reason.clone() };
    ask((&path, &journal), &request, format!("run {} is paused", line.run), args.answer)
}

pub(crate) fn resume(args: &Resume) -> Result<Exit, Box<dyn Error>> {
    let (path, journal, line) = args.target.find()?;
    let request = Request::Resume { run: line.run };
    ask((&path, &journal), &request, format!("run {} goes on", line.run), args.answer)
}
