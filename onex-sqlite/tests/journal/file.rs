//! The file: what is taken for a journal, what it promises, what stops it, and what people read in it.

use std::sync::Arc;

use onex::journal::*;
use onex::message::{Payload, RunId, Topic};
use onex::plan::OnDuplicate;
use onex::run::{Fact, Failure, FailureCause, FailureClass, RunState, SkipReason, StepId};
use onex::{Envelope, journal::TimerKey};
use onex_sqlite::{Health, OpenError, Sqlite};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::support::{Folder, client};

#[test]
fn what_is_no_journal_is_refused_and_not_touched() {
    let folder = Folder::new();
    let (text, other) = (folder.path("notes.txt"), folder.path("other.db"));
    std::fs::write(&text, "this is no database, and long enough to have a header: ".repeat(40)).unwrap();
    client(&other).execute_batch("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)").unwrap();
    for path in [&text, &other] {
        let before = std::fs::read(path).unwrap();
        let refused = Sqlite::open(path).unwrap_err();
        assert!(matches!(refused, OpenError::NotAJournal { .. }), "{refused}");
        assert!(std::fs::read(path).unwrap() == before, "{} was changed", path.display());
    }
}

#[test]
fn another_format_is_refused_by_its_number() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    drop(Sqlite::open(&path).unwrap());
    client(&path).pragma_update(None, "user_version", 1).unwrap();
    let refused = Sqlite::open(&path).unwrap_err();
    assert!(matches!(refused, OpenError::OtherFormat { found: 1, known: 4, .. }), "{refused}");
}

#[test]
fn the_file_says_what_wrote_it() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    drop(Sqlite::open(&path).unwrap());
    let connection = client(&path);
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let sqlite: String = connection
        .query_row("SELECT value FROM meta WHERE name = 'opened with sqlite'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sqlite, rusqlite::version());
    assert!(rusqlite::version_number() >= 3_051_003, "{sqlite} is too old");
}

#[tokio::test]
async fn a_journal_that_is_closed_is_one_file() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    begin(&journal, &lease, 1, &[Fact::RunStarted], &[], None).await.unwrap();
    assert!(folder.path("orders.db-wal").exists());
    drop(journal);
    assert!(!folder.path("orders.db-wal").exists());
    std::fs::copy(&path, folder.path("copy.db")).unwrap();
    assert_eq!(Sqlite::open(folder.path("copy.db")).unwrap().runs().await.unwrap().len(), 1);
}

fn run(id: u128) -> RunId {
    RunId(Uuid::from_u128(id))
}

fn start(id: u128) -> Arc<RunStart> {
    Arc::new(RunStart {
        run: run(id),
        identity: RunIdentity {
            node: "node_shop".into(),
            workflow: "fulfil".into(),
            key: RunKey::Declared(format!("order {id}").into()),
        },
        version: (1, 0, 0),
        plan: Arc::new(PinnedPlan {
            fingerprint: Uuid::from_u128(1),
            steps: vec!["reserve".into(), "charge".into(), "receipt".into()],
            shape: None,
        }),
        input: Payload::new(id as u64),
        envelope_id: Uuid::from_u128(id),
        correlation_id: Uuid::from_u128(id),
        envelope: None,
        on_duplicate: OnDuplicate::Reject,
        started_unix_ms: 1_700_000_000_123,
    })
}

/// Commits the start of a run with these facts.
async fn begin(
    journal: &Sqlite,
    lease: &Lease,
    id: u128,
    facts: &[Fact],
    details: &[Detail],
    ended_unix_ms: Option<u64>,
) -> Result<Committed, CommitError> {
    let append = Append { run: run(id), expected_seq: 0, facts, details, active_ms: 0, ended_unix_ms };
    let start = start(id);
    let commit = Commit { start: Some(&start), append: Some(append), ..Commit::default() };
    journal.commit(lease, commit).await
}

#[tokio::test]
async fn the_first_error_stops_the_writer_for_good_and_what_is_there_stays_readable() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    begin(&journal, &lease, 1, &[Fact::RunStarted], &[], None).await.unwrap();
    assert!(matches!(journal.health(), Health::Writing));

    let breaks =
        "CREATE TRIGGER broken BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END";
    let other = client(&path);
    other.execute_batch(breaks).unwrap();
    let refused = begin(&journal, &lease, 2, &[Fact::RunStarted], &[], None).await.unwrap_err();
    assert!(matches!(refused, CommitError::Storage(_)), "{refused}");
    assert!(refused.to_string().contains("the disk is gone"), "{refused}");

    other.execute_batch("DROP TRIGGER broken").unwrap();
    let refused = begin(&journal, &lease, 3, &[Fact::RunStarted], &[], None).await.unwrap_err();
    assert!(refused.to_string().contains("the disk is gone"), "the cause stays: {refused}");
    assert!(journal.acquire("tests").await.is_err());
    let Health::Stopped(error) = journal.health() else { panic!("it is stopped") };
    assert!(error.to_string().contains("until it is opened again"), "{error}");
    let runs = journal.runs().await.unwrap();
    assert_eq!(runs.iter().map(|summary| summary.run).collect::<Vec<_>>(), [run(1)]);

    drop(journal);
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    begin(&journal, &lease, 2, &[Fact::RunStarted], &[], None).await.unwrap();
}

/// Panics when it is written.
#[derive(Deserialize)]
struct Bomb;

impl Serialize for Bomb {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("a payload panics")
    }
}

#[tokio::test]
async fn a_payload_that_panics_is_refused_and_the_journal_goes_on() {
    let folder = Folder::new();
    let journal = Sqlite::open(folder.path("orders.db")).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    let topic = Topic::new("onex.evt.a.b.v1");
    let sent = [Arc::new(Envelope::external(Uuid::from_u128(1), topic, Payload::new(Bomb)))];
    let commit = Commit { outbox: &sent, ..Commit::default() };
    let refused = journal.commit(&lease, commit).await.unwrap_err();
    assert!(matches!(refused, CommitError::Unserialisable { .. }), "{refused}");
    assert_eq!(refused.to_string(), "a.b cannot be written to the journal: its `Serialize` panicked");
    begin(&journal, &lease, 1, &[Fact::RunStarted], &[], None).await.unwrap();
}

#[tokio::test]
async fn a_fact_that_is_missing_is_told_and_not_passed_over() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    begin(&journal, &lease, 1, &[Fact::RunStarted], &[], None).await.unwrap();
    let append = Append {
        run: run(1),
        expected_seq: 1,
        facts: &[Fact::RunCompensating],
        details: &[],
        active_ms: 0,
        ended_unix_ms: None,
    };
    journal.commit(&lease, Commit { append: Some(append), ..Commit::default() }).await.unwrap();
    client(&path).execute("DELETE FROM entry WHERE seq = 0", []).unwrap();
    let error = journal.run(run(1)).await.unwrap_err();
    assert!(error.to_string().contains("has no fact 0"), "{error}");
}

fn table(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let cell = |index| {
            Ok(match row.get_ref(index)? {
                rusqlite::types::ValueRef::Null => "-".to_owned(),
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => other.as_str()?.to_owned(),
            })
        };
        Ok((0..columns).map(cell).collect::<rusqlite::Result<Vec<_>>>()?.join(" | "))
    };
    statement.query_map([], row).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

/// A view that is behind what the kernel says would tell people that a run goes on which is paused.
#[tokio::test]
async fn people_see_what_is_paused_held_and_crashed() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    let [reserve, charge, receipt] = [StepId(0), StepId(1), StepId(2)];
    let facts = [
        Fact::RunStarted,
        Fact::StepScheduled { step: reserve, attempt: 1 },
        Fact::StepScheduled { step: charge, attempt: 1 },
        Fact::AttemptCrashed { step: charge, attempt: 1 },
        Fact::StepScheduled { step: receipt, attempt: 1 },
        Fact::StepHeld { step: receipt, attempt: 1 },
        Fact::RunPaused,
        Fact::AttemptCrashed { step: reserve, attempt: 1 },
    ];
    let details = [Detail { seq: 6, body: DetailBody::Reason("maintenance".into()) }];
    begin(&journal, &lease, 1, &facts, &details, None).await.unwrap();
    let connection = client(&path);
    let runs = "SELECT state, reason FROM runs";
    let steps = "SELECT step, state, attempts FROM steps";
    assert_eq!(table(&connection, runs), ["paused | maintenance"]);
    assert_eq!(
        table(&connection, steps),
        ["reserve | retry_due | 1", "charge | scheduled | 1", "receipt | held | 0"]
    );

    let facts = [
        Fact::StepReleased { step: receipt },
        Fact::RunResumed,
        Fact::StepHeld { step: charge, attempt: 1 },
        Fact::StepReleased { step: charge },
    ];
    let append = Append {
        run: run(1),
        expected_seq: 8,
        facts: &facts,
        details: &[],
        active_ms: 0,
        ended_unix_ms: None,
    };
    journal.commit(&lease, Commit { append: Some(append), ..Commit::default() }).await.unwrap();
    assert_eq!(table(&connection, runs), ["running | -"]);
    assert_eq!(
        table(&connection, steps),
        ["reserve | retry_due | 1", "charge | retry_due | 0", "receipt | waiting | 0"]
    );
}

#[tokio::test]
async fn people_read_runs_steps_attempts_timers_and_dead_letters() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    let (reserve, charge) = (StepId(0), StepId(1));
    let failure = Failure { class: FailureClass::Retryable, cause: FailureCause::Error };
    let facts = [
        Fact::RunStarted,
        Fact::StepScheduled { step: reserve, attempt: 1 },
        Fact::StepCompleted { step: reserve, attempt: 1 },
        Fact::StepScheduled { step: charge, attempt: 1 },
        Fact::AttemptFailed { step: charge, attempt: 1, failure, retry_after_ms: Some(9) },
    ];
    let details = [
        Detail { seq: 2, body: DetailBody::Output(Payload::new(vec![1, 2])) },
        Detail { seq: 4, body: DetailBody::Error("the card is refused".into()) },
    ];
    begin(&journal, &lease, 1, &facts, &details, None).await.unwrap();
    let ended = [Fact::RunStarted, Fact::RunEnded { state: RunState::Completed }];
    begin(&journal, &lease, 2, &ended, &[], Some(1_700_000_001_000)).await.unwrap();
    let key = TimerKey { run: run(1), step: charge, compensation: false };
    let timers = [Timer { key, attempt: 1, due_unix_ms: 1_700_000_000_500 }];
    let lost = Envelope::external(
        Uuid::from_u128(5),
        Topic::new("onex.evt.a.b.v1"),
        Payload::new("lost".to_owned()),
    );
    let letters = [Arc::new(DeadLetter {
        envelope: StoredEnvelope::of(&lost),
        cause: DeadLetterCause::HandlerFailed { attempts: 4, message: "no".into() },
        node: Some("node_shop".into()),
        handler: Some("order_placed".into()),
        at_unix_ms: 1_700_000_000_000,
        parked: None,
    })];
    let commit = Commit { timers: &timers, dead_letters: &letters, ..Commit::default() };
    journal.commit(&lease, commit).await.unwrap();

    let connection = client(&path);
    assert_eq!(
        table(&connection, "SELECT key, state, started, ended, facts FROM runs"),
        [
            "order 1 | running | 2023-11-14T22:13:20.123Z | - | 5",
            "order 2 | completed | 2023-11-14T22:13:20.123Z | 2023-11-14T22:13:21.000Z | 2",
        ]
    );
    assert_eq!(
        table(
            &connection,
            "SELECT step, state, compensation, attempts, output FROM steps WHERE run_key = 'order 1'"
        ),
        [
            "reserve | completed | - | 1 | [1,2]",
            "charge | retry_waiting | - | 1 | -",
            "receipt | waiting | - | 0 | -"
        ]
    );
    assert_eq!(
        table(&connection, "SELECT step, compensation, attempt, what, cause, error FROM attempts"),
        [
            "reserve | 0 | 1 | step_scheduled | - | -",
            "reserve | 0 | 1 | step_completed | - | -",
            "charge | 0 | 1 | step_scheduled | - | -",
            "charge | 0 | 1 | attempt_failed | error | the card is refused",
        ]
    );
    assert_eq!(
        table(&connection, "SELECT step, compensation, attempt, due FROM timers"),
        ["charge | 0 | 1 | 2023-11-14T22:13:20.500Z"]
    );
    assert_eq!(
        table(&connection, "SELECT cause, message, node, handler, topic, payload FROM dead_letters"),
        ["handler_failed | no | node_shop | order_placed | onex.evt.a.b.v1 | \"lost\""]
    );
}

#[tokio::test]
async fn people_read_why_a_step_is_skipped() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    let (reserve, charge) = (StepId(0), StepId(1));
    let reasons = [
        (SkipReason::Disabled, "disabled"),
        (SkipReason::NoOutput { of: reserve }, "no_output of reserve"),
        (SkipReason::OtherBranch { runs: StepId(2) }, "other_branch runs receipt"),
        (SkipReason::AfterFailure { of: reserve }, "after_failure of reserve"),
        (SkipReason::ConditionFalse, "condition_false"),
    ];
    for (id, (because, shown)) in (1..).zip(reasons) {
        let facts = [
            Fact::RunStarted,
            Fact::ConditionEvaluated { step: charge, holds: false },
            Fact::StepSkipped { step: charge, because },
        ];
        begin(&journal, &lease, id, &facts, &[], None).await.unwrap();
        let sql = format!("SELECT step, state, skipped_because FROM steps WHERE run_key = 'order {id}'");
        assert_eq!(
            table(&client(&path), &sql),
            ["reserve | waiting | -", &format!("charge | skipped | {shown}"), "receipt | waiting | -"]
        );
    }
}

/// Many at once share a sync; each is still told of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_that_wait_together_are_each_acknowledged() {
    let folder = Folder::new();
    let journal = Arc::new(Sqlite::open(folder.path("orders.db")).unwrap());
    let lease = journal.acquire("tests").await.unwrap();
    let writers: Vec<_> = (1..=3000)
        .map(|id| {
            let (journal, lease) = (Arc::clone(&journal), lease.clone());
            tokio::spawn(async move {
                let key = id % 1500;
                let mut start = Arc::unwrap_or_clone(start(id));
                start.identity.key = RunKey::Declared(key.to_string().into());
                let start = Arc::new(start);
                let facts = [Fact::RunStarted];
                let append = Append {
                    run: run(id),
                    expected_seq: 0,
                    facts: &facts,
                    details: &[],
                    active_ms: 0,
                    ended_unix_ms: None,
                };
                let commit = Commit { start: Some(&start), append: Some(append), ..Commit::default() };
                journal.commit(&lease, commit).await.is_ok()
            })
        })
        .collect();
    let mut acknowledged = Vec::new();
    for (id, writer) in (1..=3000).zip(writers) {
        if writer.await.unwrap() {
            acknowledged.push(run(id));
        }
    }
    assert_eq!(acknowledged.len(), 1500, "one for each key");
    let runs: Vec<RunId> = journal.runs().await.unwrap().iter().map(|summary| summary.run).collect();
    assert_eq!(runs, acknowledged);
}
