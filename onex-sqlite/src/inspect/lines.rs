//! What there is to see in a journal, as data.

use std::collections::HashMap;

use onex::journal::DeadLetter;
use onex::message::RunId;
use onex::run::{CompensationState, RunState, StepState};
use rusqlite::Row;
use rusqlite::types::FromSql;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::Holder;
use crate::error::Failure;
use crate::ids::{Id, unsigned};
use crate::requests::{Outcome, Request};

/// A journal as a whole.
#[derive(Debug, Clone, Serialize)]
pub struct JournalStatus {
    /// The journal's own id.
    pub id: Uuid,
    /// How many transactions were written to it.
    pub transactions: u64,
    /// `strict` or `relaxed`: when its latest owner acknowledges.
    pub durability: String,
    /// Which releases made it and opened it last: `created by onex`, `opened with sqlite`, ...
    pub versions: HashMap<String, String>,
    /// How often it was acquired.
    pub epoch: u64,
    /// Who acquired it last, in their own words.
    pub owner: Option<String>,
    /// When: milliseconds since the Unix epoch.
    pub acquired_unix_ms: Option<u64>,
    /// Who holds it at this moment.
    pub holder: Option<Holder>,
    /// Bytes of the file and its log.
    pub bytes: u64,
    /// All runs, and those whose end is not committed.
    pub runs: u64,
    /// Alive or parked.
    pub unfinished: u64,
    /// Envelopes that are not delivered to everybody.
    pub outbox: u64,
    /// Retries that are waited for.
    pub timers: u64,
    /// Dead letters that are retained.
    pub dead_letters: u64,
}

impl JournalStatus {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let Id(id) = get(row, "id")?;
        let mut versions: HashMap<String, String> = from_json(row, "meta")?;
        Ok(JournalStatus {
            id,
            transactions: number(row, "transactions")?,
            durability: versions.remove("durability").unwrap_or_default(),
            versions,
            epoch: get::<Option<i64>>(row, "epoch")?.map_or(0, unsigned),
            owner: get(row, "owner")?,
            acquired_unix_ms: get::<Option<i64>>(row, "acquired_unix_ms")?.map(unsigned),
            holder: None,
            bytes: 0,
            runs: number(row, "runs")?,
            unfinished: number(row, "unfinished")?,
            outbox: number(row, "outbox")?,
            timers: number(row, "timers")?,
            dead_letters: number(row, "dead_letters")?,
        })
    }
}

/// A run in a list.
#[derive(Debug, Clone, Serialize)]
pub struct RunLine {
    /// The run.
    pub run: RunId,
    /// The contract name of its node.
    pub node: String,
    /// Its workflow.
    pub workflow: String,
    /// What sets it apart from the others of the workflow.
    pub key: String,
    /// `workflow_version`.
    pub version: String,
    /// The run that it is a step of, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<RunId>,
    /// Where it is.
    pub state: RunState,
    /// The words of whoever paused or cancelled it.
    pub reason: Option<String>,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// Milliseconds since the Unix epoch; `None` while it is alive or parked.
    pub ended_unix_ms: Option<u64>,
    /// Milliseconds for which it was driven.
    pub active_ms: u64,
    /// How many facts it has.
    pub facts: u64,
}

impl RunLine {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let run = run(row)?;
        sound(row, || format!("run {run}"))?;
        Ok(RunLine {
            run,
            node: get(row, "node")?,
            workflow: get(row, "workflow")?,
            key: get(row, "key")?,
            version: get(row, "version")?,
            parent: get::<Option<Id>>(row, "parent")?.map(|Id(parent)| RunId(parent)),
            state: word(row, "state")?,
            reason: get(row, "reason")?,
            started_unix_ms: number(row, "started_unix_ms")?,
            ended_unix_ms: get::<Option<i64>>(row, "ended_unix_ms")?.map(unsigned),
            active_ms: number(row, "active_ms")?,
            facts: number(row, "facts")?,
        })
    }
}

/// All there is to see of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunDetail {
    /// The run.
    #[serde(flatten)]
    pub line: RunLine,
    /// What it started with.
    pub input: Option<Box<RawValue>>,
    /// Its steps, in the order of its contract.
    pub steps: Vec<StepLine>,
    /// What happened to each attempt, in that order.
    pub attempts: Vec<AttemptLine>,
    /// The retries that it waits for.
    pub timers: Vec<TimerLine>,
}

/// A step of a run.
#[derive(Debug, Clone, Serialize)]
pub struct StepLine {
    /// `node_id`.
    pub step: String,
    /// Where it is.
    pub state: StepState,
    /// Whether it is undone; `None`: there is nothing to undo, or nothing was begun.
    pub compensation: Option<CompensationState>,
    /// The latest attempt, from 1; 0 when there was none.
    pub attempts: u32,
    /// What it returned.
    pub output: Option<Box<RawValue>>,
    /// Why it is skipped, if it is.
    pub skipped_because: Option<String>,
}

impl StepLine {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let compensation: Option<String> = get(row, "compensation")?;
        Ok(StepLine {
            step: get(row, "step")?,
            state: word(row, "state")?,
            compensation: compensation.map(|_| word(row, "compensation")).transpose()?,
            attempts: get(row, "attempts")?,
            output: json(row, "output")?,
            skipped_because: get(row, "skipped_because")?,
        })
    }
}

/// Something that happened to an attempt.
#[derive(Debug, Clone, Serialize)]
pub struct AttemptLine {
    /// The step.
    pub step: String,
    /// It was to undo the step.
    pub compensation: bool,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// What happened: the name of the fact.
    pub what: String,
    /// How it failed, if it did.
    pub cause: Option<String>,
    /// The error's text.
    pub error: Option<String>,
    /// When it was committed, as RFC 3339 in UTC.
    pub at: String,
}

impl AttemptLine {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(AttemptLine {
            step: get(row, "step")?,
            compensation: get(row, "compensation")?,
            attempt: get(row, "attempt")?,
            what: get(row, "what")?,
            cause: get(row, "cause")?,
            error: get(row, "error")?,
            at: get(row, "at")?,
        })
    }
}

/// A retry that is waited for, or the moment at which a gate waits no longer.
#[derive(Debug, Clone, Serialize)]
pub struct TimerLine {
    /// The run.
    pub run: RunId,
    /// The step.
    pub step: String,
    /// It is the step's compensation that is tried again.
    pub compensation: bool,
    /// The attempt that failed; 0 for a gate.
    pub attempt: u32,
    /// Milliseconds since the Unix epoch.
    pub due_unix_ms: u64,
}

impl TimerLine {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        sound(row, || "a timer".to_owned())?;
        Ok(TimerLine {
            run: run(row)?,
            step: get(row, "step")?,
            compensation: get(row, "compensation")?,
            attempt: get(row, "attempt")?,
            due_unix_ms: number(row, "due_unix_ms")?,
        })
    }
}

/// What was asked of the owner, and what came of it.
#[derive(Debug, Clone, Serialize)]
pub struct RequestLine {
    /// Its number, from 1. No other gets it.
    pub position: u64,
    /// What was asked.
    #[serde(flatten)]
    pub request: Request,
    /// By whom, in their own words.
    pub asked_by: String,
    /// When: milliseconds since the Unix epoch.
    pub asked_unix_ms: u64,
    /// What came of it; `None` while nobody has carried it out.
    pub answer: Option<Outcome>,
    /// When: milliseconds since the Unix epoch.
    pub answered_unix_ms: Option<u64>,
}

impl RequestLine {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        let position = number(row, "position")?;
        sound(row, || format!("request {position}"))?;
        let answer: Option<String> = get(row, "outcome")?;
        Ok(RequestLine {
            position,
            request: from_json(row, "request")?,
            asked_by: get(row, "asked_by")?,
            asked_unix_ms: number(row, "asked_unix_ms")?,
            answer: answer.map(|_| from_json(row, "outcome")).transpose()?,
            answered_unix_ms: get::<Option<i64>>(row, "answered_unix_ms")?.map(unsigned),
        })
    }
}

/// A dead letter and what names it.
#[derive(Debug, Clone, Serialize)]
pub struct StoredLetter {
    /// From 1, in the order in which they were written. No other gets it.
    pub position: u64,
    /// The letter.
    pub letter: DeadLetter,
    /// Its message is parked still, and holds back what has its key: it was neither handled nor given up since.
    pub is_parked: bool,
}

impl StoredLetter {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(StoredLetter {
            position: number(row, "position")?,
            letter: from_json(row, "letter")?,
            is_parked: get(row, "is_parked")?,
        })
    }
}

/// Whether the row's checksum is its own.
fn sound(row: &Row<'_>, what: impl Fn() -> String) -> Result<(), Failure> {
    if get(row, "is_sound")? { Ok(()) } else { Err(Failure::Damaged { what: what() }) }
}

fn get<T: FromSql>(row: &Row<'_>, column: &'static str) -> Result<T, Failure> {
    row.get(column).map_err(Failure::Read)
}

fn number(row: &Row<'_>, column: &'static str) -> Result<u64, Failure> {
    get(row, column).map(unsigned)
}

fn run(row: &Row<'_>) -> Result<RunId, Failure> {
    get(row, "run").map(|Id(id)| RunId(id))
}

/// The name of a state.
fn word<T: DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<T, Failure> {
    let word: String = get(row, column)?;
    serde_json::from_value(word.into())
        .map_err(|error| Failure::Meaning { what: column, why: error.to_string() })
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<T, Failure> {
    let text: String = get(row, column)?;
    serde_json::from_str(&text).map_err(|error| Failure::Meaning { what: column, why: error.to_string() })
}

pub(super) fn json(row: &Row<'_>, column: &'static str) -> Result<Option<Box<RawValue>>, Failure> {
    let text: Option<String> = get(row, column)?;
    let parsed = text.map(RawValue::from_string).transpose();
    parsed.map_err(|error| Failure::Meaning { what: column, why: error.to_string() })
}
