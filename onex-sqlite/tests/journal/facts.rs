//! What the row of a run has of its facts, so that nobody looks through them: as what it ended, and where it was moved.

use std::path::Path;

use onex::journal::{Append, Commit, Journal as _, Lease, PinnedPlan};
use onex::message::RunId;
use onex::run::{Fact, RunState, StepId};
use onex_sqlite::Sqlite;
use uuid::Uuid;

use crate::support::{Folder, client, start};

/// Of the one run: what its row has, and the same from its facts.
fn told(path: &Path) -> [(Option<String>, Option<i64>); 2] {
    let latest = |what: &str, of: &str| {
        format!(
            "(SELECT {what} FROM fact WHERE fact.run = run.id AND fact ->> '$.fact' = '{of}' ORDER BY seq DESC LIMIT 1)"
        )
    };
    let state = format!("iif(ended_unix_ms IS NULL, NULL, {})", latest("fact ->> '$.state'", "run_ended"));
    let moved = latest("seq", "run_migrated");
    ["SELECT ended_as, moved FROM run".to_owned(), format!("SELECT {state}, {moved} FROM run")]
        .map(|sql| client(path).query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap())
}

async fn append(journal: &Sqlite, lease: &Lease, seq: u64, facts: &[Fact], ended_unix_ms: Option<u64>) {
    let run = RunId(Uuid::from_u128(1));
    let (started, plan) =
        (start(1), PinnedPlan { fingerprint: Uuid::from_u128(2), ..(*start(1).plan).clone() });
    let append = Append { run, expected_seq: seq, facts, details: &[], active_ms: 0, ended_unix_ms };
    let commit = Commit {
        start: (seq == 0).then_some(&started),
        plan: Some(&plan.into()),
        append: Some(append),
        ..Commit::default()
    };
    journal.commit(lease, commit).await.unwrap();
}

#[tokio::test]
async fn the_row_of_a_run_says_what_its_facts_say() {
    let folder = Folder::new();
    let path = folder.path("runs.db");
    let journal = Sqlite::open(&path).unwrap();
    let lease = journal.acquire("tests").await.unwrap();
    let to = |version| Fact::RunMigrated { to: Uuid::from_u128(2), version: (version, 0, 0) };
    let none = (None::<String>, None::<i64>);

    append(&journal, &lease, 0, &[Fact::RunStarted], None).await;
    assert_eq!(told(&path), [none.clone(), none]);
    append(&journal, &lease, 1, &[Fact::RunPaused, to(2), to(3), Fact::RunResumed], None).await;
    assert_eq!(told(&path), [(None, Some(3)), (None, Some(3))]);
    let failed = [Fact::RunCompensating, Fact::RunEnded { state: RunState::Failed }];
    append(&journal, &lease, 5, &failed, Some(1)).await;
    let ended = (Some("failed".to_owned()), Some(3));
    assert_eq!(told(&path), [ended.clone(), ended]);
    append(&journal, &lease, 7, &[Fact::RunReopened { from: StepId(0) }], None).await;
    assert_eq!(told(&path), [(None, Some(3)), (None, Some(3))]);
    assert_eq!(journal.run(RunId(Uuid::from_u128(1))).await.unwrap().unwrap().facts.len(), 8);
    drop(journal);
    drop(Sqlite::open(&path).unwrap());
}
