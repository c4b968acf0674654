//! A folder that is gone with its test, journals in it, and this program again.
#![allow(dead_code, unreachable_pub)] // each test program uses its part of it

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use onex::Envelope;
use onex::journal::conformance::Store;
use onex::journal::*;
use onex::message::{Payload, RunId, Topic};
use onex::plan::OnDuplicate;
use onex::run::{Fact, RunState, StepId};
use onex_sqlite::Sqlite;
use rusqlite::Connection;
use uuid::Uuid;

pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = format!("onex-sqlite-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Journals in files of one folder.
pub struct OnDisk {
    folder: Folder,
    made: AtomicU64,
}

impl OnDisk {
    pub fn new() -> Self {
        OnDisk { folder: Folder::new(), made: AtomicU64::new(0) }
    }
}

impl Store for OnDisk {
    type Journal = Sqlite;

    fn empty(&self) -> Sqlite {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        Sqlite::open(self.folder.path(&format!("{number}.db"))).unwrap()
    }

    fn reopened(&self, journal: Sqlite) -> Sqlite {
        let path = journal.path().to_owned();
        drop(journal);
        Sqlite::open(path).unwrap()
    }
}

/// This test program again, with one of its tests alone: a process that a test may stop and kill.
pub fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command
}

/// Another client, as a person's.
pub fn client(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

pub fn start(id: u128) -> Arc<RunStart> {
    Arc::new(RunStart {
        run: RunId(Uuid::from_u128(id)),
        identity: RunIdentity {
            node: "node_shop".into(),
            workflow: "fulfil".into(),
            key: RunKey::Declared(format!("order {id}").into()),
        },
        version: (1, 0, 0),
        plan: Arc::new(PinnedPlan {
            fingerprint: Uuid::from_u128(1),
            steps: vec!["reserve".into(), "charge".into()],
            shape: None,
        }),
        input: Payload::new(format!("what is ordered: {}", "x".repeat(id as usize % 90))),
        envelope_id: Uuid::from_u128(id),
        correlation_id: Uuid::from_u128(id),
        envelope: None,
        on_duplicate: OnDuplicate::Reject,
        started_unix_ms: 1_700_000_000_123,
    })
}

/// One of everything for each id: commits that were all acknowledged.
pub async fn fill(journal: &Sqlite, ids: std::ops::Range<u128>) {
    let lease = journal.acquire("tests").await.unwrap();
    for id in ids {
        let run = RunId(Uuid::from_u128(id));
        let step = StepId(0);
        let started = start(id);
        let topic = Topic::new("onex.evt.a.b.v1");
        let sent = [Arc::new(Envelope::external(Uuid::from_u128(id), topic, Payload::new(id as u64)))];
        let mark = InboxMark { subscriber: "node_shop/placed".into(), envelope_id: Uuid::from_u128(id) };
        let facts = [Fact::RunStarted, Fact::StepScheduled { step, attempt: 1 }];
        let append =
            Append { run, expected_seq: 0, facts: &facts, details: &[], active_ms: 0, ended_unix_ms: None };
        let timers = [Timer {
            key: TimerKey { run, step, compensation: false },
            attempt: 1,
            due_unix_ms: 1_700_000_000_500,
        }];
        let commit = Commit {
            inbox: Some(&mark),
            start: Some(&started),
            append: Some(append),
            outbox: &sent,
            timers: &timers,
            ..Commit::default()
        };
        journal.commit(&lease, commit).await.unwrap();

        let facts = [Fact::StepCompleted { step, attempt: 1 }, Fact::RunEnded { state: RunState::Completed }];
        let details = [Detail { seq: 2, body: DetailBody::Output(Payload::new(vec![id as u64; 5])) }];
        let ended = id.is_multiple_of(2).then_some(1_700_000_001_000);
        let append = Append {
            run,
            expected_seq: 2,
            facts: &facts,
            details: &details,
            active_ms: 9,
            ended_unix_ms: ended,
        };
        let change = EntityChange {
            id: EntityId { node: "node_ledger".into(), key: (id % 7).to_string().into() },
            expected_version: u64::try_from(id / 7).unwrap(),
            state: Payload::new(format!("the sum of {id}")),
        };
        let letters = [Arc::new(DeadLetter {
            envelope: StoredEnvelope::of(&sent[0]),
            cause: DeadLetterCause::Unroutable,
            node: None,
            handler: None,
            at_unix_ms: 5,
            parked: None,
        })];
        let delivered: Vec<Uuid> = id.is_multiple_of(3).then_some(sent[0].envelope_id).into_iter().collect();
        let commit = Commit {
            append: Some(append),
            entity: Some(&change),
            delivered: &delivered,
            calls: &[BegunCalls {
                mark: InboxMark { subscriber: "node_shop/sent".into(), ..mark },
                calls: 2,
            }],
            dead_letters: &letters,
            ..Commit::default()
        };
        journal.commit(&lease, commit).await.unwrap();
    }
}
