//! A commit in a transaction: checked as a whole, then applied as a whole. Errors of SQLite are the writer's business.

use onex::journal::{BegunCalls, CommitError, Committed, EntityId, Lease, PinnedPlan, RunIdentity, RunKey};
use onex::message::RunId;
use onex::plan::OnDuplicate;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Result};
use uuid::Uuid;

use crate::ids::{Id, signed, unsigned};
use crate::known::{KnownRun, KnownRuns, known_run};
use crate::prepared::{Prepared, PreparedAppend, PreparedEntity, PreparedStart};
use crate::stored::{self, on_duplicate};
use crate::sum::{EntryNumbers, Sum, Unfinished};

/// Who owns the journal, as the file says.
pub(crate) fn owner(connection: &Connection) -> Result<Option<Lease>> {
    let mut statement = connection.prepare_cached("SELECT lease_id, epoch, owner FROM owner")?;
    statement
        .query_row([], |row| {
            let (Id(lease_id), epoch, owner) = (row.get(0)?, row.get(1)?, row.get::<_, String>(2)?);
            Ok(Lease { lease_id, epoch: unsigned(epoch), owner: owner.into() })
        })
        .optional()
}

pub(crate) fn acquire(connection: &Connection, lease: &Lease, now: u64) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO owner (partition, epoch, lease_id, owner, acquired_unix_ms, sum) \
               VALUES (0, ?1, ?2, ?3, ?4, onex_sum(?1, ?2, ?3, ?4))";
    let row = (signed(lease.epoch), Id(lease.lease_id), &*lease.owner, signed(now));
    connection.prepare_cached(sql)?.execute(row).map(drop)
}

/// What of a lease is compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    lease_id: Uuid,
    epoch: u64,
}

impl From<&Lease> for Claim {
    fn from(lease: &Lease) -> Self {
        Claim { lease_id: lease.lease_id, epoch: lease.epoch }
    }
}

/// Why somebody with this claim may not commit, if they may not.
pub(crate) fn fenced(owner: Option<&Lease>, claim: Claim) -> Option<CommitError> {
    match owner {
        Some(owner) if owner.epoch == claim.epoch && owner.lease_id == claim.lease_id => None,
        Some(Lease { epoch, owner, .. }) => {
            Some(CommitError::Fenced { held_by: owner.clone(), epoch: *epoch, your_epoch: claim.epoch })
        }
        None => Some(CommitError::Fenced { held_by: "nobody".into(), epoch: 0, your_epoch: claim.epoch }),
    }
}

/// What the commits of one transaction share.
pub(crate) struct Batch<'a> {
    connection: &'a Connection,
    known: &'a mut KnownRuns,
    /// What nearly every commit does, and is not looked up for each.
    entry: CachedStatement<'a>,
    /// What is to be brought to [`Unfinished`] as the journal has it.
    pub(crate) unfinished: Unfinished,
    /// Milliseconds since the Unix epoch.
    now: u64,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(connection: &'a Connection, known: &'a mut KnownRuns, now: u64) -> Result<Self> {
        let sql = "INSERT INTO entry (run, seq, at_unix_ms, active_ms, facts, details, chain) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let entry = connection.prepare_cached(sql)?;
        Ok(Batch { connection, known, entry, unfinished: Unfinished::default(), now })
    }

    /// Another may own the journal, or have owned it, and have written.
    pub(crate) fn forget(&mut self) {
        self.known.forget();
    }
}

/// Applies a commit whose lease is checked, or says why not.
pub(crate) fn apply(batch: &mut Batch<'_>, commit: &Prepared) -> Result<Result<Committed, CommitError>> {
    let (connection, now) = (batch.connection, batch.now);
    let known = match &commit.append {
        Some(append) => batch.known.find(connection, append.run)?,
        None => None,
    };
    if let Some(refused) = refused(connection, commit, known)? {
        return Ok(Err(refused));
    }
    if let Some(mark) = &commit.inbox {
        let sql = "INSERT INTO inbox (envelope_id, subscriber, at_unix_ms, sum) \
                   VALUES (?1, ?2, ?3, onex_sum(?1, ?2, ?3))";
        connection.prepare_cached(sql)?.execute((Id(mark.envelope_id), &*mark.subscriber, signed(now)))?;
    }
    if let Some(pinned) = commit.start.as_ref().map(|started| &started.start.plan).or(commit.plan.as_ref())
        && batch.known.is_new_plan(pinned.fingerprint)
    {
        plan(connection, pinned)?;
    }
    let begun = match &commit.start {
        Some(started) => {
            let begun = start(connection, started)?;
            batch.unfinished.toggle(begun.id, begun.chain);
            Some((started.start.run, begun))
        }
        None => None,
    };
    let mut committed = Committed { seq: 0 };
    if let Some(facts) = &commit.append {
        let begun = begun.filter(|(run, _)| *run == facts.run).map(|(_, begun)| begun);
        // The check has found one or the other.
        if let Some(known) = begun.or(known) {
            let appended = append(batch, known, facts)?;
            batch.known.keep(facts.run, appended);
            committed.seq = appended.seq;
        }
    }
    if let Some(change) = &commit.entity {
        entity(connection, change)?;
    }
    messages(connection, commit)?;
    Ok(Ok(committed))
}

fn refused(
    connection: &Connection,
    commit: &Prepared,
    before: Option<KnownRun>,
) -> Result<Option<CommitError>> {
    if let Some(mark) = &commit.inbox
        && handled(connection, mark)?
    {
        let (subscriber, envelope_id) = (mark.subscriber.clone(), mark.envelope_id);
        return Ok(Some(CommitError::AlreadyHandled { subscriber, envelope_id }));
    }
    if let Some(PreparedStart { start, .. }) = &commit.start {
        if start.on_duplicate != OnDuplicate::NewRun
            && let Some(run) = find(connection, &start.identity)?
        {
            return Ok(Some(CommitError::DuplicateRun { run, key: start.identity.key.clone() }));
        }
        if let Some(KnownRun { seq: actual, .. }) = known_run(connection, start.run)? {
            return Ok(Some(CommitError::WrongSeq { run: start.run, expected: 0, actual }));
        }
    }
    if let Some(PreparedEntity { id, expected_version: expected, .. }) = &commit.entity {
        let (expected, actual) = (*expected, version(connection, id)?);
        if expected != actual {
            let EntityId { node, key } = id.clone();
            return Ok(Some(CommitError::StaleEntity { node, key, expected, actual }));
        }
    }
    let Some(PreparedAppend { run, expected_seq: expected, reopens, .. }) = commit.append else {
        return Ok(None);
    };
    let begins = commit.start.as_ref().is_some_and(|started| started.start.run == run);
    Ok(match before {
        Some(known) if known.ended && !reopens => Some(CommitError::RunEnded { run }),
        Some(known) if known.seq == expected => None,
        Some(known) => Some(CommitError::WrongSeq { run, expected, actual: known.seq }),
        None if expected == 0 && begins => None,
        None => Some(CommitError::WrongSeq { run, expected, actual: 0 }),
    })
}

pub(crate) fn handled(connection: &Connection, mark: &onex::journal::InboxMark) -> Result<bool> {
    let sql = "SELECT 1 FROM inbox WHERE envelope_id = ?1 AND subscriber = ?2";
    connection.prepare_cached(sql)?.exists((Id(mark.envelope_id), &*mark.subscriber))
}

pub(crate) fn find(connection: &Connection, identity: &RunIdentity) -> Result<Option<RunId>> {
    let sql = "SELECT run FROM run WHERE node = ?1 AND workflow = ?2 AND key = ?3 AND key_is_declared = ?4 \
               ORDER BY id DESC LIMIT 1";
    let (key, is_declared) = key(&identity.key);
    let values = (&*identity.node, &*identity.workflow, &*key, is_declared);
    connection.prepare_cached(sql)?.query_row(values, |row| row.get(0).map(|Id(run)| RunId(run))).optional()
}

/// How often an entity has changed.
fn version(connection: &Connection, id: &EntityId) -> Result<u64> {
    let sql = "SELECT version FROM entity WHERE node = ?1 AND key = ?2";
    let version =
        connection.prepare_cached(sql)?.query_row((&*id.node, &*id.key), |row| row.get(0)).optional()?;
    Ok(version.map_or(0, unsigned))
}

fn entity(
    connection: &Connection,
    PreparedEntity { id, expected_version, state }: &PreparedEntity,
) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO entity (node, key, version, state, sum) \
               VALUES (?1, ?2, ?3, ?4, onex_sum(?1, ?2, ?3, ?4))";
    let row = (&*id.node, &*id.key, signed(expected_version + 1), state);
    connection.prepare_cached(sql)?.execute(row).map(drop)
}

pub(crate) fn version_text((major, minor, patch): (u32, u32, u32)) -> String {
    format!("{major}.{minor}.{patch}")
}

pub(crate) fn key(key: &RunKey) -> (String, bool) {
    (key.to_string(), matches!(key, RunKey::Declared(_)))
}

/// Keeps a plan that was not, or of which only the names of the steps were.
fn plan(connection: &Connection, pinned: &PinnedPlan) -> Result<()> {
    let steps =
        stored::plan(pinned).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let sql = "INSERT INTO plan (fingerprint, steps, sum) VALUES (?1, ?2, onex_sum(?1, ?2)) \
               ON CONFLICT (fingerprint) DO UPDATE SET steps = excluded.steps, sum = excluded.sum \
               WHERE plan.steps <> excluded.steps AND excluded.steps LIKE '{%'";
    connection.prepare_cached(sql)?.execute((Id(pinned.fingerprint), steps)).map(drop)
}

fn start(
    connection: &Connection,
    PreparedStart { start, input, envelope, origin }: &PreparedStart,
) -> Result<KnownRun> {
    let fingerprint = start.plan.fingerprint;
    let sql = "INSERT INTO run (run, node, workflow, key, key_is_declared, version, plan, input, envelope_id, \
               correlation_id, envelope, on_duplicate, started_unix_ms, sum) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, onex_sum(NULL, NULL, NULL, NULL))";
    let (key, is_declared) = key(&start.identity.key);
    let values = rusqlite::params![
        Id::from(start.run),
        &*start.identity.node,
        &*start.identity.workflow,
        key,
        is_declared,
        version_text(start.version),
        Id(fingerprint),
        input,
        Id(start.envelope_id),
        Id(start.correlation_id),
        envelope,
        on_duplicate(start.on_duplicate),
        signed(start.started_unix_ms),
    ];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(KnownRun { id: connection.last_insert_rowid(), seq: 0, ended: false, chain: *origin })
}

fn append(batch: &mut Batch<'_>, run: KnownRun, append: &PreparedAppend) -> Result<KnownRun> {
    let entry = EntryNumbers {
        seq: signed(append.expected_seq),
        at_unix_ms: signed(batch.now),
        active_ms: signed(append.active_ms),
    };
    let chain = entry.after(run.chain, append.texts);
    batch.entry.execute((
        run.id,
        entry.seq,
        entry.at_unix_ms,
        entry.active_ms,
        &append.facts,
        &append.details,
        chain.column(),
    ))?;
    let ended = append.ended_unix_ms.is_some();
    if !run.ended {
        batch.unfinished.toggle(run.id, run.chain);
    }
    if !ended {
        batch.unfinished.toggle(run.id, chain);
    }
    if let Some(moved) = append.moved {
        let sql =
            "UPDATE run SET moved = ?2, sum = onex_sum(?2, ended_unix_ms, ended_as, chain) WHERE id = ?1";
        batch.connection.prepare_cached(sql)?.execute((run.id, signed(moved)))?;
    }
    if run.ended || ended {
        end(batch.connection, run.id, append, chain)?;
    }
    Ok(KnownRun { seq: append.expected_seq + append.length, chain, ended, ..run })
}

/// How the run has ended, or that it goes on.
fn end(connection: &Connection, run: i64, append: &PreparedAppend, chain: Sum) -> Result<()> {
    let sql = "UPDATE run SET ended_unix_ms = ?2, ended_as = ?3, chain = ?4, sum = onex_sum(moved, ?2, ?3, ?4) \
               WHERE id = ?1";
    let at = append.ended_unix_ms;
    let row = (run, at.map(signed), &append.ended_as, at.map(|_| chain.column()));
    connection.prepare_cached(sql)?.execute(row).map(drop)
}

fn begun(connection: &Connection, BegunCalls { mark, calls }: &BegunCalls) -> Result<()> {
    let of = (Id(mark.envelope_id), &*mark.subscriber);
    if *calls == 0 {
        let sql = "DELETE FROM begun WHERE envelope_id = ?1 AND subscriber = ?2";
        return connection.prepare_cached(sql)?.execute(of).map(drop);
    }
    let sql = "INSERT OR REPLACE INTO begun (envelope_id, subscriber, calls, sum) \
               VALUES (?1, ?2, ?3, onex_sum(?1, ?2, ?3))";
    connection.prepare_cached(sql)?.execute((of.0, of.1, calls)).map(drop)
}

fn messages(connection: &Connection, commit: &Prepared) -> Result<()> {
    for (id, envelope) in &commit.outbox {
        let sql =
            "INSERT OR REPLACE INTO outbox (envelope_id, envelope, sum) VALUES (?1, ?2, onex_sum(?1, ?2))";
        connection.prepare_cached(sql)?.execute((Id(*id), envelope))?;
    }
    for id in &commit.delivered {
        connection.prepare_cached("DELETE FROM outbox WHERE envelope_id = ?1")?.execute([Id(*id)])?;
    }
    for counted in &commit.calls {
        begun(connection, counted)?;
    }
    for timer in &commit.timers {
        let sql = "INSERT OR REPLACE INTO timer (run, step, compensation, attempt, due_unix_ms, sum) \
                   VALUES (?1, ?2, ?3, ?4, ?5, onex_sum(?1, ?2, ?3, ?4, ?5))";
        let key = timer.key;
        let row = (Id::from(key.run), key.step.0, key.compensation, timer.attempt, signed(timer.due_unix_ms));
        connection.prepare_cached(sql)?.execute(row)?;
    }
    for key in &commit.fired {
        let sql = "DELETE FROM timer WHERE run = ?1 AND step = ?2 AND compensation = ?3";
        connection.prepare_cached(sql)?.execute((Id::from(key.run), key.step.0, key.compensation))?;
    }
    for letter in &commit.dead_letters {
        let sql = "INSERT INTO dead_letter (letter, sum) VALUES (?1, onex_sum(?1))";
        connection.prepare_cached(sql)?.execute([letter])?;
    }
    Ok(())
}
