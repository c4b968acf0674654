//! `onex dead-letters`: what nobody could handle, and handing it to them again.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use onex_sqlite::{Inspect, Request, StoredLetter};
use serde_json::Value;

use super::ask::{Answer, ask};
use super::file::{self, Problem};
use super::table::{Cell, json_lines, list, plain, table};
use super::time::{duration, moment};
use crate::output::{self, Exit};

/// List what nobody could handle, show it, have it delivered again, or give it up
///
/// A dead letter is named by its position, which no other ever gets. Without a command, they are listed. One that is parked holds
/// back what comes behind it with its key, until it is handled or given up.
#[derive(clap::Args)]
#[command(
    override_usage = "onex dead-letters [FILE] [list|show <POSITION>|redrive <POSITION>|give-up <POSITION>] [OPTIONS]",
    disable_help_subcommand = true,
    after_help = EXAMPLES
)]
pub(crate) struct Args {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    file: Option<PathBuf>,
    #[command(subcommand)]
    what: Option<What>,
    /// Print a JSON object a line
    #[arg(long, global = true)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex dead-letters orders.db
  onex dead-letters orders.db list --after 50 --limit 10
  onex dead-letters orders.db show 4
  onex dead-letters orders.db redrive 4
  onex dead-letters orders.db list --parked
  onex dead-letters orders.db give-up 4 --reason 'paid by hand'";

#[derive(Subcommand)]
enum What {
    /// List them, the oldest first
    List {
        /// Only those that follow this position: the last of the page before
        #[arg(long, value_name = "POSITION", default_value_t = 0)]
        after: u64,
        /// How many at most
        #[arg(long, value_name = "COUNT", default_value_t = LIMIT, value_parser = clap::value_parser!(u32).range(1..100_000))]
        limit: u32,
        /// Only those that are parked, all of them
        #[arg(long, conflicts_with_all = ["after", "limit"])]
        parked: bool,
    },
    /// Show one, with what was to be handled
    Show {
        /// Which
        position: u64,
    },
    /// Ask for one to be delivered again, to whoever could not handle it
    Redrive {
        /// Which
        position: u64,
        /// How long to wait for the answer: `500ms`, `30s`, `5m` [default: 5s if somebody owns the journal, else not at all]
        #[arg(long, value_name = "TIME", value_parser = duration)]
        wait: Option<std::time::Duration>,
    },
    /// Ask for one that is parked to be given up: it stays a dead letter, and what it holds back goes on
    GiveUp {
        /// Which
        position: u64,
        /// Why, for those who read it later
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// How long to wait for the answer: `500ms`, `30s`, `5m` [default: 5s if somebody owns the journal, else not at all]
        #[arg(long, value_name = "TIME", value_parser = duration)]
        wait: Option<std::time::Duration>,
    },
}

const LIMIT: u32 = 50;

#[derive(Debug, thiserror::Error)]
#[error("`{}` has no dead letter at {position}, or not any more; `onex dead-letters` lists them", path.display())]
struct NoLetter {
    path: PathBuf,
    position: u64,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let (path, journal) = file::open(args.file.as_deref())?;
    match &args.what {
        None => page((&path, &journal), (0, LIMIT), args.json),
        Some(What::List { parked: true, .. }) => {
            let letters = journal.parked().map_err(Problem::at(&path))?;
            listed(&letters, args.json)?;
            if letters.is_empty() {
                output::remark(&"nothing is parked");
            }
            Ok(Exit::Fine)
        }
        &Some(What::List { after, limit, .. }) => page((&path, &journal), (after, limit), args.json),
        &Some(What::Show { position }) => {
            let letter = find(&path, &journal, position)?;
            let text = if args.json { json_lines(&[letter])? } else { shown(&letter)? };
            output::print(&text)?;
            Ok(Exit::Fine)
        }
        &Some(What::Redrive { position, wait }) => {
            find(&path, &journal, position)?;
            let done = format!("dead letter {position} is delivered again");
            let answer = Answer { wait, json: args.json };
            ask((&path, &journal), &Request::Redrive { position }, done, answer)
        }
        Some(What::GiveUp { position, reason, wait }) => {
            find(&path, &journal, *position)?;
            let done = format!("dead letter {position} is given up: what it held back goes on");
            let request = Request::GiveUp { position: *position, reason: reason.clone() };
            ask((&path, &journal), &request, done, Answer { wait: *wait, json: args.json })
        }
    }
}

fn find(path: &Path, journal: &Inspect, position: u64) -> Result<StoredLetter, Box<dyn Error>> {
    let letter = journal.dead_letter(position).map_err(Problem::at(path))?;
    Ok(letter.ok_or_else(|| NoLetter { path: path.to_owned(), position })?)
}

fn page(
    (path, journal): (&Path, &Inspect),
    (after, limit): (u64, u32),
    json: bool,
) -> Result<Exit, Box<dyn Error>> {
    // One more tells whether there are more.
    let mut letters = journal.dead_letters(after, limit + 1).map_err(Problem::at(path))?;
    let more = letters.len() > limit as usize;
    letters.truncate(limit as usize);
    listed(&letters, json)?;
    match letters.last() {
        None => output::remark(&"no dead letters"),
        Some(last) if more => output::remark(&format_args!("more of them: list --after {}", last.position)),
        Some(_) => {}
    }
    Ok(Exit::Fine)
}

fn listed(letters: &[StoredLetter], json: bool) -> Result<(), Box<dyn Error>> {
    if json {
        output::print(&json_lines(letters)?)?;
    } else if !letters.is_empty() {
        let rows = letters.iter().map(row).collect::<serde_json::Result<_>>()?;
        output::print(&table(["POSITION", "AT", "CAUSE", "NODE", "HANDLER", "TOPIC", "WHY"], rows))?;
    }
    Ok(())
}

/// From a letter as it is written.
fn row(stored: &StoredLetter) -> serde_json::Result<[Cell; 7]> {
    let letter = &serde_json::to_value(&stored.letter)?;
    let why = match (stored.is_parked, why(&letter["cause"])) {
        (true, why) => format!("holds back {}: {why}", text(&letter["parked"]["key"])),
        (false, why) => why,
    };
    Ok([
        stored.position.to_string().into(),
        moment(letter["at_unix_ms"].as_u64().unwrap_or_default()).into(),
        text(&letter["cause"]["cause"]).into(),
        text(&letter["node"]).into(),
        text(&letter["handler"]).into(),
        text(&letter["envelope"]["topic"]).into(),
        Cell::short(&why),
    ])
}

fn shown(stored: &StoredLetter) -> serde_json::Result<String> {
    let (position, letter) = (stored.position, &serde_json::to_value(&stored.letter)?);
    let some = |value: &Value| Some(text(value)).filter(|text| !text.is_empty()).map(Cell::from);
    let envelope = &letter["envelope"];
    let head = list([
        ("dead letter", Some(position.to_string().into())),
        ("at", Some(moment(letter["at_unix_ms"].as_u64().unwrap_or_default()).into())),
        ("cause", some(&letter["cause"]["cause"])),
        ("why", Some(Cell::from(why(&letter["cause"]))).filter(|_| !why(&letter["cause"]).is_empty())),
        ("holds back", some(&letter["parked"]["key"]).filter(|_| stored.is_parked)),
        ("given up", some(&letter["parked"]["given_up"])),
        ("node", some(&letter["node"])),
        ("handler", some(&letter["handler"])),
        ("topic", some(&envelope["topic"])),
        ("envelope", some(&envelope["envelope_id"])),
        ("correlation", some(&envelope["correlation_id"])),
        ("causation", some(&envelope["causation_id"])),
    ]);
    let payload = match envelope.get("payload") {
        Some(payload) => serde_json::to_string_pretty(payload)?,
        None => "its payload could not be written".to_owned(),
    };
    let payload: Vec<String> = payload.lines().map(plain).collect();
    Ok(format!("{head}\n{}\n", payload.join("\n")))
}

/// What a cause says beside its name: the message alone, or each thing by its name.
fn why(cause: &Value) -> String {
    if let Some(Value::String(message)) = cause.get("message") {
        return message.clone();
    }
    let fields =
        cause.as_object().into_iter().flatten().filter(|(name, value)| *name != "cause" && !value.is_null());
    fields.map(|(name, value)| format!("{name} {}", text(value))).collect::<Vec<_>>().join(", ")
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
