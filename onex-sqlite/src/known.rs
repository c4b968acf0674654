//! What the writer knows of the runs that it has written to lately, so that it need not ask the file before each append.
//!
//! Nobody else writes to a run as long as the owner in the file is this process, which each transaction checks first. Whoever
//! rolls back a transaction, or finds another owner, forgets it all.

use std::collections::{HashMap, HashSet};

use onex::message::RunId;
use rusqlite::{Connection, OptionalExtension as _, Result, Row};
use uuid::Uuid;

use crate::ids::{Id, unsigned};
use crate::sum::{Sum, Unfinished};

/// The checksum of what a row of `run` started with: where its chain begins.
pub(crate) const ORIGIN: &str = "onex_sum(run.run, node, workflow, key, key_is_declared, version, plan, input, \
    envelope_id, correlation_id, envelope, on_duplicate, started_unix_ms)";
/// The position of the latest entry of a row of `run`.
pub(crate) const LATEST: &str =
    "(SELECT max(latest.position) FROM entry AS latest WHERE latest.run = run.id)";

/// So many runs are known at most; a few hundred kilobytes.
const MOST: usize = 4096;

/// A run that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownRun {
    pub(crate) id: i64,
    pub(crate) seq: u64,
    pub(crate) ended: bool,
    pub(crate) chain: Sum,
}

#[derive(Debug, Default)]
pub(crate) struct KnownRuns {
    runs: HashMap<RunId, KnownRun>,
    /// The plans that are kept. A program has few.
    plans: HashSet<Uuid>,
}

impl KnownRuns {
    pub(crate) fn find(&self, connection: &Connection, run: RunId) -> Result<Option<KnownRun>> {
        match self.runs.get(&run) {
            Some(known) => Ok(Some(*known)),
            None => known_run(connection, run),
        }
    }

    /// What has been appended to is likely to be appended to again, unless it has ended.
    pub(crate) fn keep(&mut self, run: RunId, known: KnownRun) {
        if known.ended {
            self.runs.remove(&run);
            return;
        }
        if self.runs.len() >= MOST && !self.runs.contains_key(&run) {
            self.forget();
        }
        self.runs.insert(run, known);
    }

    /// Whether the plan is to be kept, which it is from then on.
    pub(crate) fn is_new_plan(&mut self, fingerprint: Uuid) -> bool {
        self.plans.insert(fingerprint)
    }

    pub(crate) fn forget(&mut self) {
        self.runs.clear();
        self.plans.clear();
    }
}

/// As the file says.
pub(crate) fn known_run(connection: &Connection, run: RunId) -> Result<Option<KnownRun>> {
    let sql = format!(
        "SELECT run.id, ended_unix_ms IS NOT NULL, coalesce(entry.seq + json_array_length(facts), 0), \
         coalesce(entry.chain, {ORIGIN}) FROM run LEFT JOIN entry ON position = {LATEST} WHERE run.run = ?1"
    );
    let row = |row: &Row<'_>| {
        let chain = Sum::of_column(row.get(3)?);
        Ok(KnownRun { id: row.get(0)?, ended: row.get(1)?, seq: unsigned(row.get(2)?), chain })
    };
    connection.prepare_cached(&sql)?.query_row([Id::from(run)], row).optional()
}

/// How far all have come that have not ended.
pub(crate) fn unfinished(connection: &Connection) -> Result<Unfinished> {
    let sql = format!(
        "SELECT run.id, coalesce(entry.chain, {ORIGIN}) FROM run LEFT JOIN entry ON position = {LATEST} \
         WHERE ended_unix_ms IS NULL"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut unfinished = Unfinished::default();
    while let Some(row) = rows.next()? {
        unfinished.toggle(row.get(0)?, Sum::of_column(row.get(1)?));
    }
    Ok(unfinished)
}
