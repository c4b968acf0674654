//! Asking the owner of a journal, and what comes of it: also `onex outcome`, which looks again.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use onex_sqlite::{Holder, Inspect, Outcome, Request, Requests};
use serde_json::json;

use super::file::{self, Problem};
use super::table::plain;
use super::time::duration;
use crate::output::{self, Exit};

/// For how long an owner that is there is waited for, if nothing is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// How the answer is waited for, and how it is told.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Answer {
    /// How long to wait for the answer: `500ms`, `30s`, `5m` [default: 5s if somebody owns the journal, else not at all]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) wait: Option<Duration>,
    /// Print a JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Say what came of a request that was not answered at once
#[derive(clap::Args)]
#[command(override_usage = "onex outcome [OPTIONS] [FILE] <REQUEST>", after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The journal; not needed where `ONEX_JOURNAL` names it
    #[arg(value_name = "FILE")]
    first: Option<PathBuf>,
    /// The number that the command told
    #[arg(value_name = "REQUEST")]
    second: Option<PathBuf>,
    #[command(flatten)]
    answer: Answer,
}

const EXAMPLES: &str = "\
Examples:
  onex outcome orders.db 7
  onex outcome orders.db 7 --wait 5m";

#[derive(Debug, thiserror::Error)]
#[error("`{written}` is no number of a {what}")]
pub(crate) struct NoNumber {
    what: &'static str,
    written: String,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let (path, written) = file::named_with(args.first.as_deref(), args.second.as_deref(), "request")?;
    let number = number("request", &written)?;
    let journal = file::look(&path)?;
    let asked = Asked { path: &path, number, fork: None, done: format!("request {number} is carried out") };
    asked.told(&file::asker(&path)?, holder(&path, &journal)?.as_ref(), args.answer)
}

pub(crate) fn number(what: &'static str, written: &Path) -> Result<u64, NoNumber> {
    let written = written.to_string_lossy();
    written.parse().map_err(|_| NoNumber { what, written: plain(&written) })
}

/// Asks, and says what came of it. `done`: what to say if it is carried out.
pub(crate) fn ask(
    (path, journal): (&Path, &Inspect),
    request: &Request,
    done: String,
    answer: Answer,
) -> Result<Exit, Box<dyn Error>> {
    let holder = holder(path, journal)?;
    let requests = file::asker(path)?;
    let refused = |error| Problem::Ask { path: path.to_owned(), error: Box::new(error) };
    let number = requests.ask(request, &who()).map_err(refused)?;
    let fork = match request {
        Request::ForkFrom { fork, .. } => Some(fork.to_string()),
        _ => None,
    };
    Asked { path, number, fork, done }.told(&requests, holder.as_ref(), answer)
}

/// A request that is on the disk.
struct Asked<'a> {
    path: &'a Path,
    number: u64,
    /// The run that it makes.
    fork: Option<String>,
    done: String,
}

impl Asked<'_> {
    fn told(
        &self,
        requests: &Requests,
        holder: Option<&Holder>,
        answer: Answer,
    ) -> Result<Exit, Box<dyn Error>> {
        let patience = answer.wait.unwrap_or(if holder.is_some() { PATIENCE } else { Duration::ZERO });
        let outcome = requests.wait(self.number, patience).map_err(Problem::at(self.path))?;
        if answer.json {
            let (word, why) = match &outcome {
                Some(Outcome::Done) => ("done", None),
                Some(Outcome::Refused { why }) => ("refused", Some(why)),
                None => ("waiting", None),
            };
            let object = json!({
                "request": self.number, "outcome": word, "why": why, "fork": self.fork, "owner": holder,
            });
            output::print(&format!("{object}\n"))?;
        } else {
            match &outcome {
                Some(Outcome::Done) => output::print(&format!("{}\n", self.done))?,
                Some(Outcome::Refused { why }) => output::complain(&format_args!("refused: {}", plain(why))),
                None => output::remark(&self.waiting(holder)),
            }
        }
        Ok(match outcome {
            Some(Outcome::Done) => Exit::Fine,
            Some(Outcome::Refused { .. }) => Exit::Faults,
            None => Exit::Waiting,
        })
    }

    fn waiting(&self, holder: Option<&Holder>) -> String {
        let (number, path) = (self.number, self.path.display());
        let why = match holder {
            Some(holder) => format!("{holder} owns the journal, and has not answered yet"),
            None => "nobody owns the journal, and whoever does next carries it out".to_owned(),
        };
        format!("request {number} waits: {why}; `onex outcome {path} {number}` says what came of it")
    }
}

fn holder(path: &Path, journal: &Inspect) -> Result<Option<Holder>, Problem> {
    Ok(journal.status().map_err(Problem::at(path))?.holder)
}

/// Who asks, for those who read the journal later.
fn who() -> String {
    let user = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    user.filter(|user| !user.is_empty()).unwrap_or_else(|| "onex".to_owned())
}
