//! `onex run`: one run, and how it goes on.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use onex_sqlite::{AttemptLine, Inspect, RunDetail, RunLine, StepLine};

use super::file::Problem;
use super::id::Target;
use super::table::{Cell, list, plain, table, word};
use super::time::moment;
use super::timers;
use crate::output::{self, Exit};

/// Show a run: its steps, what happened to each attempt, and what it waits for
///
/// With `--watch` what happens to it is printed as it happens, until it is over, or parked.
#[derive(clap::Args)]
#[command(override_usage = "onex run [OPTIONS] [FILE] <ID>", after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Go on until the run is over
    #[arg(long)]
    watch: bool,
    /// Print a JSON object; with `--watch` one a line whenever something has happened
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex run orders.db 01a7b2c4             the beginning of an id is enough
  onex run orders.db 01a7b2c4 --watch
  onex run orders.db 01a7b2c4 --json | jq .steps";

/// How often a run is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let (path, journal, line) = args.target.find()?;
    let Some(detail) = journal.run(line.run).map_err(Problem::at(&path))? else {
        return Err(Forgotten { run: line.run.to_string() }.into());
    };
    let document = if args.json { in_json(&detail)? } else { shown(&detail) };
    if output::print_to_reader(&document)? && args.watch {
        watch((&path, &journal), detail, args.json)?;
    }
    Ok(Exit::Fine)
}

#[derive(Debug, thiserror::Error)]
#[error("run {run} is not in the journal any more")]
struct Forgotten {
    run: String,
}

fn watch((path, journal): (&Path, &Inspect), mut seen: RunDetail, json: bool) -> Result<(), Box<dyn Error>> {
    if !is_over(&seen.line) && journal.status().map_err(Problem::at(path))?.holder.is_none() {
        output::remark(&"nobody owns the journal: the run goes on when its program is started");
    }
    let mut is_read = true;
    while is_read && !is_over(&seen.line) {
        std::thread::sleep(LOOK);
        let Some(now) = journal.run(seen.line.run).map_err(Problem::at(path))? else {
            return Err(Forgotten { run: seen.line.run.to_string() }.into());
        };
        if now.line.facts == seen.line.facts {
            continue;
        }
        is_read = output::print_to_reader(&if json { in_json(&now)? } else { news(&seen, &now) })?;
        seen = now;
    }
    Ok(())
}

/// Whether it goes nowhere from here, unless a person decides.
fn is_over(line: &RunLine) -> bool {
    line.state.is_final() || word(&line.state) == "parked"
}

fn in_json(detail: &RunDetail) -> serde_json::Result<String> {
    Ok(serde_json::to_string(detail)? + "\n")
}

/// What has happened between two looks.
fn news(seen: &RunDetail, now: &RunDetail) -> String {
    let mut text = String::new();
    for attempt in now.attempts.iter().skip(seen.attempts.len()) {
        let AttemptLine { at, step, attempt: number, what, .. } = attempt;
        let _infallible = write!(text, "{at}  {}  attempt {number}  {what}", plain(step));
        if let Some(error) = &attempt.error {
            let _infallible = write!(text, "  {}", plain(error));
        }
        text.push('\n');
    }
    if now.line.state != seen.line.state {
        let _infallible = writeln!(text, "{}", word(&now.line.state));
    }
    if is_over(&now.line) {
        let _infallible = write!(text, "\n{}", steps(now));
    }
    text
}

fn shown(detail: &RunDetail) -> String {
    let line = &detail.line;
    let head = list([
        ("run", Some(line.run.to_string().into())),
        ("workflow", Some(format!("{} {} of {}", line.workflow, line.version, line.node).into())),
        ("key", Some(Cell::from(&line.key))),
        ("step of", line.parent.map(|parent| parent.to_string().into())),
        ("state", Some(Cell::state(&line.state))),
        ("reason", line.reason.as_ref().map(Cell::from)),
        ("started", Some(moment(line.started_unix_ms).into())),
        ("ended", line.ended_unix_ms.map(|ended| moment(ended).into())),
        ("driven for", Some(format!("{} ms", line.active_ms).into())),
        ("input", detail.input.as_ref().map(|input| Cell::short(input.get()))),
    ]);
    let mut text = format!("{head}\n{}", steps(detail));
    if !detail.attempts.is_empty() {
        let row = |attempt: &AttemptLine| {
            [
                attempt.at.as_str().into(),
                attempt.step.as_str().into(),
                attempt.attempt.to_string().into(),
                attempt.what.as_str().into(),
                attempt.cause.as_deref().unwrap_or_default().into(),
                attempt.error.as_deref().unwrap_or_default().into(),
            ]
        };
        let rows = detail.attempts.iter().map(row).collect();
        text += &format!("\n{}", table(["AT", "STEP", "ATTEMPT", "WHAT", "CAUSE", "ERROR"], rows));
    }
    if !detail.timers.is_empty() {
        text += &format!("\n{}", timers::shown(&detail.timers));
    }
    text
}

fn steps(detail: &RunDetail) -> String {
    // Of a step that was tried again, the last.
    let errors: HashMap<&str, &str> = detail
        .attempts
        .iter()
        .filter_map(|attempt| Some((attempt.step.as_str(), attempt.error.as_deref()?)))
        .collect();
    let row = |step: &StepLine| {
        let failed = word(&step.state) != "completed" || word(&step.compensation) == "failed";
        let error = errors.get(step.step.as_str()).copied().filter(|_| failed);
        [
            step.step.as_str().into(),
            Cell::state(&step.state),
            step.attempts.to_string().into(),
            step.compensation.as_ref().map(Cell::state).unwrap_or_default(),
            Cell::short(step.output.as_ref().map_or("", |output| output.get())),
            Cell::short(step.skipped_because.as_deref().or(error).unwrap_or_default()),
        ]
    };
    table(["STEP", "STATE", "ATTEMPTS", "UNDONE", "OUTPUT", "WHY"], detail.steps.iter().map(row).collect())
}
