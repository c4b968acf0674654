//! Forgetting what is over, a little at a time: each step looks at a bounded number of rows, so that no commit waits long.

use std::time::{Duration, Instant};

use rusqlite::{Connection, Result};

use crate::options::Keep;
use crate::read::IS_PARKED;

/// How many rows of a kind one step looks at.
const ROWS: u32 = 500;
/// How many entries one step removes, and those of one more run.
const ENTRIES: i64 = 4000;

/// Where the last step has stopped.
#[derive(Debug)]
pub(crate) struct Sweeper {
    keep: Keep,
    run: i64,
    mark: (String, String),
    /// When the next step is due.
    due: Instant,
}

impl Sweeper {
    /// `None`: everything is kept.
    pub(crate) fn new(keep: Keep) -> Option<Self> {
        let keeps_all = keep == Keep::default();
        (!keeps_all).then(|| Sweeper { keep, run: 0, mark: Default::default(), due: Instant::now() })
    }

    /// How long until there may be something to do.
    pub(crate) fn due_in(&self) -> Duration {
        self.due.saturating_duration_since(Instant::now())
    }

    /// Something was in the way.
    pub(crate) fn rest(&mut self) {
        self.due = Instant::now() + Duration::from_secs(1);
    }

    /// One step, in a transaction that is open. True: something is removed.
    pub(crate) fn step(&mut self, connection: &Connection, now: u64) -> Result<bool> {
        let before = |keep: Option<Duration>| {
            let cutoff = now.checked_sub(u64::try_from(keep?.as_millis()).ok()?)?;
            i64::try_from(cutoff).ok()
        };
        let mut removed = false;
        let mut over = true;
        if let Some(cutoff) = before(self.keep.runs) {
            removed |= self.runs(connection, cutoff)?;
            over &= self.run == 0;
        }
        if let Some(cutoff) = before(self.keep.inbox_marks) {
            removed |= self.marks(connection, cutoff)?;
            over &= self.mark.0.is_empty();
        }
        if let Some(cutoff) = before(self.keep.dead_letters) {
            let letters = letters(connection, cutoff)?;
            removed |= letters > 0;
            over &= letters < ROWS as usize;
        }
        if let Some(cutoff) = before(self.keep.requests) {
            let requests = requests(connection, cutoff)?;
            removed |= requests > 0;
            over &= requests < ROWS as usize;
        }
        self.due = Instant::now() + if over { self.pause() } else { Duration::ZERO };
        Ok(removed)
    }

    /// Between the end of one round and the beginning of the next.
    fn pause(&self) -> Duration {
        let Keep { runs, inbox_marks, dead_letters, requests } = self.keep;
        let shortest = [runs, inbox_marks, dead_letters, requests].into_iter().flatten().min();
        (shortest.unwrap_or_default() / 10).clamp(Duration::from_millis(20), Duration::from_secs(60))
    }

    fn runs(&mut self, connection: &Connection, cutoff: i64) -> Result<bool> {
        // A run that is alive or parked has not ended, however old it is.
        let sql = "SELECT id, iif(ended_unix_ms < ?2, (SELECT count(*) FROM entry WHERE entry.run = run.id), NULL) \
                   FROM run WHERE id > ?1 ORDER BY id LIMIT ?3";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query((self.run, cutoff, ROWS))?;
        let (mut seen, mut entries, mut expired) = (0, 0, Vec::new());
        while entries < ENTRIES
            && let Some(row) = rows.next()?
        {
            seen += 1;
            self.run = row.get(0)?;
            if let Some(of_run) = row.get::<_, Option<i64>>(1)? {
                entries += of_run;
                expired.push(self.run);
            }
        }
        if seen < ROWS && entries < ENTRIES {
            self.run = 0;
        }
        for id in &expired {
            connection.prepare_cached("DELETE FROM entry WHERE run = ?1")?.execute([id])?;
            connection.prepare_cached("DELETE FROM run WHERE id = ?1")?.execute([id])?;
        }
        Ok(!expired.is_empty())
    }

    fn marks(&mut self, connection: &Connection, cutoff: i64) -> Result<bool> {
        let sql = "SELECT envelope_id, subscriber, at_unix_ms < ?3 FROM inbox \
                   WHERE (envelope_id, subscriber) > (?1, ?2) ORDER BY envelope_id, subscriber LIMIT ?4";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query((&self.mark.0, &self.mark.1, cutoff, ROWS))?;
        let (mut seen, mut expired) = (0, Vec::new());
        let mut last = <(String, String)>::default();
        while let Some(row) = rows.next()? {
            seen += 1;
            last = (row.get(0)?, row.get(1)?);
            if row.get(2)? {
                expired.push(last.clone());
            }
        }
        self.mark = if seen < ROWS { Default::default() } else { last };
        let sql = "DELETE FROM inbox WHERE envelope_id = ?1 AND subscriber = ?2";
        for (envelope, subscriber) in &expired {
            connection.prepare_cached(sql)?.execute((envelope, subscriber))?;
        }
        Ok(!expired.is_empty())
    }
}

/// What nobody has answered stays.
fn requests(connection: &Connection, cutoff: i64) -> Result<usize> {
    let sql = "DELETE FROM request WHERE position IN (SELECT position FROM \
               (SELECT position, answered_unix_ms FROM request ORDER BY position LIMIT ?2) \
               WHERE answered_unix_ms < ?1)";
    connection.prepare_cached(sql)?.execute((cutoff, ROWS))
}

/// The oldest come first. What is parked is not over.
fn letters(connection: &Connection, cutoff: i64) -> Result<usize> {
    let sql = format!(
        "DELETE FROM dead_letter WHERE position IN (SELECT position FROM \
         (SELECT position, letter FROM dead_letter WHERE position NOT IN \
         (SELECT position FROM dead_letter WHERE {IS_PARKED}) ORDER BY position LIMIT ?2) \
         WHERE letter ->> '$.at_unix_ms' < ?1)"
    );
    connection.prepare_cached(&sql)?.execute((cutoff, ROWS))
}
