//! Looking into a journal from beside it, while its owner works or when nobody owns it: for tools. Writes nothing into it.

mod filter;
mod lines;

use std::fs::File;
use std::path::{Path, PathBuf};

use onex::journal::StorageError;
use onex::message::RunId;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

pub use self::filter::RunFilter;
pub use self::lines::{
    AttemptLine, JournalStatus, RequestLine, RunDetail, RunLine, StepLine, StoredLetter, TimerLine,
};
use crate::error::{Failure, OpenError};
use crate::ids::{Id, signed};
use crate::lock;
use crate::open;
use crate::read::{self, IS_PARKED};
use crate::verify;

/// A journal, to be looked at. Each answer is of one moment; two are of two.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use onex_sqlite::{Inspect, RunFilter};
///
/// let journal = Inspect::open("orders.db")?;
/// for run in journal.runs(&RunFilter { unfinished: true, ..RunFilter::default() })? {
///     println!("{} {} {:?}", run.run, run.key, run.state);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Inspect {
    path: PathBuf,
    connection: Connection,
}

impl Inspect {
    /// Opens the journal at `path` for reading.
    ///
    /// # Errors
    /// There is none, or it is of another format.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref().to_owned();
        let connection = open::reader(&path, None)?;
        if open::is_new(&path, &connection)? {
            return Err(OpenError::NotAJournal { path });
        }
        Ok(Inspect { path, connection })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The journal as a whole: who owns it, what wrote it, how much is in it.
    ///
    /// # Errors
    /// It cannot be read. So for all that follow.
    pub fn status(&self) -> Result<JournalStatus, StorageError> {
        let sql = "SELECT (SELECT id FROM journal) AS id, (SELECT transactions FROM journal) AS transactions, \
                   (SELECT json_group_object(name, value) FROM meta) AS meta, \
                   (SELECT count(*) FROM run) AS runs, \
                   (SELECT count(*) FROM run WHERE ended_unix_ms IS NULL) AS unfinished, \
                   (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM timer) AS timers, \
                   (SELECT count(*) FROM dead_letter) AS dead_letters, \
                   epoch, owner, acquired_unix_ms \
                   FROM (SELECT 0 AS zero) LEFT JOIN owner ON partition = zero";
        let mut lines = self.all(sql, Vec::new(), JournalStatus::read)?;
        let mut status = lines.pop().ok_or_else(|| Failure::Gone.storage())?;
        status.holder = self.holder();
        status.bytes = [self.path.clone(), open::log_of(&self.path)]
            .iter()
            .filter_map(|path| Some(path.metadata().ok()?.len()))
            .sum();
        Ok(status)
    }

    /// Who holds it at this moment, if somebody does and says so.
    fn holder(&self) -> Option<crate::Holder> {
        let mut file = File::open(lock::beside(&self.path)).ok()?;
        match file.try_lock_shared() {
            Err(std::fs::TryLockError::WouldBlock) => lock::signature(&mut file),
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => None,
        }
    }

    /// The runs that `filter` lets through, in the order of their ids.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn runs(&self, filter: &RunFilter) -> Result<Vec<RunLine>, StorageError> {
        let (sql, values) = filter.query();
        self.all(&sql, values, RunLine::read)
    }

    /// At most `limit` runs whose ids begin so, in the order of their ids: for people, who give no more of an id than they
    /// need. Ids are written with hyphens and in lower case.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn runs_beginning_with(&self, id: &str, limit: u32) -> Result<Vec<RunLine>, StorageError> {
        // A letter that follows every digit of an id.
        let sql = format!("{RUNS} WHERE run.run >= ?1 AND run.run < ?1 || 'g' ORDER BY run.run LIMIT ?2");
        self.all(&sql, vec![Value::Text(id.to_owned()), Value::Integer(limit.into())], RunLine::read)
    }

    /// One run with its steps, its attempts and its timers.
    ///
    /// # Errors
    /// As [`status`](Self::status), or what is there of the run is not what was written.
    pub fn run(&self, run: RunId) -> Result<Option<RunDetail>, StorageError> {
        let of = || vec![Value::Text(run.to_string())];
        let sql = format!("{RUNS} WHERE run.run = ?1");
        let moment =
            self.connection.unchecked_transaction().map_err(|error| Failure::Read(error).storage())?;
        // The views that follow look at no checksum.
        read::run(&self.connection, run).map_err(Failure::storage)?;
        let Some((line, input)) =
            self.all(&sql, of(), |row| Ok((RunLine::read(row)?, lines::json(row, "input")?)))?.pop()
        else {
            return Ok(None);
        };
        let detail = RunDetail {
            line,
            input,
            steps: self.all("SELECT * FROM steps WHERE run = ?1 ORDER BY number", of(), StepLine::read)?,
            attempts: self.all("SELECT * FROM attempts WHERE run = ?1", of(), AttemptLine::read)?,
            timers: self.all(&format!("{TIMERS} WHERE timer.run = ?1"), of(), TimerLine::read)?,
        };
        drop(moment);
        Ok(Some(detail))
    }

    /// The retries that are waited for, the next one first.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn timers(&self) -> Result<Vec<TimerLine>, StorageError> {
        self.all(&format!("{TIMERS} ORDER BY timer.due_unix_ms"), Vec::new(), TimerLine::read)
    }

    /// At most `limit` dead letters that follow `after`, oldest first. `after`: the position of the last of the page before; 0
    /// for the first.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn dead_letters(&self, after: u64, limit: u32) -> Result<Vec<StoredLetter>, StorageError> {
        let sql = letters_where("position > ?1 ORDER BY position LIMIT ?2");
        self.all(&sql, vec![Value::Integer(signed(after)), Value::Integer(limit.into())], StoredLetter::read)
    }

    /// The dead letter at `position`, if it is retained.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn dead_letter(&self, position: u64) -> Result<Option<StoredLetter>, StorageError> {
        let sql = letters_where("position = ?1");
        Ok(self.all(&sql, vec![Value::Integer(signed(position))], StoredLetter::read)?.pop())
    }

    /// The letters of the messages that are parked, oldest first. Each says which key it holds back.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn parked(&self) -> Result<Vec<StoredLetter>, StorageError> {
        let sql = letters_where(&format!("{IS_PARKED} ORDER BY position"));
        self.all(&sql, Vec::new(), StoredLetter::read)
    }

    /// At most `limit` requests that follow `after`, oldest first: what was asked of the owner from beside, and what came of it.
    /// `after`: the position of the last of the page before; 0 for the first.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn requests(&self, after: u64, limit: u32) -> Result<Vec<RequestLine>, StorageError> {
        let sql = "SELECT *, sum = onex_sum(request, asked_unix_ms, asked_by, outcome, answered_unix_ms) AS is_sound \
                   FROM request WHERE position > ?1 ORDER BY position LIMIT ?2";
        self.all(sql, vec![Value::Integer(signed(after)), Value::Integer(limit.into())], RequestLine::read)
    }

    /// What of the journal is not what was written to it: at most so many findings, none if it is whole. Looks at every page
    /// and every row.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    pub fn damage(&self, at_most: usize) -> Result<Vec<String>, StorageError> {
        let damage = |transaction| verify::damage(&transaction, at_most);
        self.connection
            .unchecked_transaction()
            .and_then(damage)
            .map_err(|error| Failure::Read(error).storage())
    }

    fn all<T>(
        &self,
        sql: &str,
        values: Vec<Value>,
        read: impl Fn(&Row<'_>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, StorageError> {
        let unreadable = |error| Failure::Read(error).storage();
        let mut statement = self.connection.prepare_cached(sql).map_err(unreadable)?;
        let mut rows = statement.query(params_from_iter(values)).map_err(unreadable)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(unreadable)? {
            found.push(read(row).map_err(Failure::storage)?);
        }
        Ok(found)
    }
}

const RUNS: &str = "SELECT runs.*, started_unix_ms, ended_unix_ms, \
     coalesce((SELECT active_ms FROM entry WHERE entry.run = run.id ORDER BY position DESC LIMIT 1), 0) AS active_ms, \
     CASE WHEN envelope_id = run.run THEN envelope ->> '$.causation_id' END AS parent, \
     run.sum = onex_sum(moved, ended_unix_ms, ended_as, chain) AS is_sound \
     FROM runs JOIN run ON run.run = runs.run";

const TIMERS: &str = "SELECT timer.run, \
    coalesce(plans.steps ->> ('$[' || timer.step || '].id'), plans.steps ->> ('$[' || timer.step || ']')) AS step, \
    timer.compensation, timer.attempt, timer.due_unix_ms, \
    timer.sum = onex_sum(timer.run, timer.step, timer.compensation, timer.attempt, timer.due_unix_ms) AS is_sound \
    FROM timer JOIN run ON run.run = timer.run JOIN plans ON plans.id = run.id";

fn letters_where(condition: &str) -> String {
    format!("SELECT position, letter, ({IS_PARKED}) AS is_parked FROM dead_letter WHERE {condition}")
}

/// A run's id from its text, as tools get it from people. `None`: it is none.
#[must_use]
pub fn run_id(text: &str) -> Option<RunId> {
    use rusqlite::types::{FromSql as _, ValueRef};
    Id::column_result(ValueRef::Text(text.as_bytes())).ok().map(|Id(id)| RunId(id))
}
