//! What can be read of a journal, from the tables back into what the engine knows.

use std::str::FromStr;
use std::sync::Arc;

use onex::Envelope;
use onex::journal::{
    BegunCalls, DeadLetter, Detail, EntityId, EntityRecord, InboxMark, PinnedPlan, RunIdentity, RunKey,
    RunRecord, RunStart, RunSummary, Timer, TimerKey,
};
use onex::message::{Payload, RunId};
use onex::run::{Fact, StepId};
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::Failure;
use crate::ids::{Id, unsigned};
use crate::known::{LATEST, ORIGIN};
use crate::stored::{Details, EnvelopeText, Told, read_on_duplicate, read_plan};
use crate::sum::{EntryNumbers, Sum, texts};

/// Which runs a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    Unfinished,
}

pub(crate) fn runs(connection: &Connection, which: Which) -> Result<Vec<RunSummary>, Failure> {
    let which = match which {
        Which::All => "",
        Which::Unfinished => "WHERE ended_unix_ms IS NULL",
    };
    let sql = format!(
        "SELECT run.run, node, workflow, key, key_is_declared, started_unix_ms, ended_unix_ms, \
             coalesce(seq + json_array_length(facts), 0) AS seq \
         FROM run LEFT JOIN entry ON position = {LATEST} {which} ORDER BY run.run"
    );
    all(connection, &sql, |row| {
        Ok(RunSummary {
            run: run_id(row, "run")?,
            identity: identity(row)?,
            seq: unsigned(get(row, "seq")?),
            started_unix_ms: unsigned(get(row, "started_unix_ms")?),
            ended_unix_ms: get::<Option<i64>>(row, "ended_unix_ms")?.map(unsigned),
        })
    })
}

pub(crate) fn run(connection: &Connection, run: RunId) -> Result<Option<RunRecord>, Failure> {
    let sql = format!(
        "SELECT run.*, plan.steps, plan.sum = onex_sum(plan.fingerprint, plan.steps) \
             AND run.sum = onex_sum(moved, ended_unix_ms, ended_as, chain) AS is_sound, {ORIGIN} AS origin \
         FROM run JOIN plan ON plan.fingerprint = run.plan WHERE run.run = ?1"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(Failure::Read)?;
    let found =
        statement.query_row([Id::from(run)], |row| Ok(start(row))).optional().map_err(Failure::Read)?;
    let Some(Head { id, mut chain, ended, mut record }) = found.transpose()? else {
        return Ok(None);
    };
    let sql = "SELECT seq, at_unix_ms, active_ms, facts, details, chain FROM entry WHERE run = ?1 ORDER BY position";
    let mut statement = connection.prepare_cached(sql).map_err(Failure::Read)?;
    let mut rows = statement.query([id]).map_err(Failure::Read)?;
    while let Some(row) = rows.next().map_err(Failure::Read)? {
        let entry = EntryNumbers::read(row).map_err(Failure::Read)?;
        if unsigned(entry.seq) != record.seq() {
            let why = format!("run {run} has no fact {}", record.seq());
            return Err(Failure::Meaning { what: "fact", why });
        }
        let texts = entry_texts(row).map_err(Failure::Read)?;
        chain = entry.after(chain, texts);
        if chain != Sum::of_column(get(row, "chain")?) {
            return Err(Failure::Damaged { what: format!("run {run}") });
        }
        let first = record.seq();
        record.facts.append(&mut json(row, "facts")?);
        record.active_ms = unsigned(entry.active_ms);
        if get::<Option<String>>(row, "details")?.is_some() {
            let details: Details = json(row, "details")?;
            let detail =
                |(place, told): (usize, Told)| Detail { seq: first + place as u64, body: told.into() };
            record.details.extend(details.into_iter().map(detail));
        }
    }
    if ended.is_some_and(|ended| ended != chain) {
        return Err(Failure::Damaged { what: format!("run {run}") });
    }
    let moved = record.facts.iter().rev().find_map(|fact| match *fact {
        Fact::RunMigrated { to, version } => Some((to, version)),
        _ => None,
    });
    if let Some((to, version)) = moved {
        record.start = Arc::new(record.start.on(Arc::new(plan(connection, to)?), version));
    }
    Ok(Some(record))
}

/// A plan that a run was moved to.
fn plan(connection: &Connection, fingerprint: Uuid) -> Result<PinnedPlan, Failure> {
    let sql = "SELECT steps, sum = onex_sum(fingerprint, steps) AS is_sound FROM plan WHERE fingerprint = ?1";
    let mut statement = connection.prepare_cached(sql).map_err(Failure::Read)?;
    let mut rows = statement.query([Id(fingerprint)]).map_err(Failure::Read)?;
    let damaged = || Failure::Damaged { what: format!("plan {fingerprint}") };
    let row = rows.next().map_err(Failure::Read)?.ok_or_else(damaged)?;
    sound(row, || format!("plan {fingerprint}"))?;
    pinned(fingerprint, row)
}

fn pinned(fingerprint: Uuid, row: &Row<'_>) -> Result<PinnedPlan, Failure> {
    let text: String = get(row, "steps")?;
    read_plan(fingerprint, &text).map_err(|error| Failure::Meaning { what: "steps", why: error.to_string() })
}

/// A run without its facts, and what they are found and checked by.
struct Head {
    id: i64,
    /// The checksum of what it started with.
    chain: Sum,
    /// That of all it has, if it has ended.
    ended: Option<Sum>,
    record: RunRecord,
}

fn entry_texts(row: &Row<'_>) -> rusqlite::Result<Sum> {
    Ok(texts(row.get_ref("facts")?.as_str()?, row.get_ref("details")?.as_str_or_null()?))
}

fn start(row: &Row<'_>) -> Result<Head, Failure> {
    sound(row, || format!("run {}", get::<String>(row, "run").unwrap_or_default()))?;
    let Id(fingerprint) = get(row, "plan")?;
    let start = RunStart {
        run: run_id(row, "run")?,
        identity: identity(row)?,
        version: version(&get::<String>(row, "version")?)?,
        plan: Arc::new(pinned(fingerprint, row)?),
        input: payload("input", get(row, "input")?)?,
        envelope_id: uuid(row, "envelope_id")?,
        correlation_id: uuid(row, "correlation_id")?,
        envelope: match get::<Option<String>>(row, "envelope")? {
            Some(text) => Some(Box::new(envelope(&text)?)),
            None => None,
        },
        on_duplicate: {
            let text: String = get(row, "on_duplicate")?;
            read_on_duplicate(&text).ok_or(Failure::Meaning { what: "on_duplicate", why: text })?
        },
        started_unix_ms: unsigned(get(row, "started_unix_ms")?),
    };
    let record = RunRecord {
        start: Arc::new(start),
        facts: Vec::new(),
        details: Vec::new(),
        active_ms: 0,
        ended_unix_ms: get::<Option<i64>>(row, "ended_unix_ms")?.map(unsigned),
    };
    Ok(Head {
        id: get(row, "id")?,
        chain: Sum::of_column(get(row, "origin")?),
        ended: get::<Option<i64>>(row, "chain")?.map(Sum::of_column),
        record,
    })
}

pub(crate) fn entity(connection: &Connection, id: &EntityId) -> Result<Option<EntityRecord>, Failure> {
    let sql = "SELECT version, state, sum = onex_sum(node, key, version, state) FROM entity \
               WHERE node = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql).map_err(Failure::Read)?;
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, bool>(2)?));
    let found = statement.query_row((&*id.node, &*id.key), row).optional().map_err(Failure::Read)?;
    let Some((version, state, is_sound)) = found else { return Ok(None) };
    if !is_sound {
        return Err(Failure::Damaged { what: format!("the state of `{}` of `{}`", id.key, id.node) });
    }
    Ok(Some(EntityRecord { version: unsigned(version), state: payload("state", state)? }))
}

pub(crate) fn outbox(connection: &Connection) -> Result<Vec<Envelope>, Failure> {
    let sql =
        "SELECT envelope, sum = onex_sum(envelope_id, envelope) AS is_sound FROM outbox ORDER BY position";
    all(connection, sql, |row| {
        sound(row, || "an envelope that is to be delivered".to_owned())?;
        envelope(&get::<String>(row, "envelope")?)
    })
}

pub(crate) fn begun(connection: &Connection) -> Result<Vec<BegunCalls>, Failure> {
    let sql = "SELECT envelope_id, subscriber, calls, sum = onex_sum(envelope_id, subscriber, calls) AS is_sound \
               FROM begun ORDER BY envelope_id, subscriber";
    all(connection, sql, |row| {
        sound(row, || "how often a handler was called".to_owned())?;
        let (subscriber, envelope_id) = (get::<String>(row, "subscriber")?.into(), uuid(row, "envelope_id")?);
        Ok(BegunCalls { mark: InboxMark { subscriber, envelope_id }, calls: get(row, "calls")? })
    })
}

pub(crate) fn timers(connection: &Connection) -> Result<Vec<Timer>, Failure> {
    let sql = "SELECT run, step, compensation, attempt, due_unix_ms, \
                   sum = onex_sum(run, step, compensation, attempt, due_unix_ms) AS is_sound \
               FROM timer ORDER BY run, step, compensation";
    all(connection, sql, |row| {
        sound(row, || "a timer".to_owned())?;
        let (step, compensation) = (StepId(get(row, "step")?), get(row, "compensation")?);
        Ok(Timer {
            key: TimerKey { run: run_id(row, "run")?, step, compensation },
            attempt: get(row, "attempt")?,
            due_unix_ms: unsigned(get(row, "due_unix_ms")?),
        })
    })
}

pub(crate) fn dead_letters(connection: &Connection) -> Result<Vec<Arc<DeadLetter>>, Failure> {
    let sql = "SELECT letter, sum = onex_sum(letter) AS is_sound FROM dead_letter ORDER BY position";
    all(connection, sql, |row| {
        sound(row, || "a dead letter".to_owned())?;
        json(row, "letter").map(Arc::new)
    })
}

pub(crate) fn parked(connection: &Connection) -> Result<Vec<Arc<DeadLetter>>, Failure> {
    let sql = format!(
        "SELECT letter, sum = onex_sum(letter) AS is_sound FROM dead_letter WHERE {IS_PARKED} ORDER BY position"
    );
    all(connection, &sql, |row| {
        sound(row, || "a dead letter".to_owned())?;
        json(row, "letter").map(Arc::new)
    })
}

/// Of a row of `dead_letter`: its message is in the outbox, its subscriber has not handled it, and it is the latest such of it.
/// The first line is that of the index `dead_letter_parked`.
pub(crate) const IS_PARKED: &str = "dead_letter.letter ->> '$.parked.key' IS NOT NULL \
     AND dead_letter.letter ->> '$.parked.given_up' IS NULL \
     AND EXISTS (SELECT 1 FROM outbox WHERE envelope_id = dead_letter.letter ->> '$.envelope.envelope_id') \
     AND NOT EXISTS (SELECT 1 FROM inbox WHERE envelope_id = dead_letter.letter ->> '$.envelope.envelope_id' \
         AND subscriber = dead_letter.letter ->> '$.node' || '/' || (dead_letter.letter ->> '$.handler')) \
     AND NOT EXISTS (SELECT 1 FROM dead_letter AS later WHERE later.letter ->> '$.parked.key' IS NOT NULL \
         AND later.letter ->> '$.envelope.envelope_id' = dead_letter.letter ->> '$.envelope.envelope_id' \
         AND later.letter ->> '$.parked.given_up' IS NULL AND later.position > dead_letter.position \
         AND later.letter ->> '$.node' = dead_letter.letter ->> '$.node' \
         AND later.letter ->> '$.handler' = dead_letter.letter ->> '$.handler')";

pub(crate) fn dead_letter(connection: &Connection, position: u64) -> Result<Option<DeadLetter>, Failure> {
    let sql = "SELECT letter FROM dead_letter WHERE position = ?1";
    let found = connection.query_row(sql, [crate::ids::signed(position)], |row| row.get::<_, String>(0));
    let found = found.optional().map_err(Failure::Read)?;
    let letter = found.map(|text| serde_json::from_str(&text)).transpose();
    letter.map_err(|error| Failure::Meaning { what: "letter", why: error.to_string() })
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut statement = connection.prepare_cached(sql).map_err(Failure::Read)?;
    let mut rows = statement.query([]).map_err(Failure::Read)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(Failure::Read)? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Whether the row's checksum is its own.
fn sound(row: &Row<'_>, what: impl Fn() -> String) -> Result<(), Failure> {
    if get(row, "is_sound")? { Ok(()) } else { Err(Failure::Damaged { what: what() }) }
}

fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, column: &'static str) -> Result<T, Failure> {
    row.get(column).map_err(Failure::Read)
}

fn json<T: DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<T, Failure> {
    let text: String = get(row, column)?;
    serde_json::from_str(&text).map_err(|error| Failure::Meaning { what: column, why: error.to_string() })
}

fn uuid(row: &Row<'_>, column: &'static str) -> Result<Uuid, Failure> {
    get(row, column).map(|Id(id)| id)
}

fn run_id(row: &Row<'_>, column: &'static str) -> Result<RunId, Failure> {
    uuid(row, column).map(RunId)
}

fn payload(what: &'static str, text: String) -> Result<Payload, Failure> {
    let text = RawValue::from_string(text);
    text.map(Payload::json).map_err(|error| Failure::Meaning { what, why: error.to_string() })
}

fn envelope(text: &str) -> Result<Envelope, Failure> {
    let read = serde_json::from_str::<EnvelopeText<'_>>(text);
    read.map(Envelope::from).map_err(|error| Failure::Meaning { what: "envelope", why: error.to_string() })
}

fn identity(row: &Row<'_>) -> Result<RunIdentity, Failure> {
    let key = if get(row, "key_is_declared")? {
        RunKey::Declared(get::<String>(row, "key")?.into())
    } else {
        RunKey::Envelope(uuid(row, "key")?)
    };
    Ok(RunIdentity {
        node: get::<String>(row, "node")?.into(),
        workflow: get::<String>(row, "workflow")?.into(),
        key,
    })
}

fn version(text: &str) -> Result<(u32, u32, u32), Failure> {
    let mut numbers = text.splitn(3, '.').map(u32::from_str);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch))) => Ok((major, minor, patch)),
        _ => Err(Failure::Meaning { what: "version", why: format!("`{text}` is no version") }),
    }
}
