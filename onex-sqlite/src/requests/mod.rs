//! Asking the owner of a journal for something from another process: through the journal itself, so that it is as safe as all
//! else in it.

mod serve;

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use onex::engine::Migration;
use onex::journal::StorageError;
use onex::message::RunId;
use rusqlite::{Connection, OptionalExtension as _};
use serde::{Deserialize, Serialize};

pub(crate) use self::serve::serve;
use crate::error::{Failure, OpenError};
use crate::ids::{signed, unsigned};
use crate::lock::unix_ms;
use crate::open;

/// How often whoever waits for an outcome looks.
const LOOK: Duration = Duration::from_millis(20);

/// What is asked of an owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Request {
    /// [`Runtime::cancel`](onex::Runtime::cancel).
    Cancel {
        /// The run.
        run: RunId,
        /// Why.
        reason: String,
    },
    /// [`Runtime::kill`](onex::Runtime::kill).
    Kill {
        /// The run.
        run: RunId,
        /// Why.
        reason: String,
    },
    /// [`Runtime::pause`](onex::Runtime::pause).
    Pause {
        /// The run.
        run: RunId,
        /// Why.
        reason: String,
    },
    /// [`Runtime::resume`](onex::Runtime::resume).
    Resume {
        /// The run.
        run: RunId,
    },
    /// [`Runtime::retry_from`](onex::Runtime::retry_from).
    RetryFrom {
        /// The run.
        run: RunId,
        /// The step.
        step: String,
    },
    /// [`Runtime::fork_as`](onex::Runtime::fork_as).
    ForkFrom {
        /// The run.
        run: RunId,
        /// The step.
        step: String,
        /// The id that the new run gets.
        fork: RunId,
    },
    /// [`Runtime::migrate`](onex::Runtime::migrate).
    Migrate {
        /// The run.
        run: RunId,
        /// What becomes of its steps.
        map: Migration,
        /// Only say whether it can be: [`Runtime::try_migration`](onex::Runtime::try_migration).
        #[serde(default)]
        dry_run: bool,
    },
    /// [`Runtime::redrive`](onex::Runtime::redrive) of the dead letter at this position.
    Redrive {
        /// As in [`StoredLetter`](crate::StoredLetter).
        position: u64,
    },
    /// [`Runtime::give_up`](onex::Runtime::give_up) of the parked message that the letter at this position tells of.
    GiveUp {
        /// As in [`StoredLetter`](crate::StoredLetter).
        position: u64,
        /// Why.
        reason: String,
    },
}

impl Request {
    /// A fork of `run` from `step`, under an id for now.
    #[must_use]
    pub fn fork_from(run: RunId, step: impl Into<String>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let random = fastrand::u128(..).to_ne_bytes();
        let mut tail = [0; 10];
        tail.copy_from_slice(&random[..10]);
        let now = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let fork = uuid::Builder::from_unix_timestamp_millis(now, &tail).into_uuid();
        Request::ForkFrom { run, step: step.into(), fork: RunId(fork) }
    }
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is carried out, and committed.
    Done,
    /// It cannot be, or not any more.
    Refused {
        /// Why.
        why: String,
    },
}

/// Requests to the owner of a journal. One that nobody owns carries them out when the next owner has opened it.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use onex_sqlite::{Request, Requests, run_id};
///
/// let requests = Requests::open("orders.db")?;
/// let run = run_id("01a7b2c4-0000-7000-8000-000000000000").ok_or("no run id")?;
/// let asked = requests.ask(&Request::Pause { run, reason: "maintenance".into() }, "ada")?;
/// match requests.wait(asked, Duration::from_secs(5))? {
///     Some(outcome) => println!("{outcome:?}"),
///     None => println!("nobody owns the journal: it is done at the next start"),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Requests {
    connection: Connection,
}

impl Requests {
    /// Opens the journal at `path` for requests.
    ///
    /// # Errors
    /// There is none, it is of another format, or it ends before what was acknowledged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Ok(Requests { connection: open::asker(path.as_ref())? })
    }

    /// Asks for something. Returns its number when the request is on the disk, which is before it is carried out.
    ///
    /// # Errors
    /// The journal cannot be written. So for all that follow, or read.
    pub fn ask(&self, request: &Request, asked_by: &str) -> Result<u64, StorageError> {
        let text = serde_json::to_string(request);
        let text =
            text.map_err(|error| Failure::Meaning { what: "request", why: error.to_string() }.storage())?;
        let sql = "INSERT INTO request (request, asked_unix_ms, asked_by, sum) \
                   VALUES (?1, ?2, ?3, onex_sum(?1, ?2, ?3, NULL, NULL))";
        let asked = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut insert| insert.insert((text, signed(unix_ms()), asked_by)));
        asked.map(unsigned).map_err(|error| Failure::Write(error).storage())
    }

    /// What came of a request. `None`: it is not carried out yet, or there is none of this number.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn outcome(&self, asked: u64) -> Result<Option<Outcome>, StorageError> {
        let sql = "SELECT outcome FROM request WHERE position = ?1 AND outcome IS NOT NULL";
        let found = self.connection.query_row(sql, [signed(asked)], |row| row.get::<_, String>(0)).optional();
        let found = found.map_err(|error| Failure::Read(error).storage())?;
        let outcome = found.map(|text| serde_json::from_str(&text)).transpose();
        outcome.map_err(|error| Failure::Meaning { what: "outcome", why: error.to_string() }.storage())
    }

    /// Waits for what comes of a request, for at most so long. Blocks while it does.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn wait(&self, asked: u64, patience: Duration) -> Result<Option<Outcome>, StorageError> {
        let began = Instant::now();
        loop {
            let outcome = self.outcome(asked)?;
            if outcome.is_some() || began.elapsed() >= patience {
                return Ok(outcome);
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// The requests that nobody has carried out yet, oldest first.
pub(crate) fn unanswered(connection: &Connection) -> Result<Vec<(u64, Request)>, Failure> {
    let sql = "SELECT position, request FROM request WHERE outcome IS NULL ORDER BY position LIMIT 100";
    let mut statement = connection.prepare_cached(sql).map_err(Failure::Read)?;
    let mut rows = statement.query([]).map_err(Failure::Read)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(Failure::Read)? {
        let (position, text): (i64, String) =
            (row.get(0).map_err(Failure::Read)?, row.get(1).map_err(Failure::Read)?);
        let request = serde_json::from_str(&text);
        let request =
            request.map_err(|error| Failure::Meaning { what: "request", why: error.to_string() })?;
        found.push((unsigned(position), request));
    }
    Ok(found)
}

/// Says what came of a request, once.
pub(crate) fn answer(connection: &Connection, asked: u64, outcome: &str, now: u64) -> rusqlite::Result<()> {
    let sql = "UPDATE request SET outcome = ?2, answered_unix_ms = ?3, \
               sum = onex_sum(request, asked_unix_ms, asked_by, ?2, ?3) WHERE position = ?1 AND outcome IS NULL";
    connection.prepare_cached(sql)?.execute((signed(asked), outcome, signed(now))).map(drop)
}
