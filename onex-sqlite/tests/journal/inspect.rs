//! Looking into a journal that another process owns, copying it meanwhile, putting a copy back, and forgetting what is over.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use onex::journal::{Commit, CommitError, Journal as _};
use onex::message::RunId;
use onex::run::{RunState, StepState};
use onex_sqlite::{
    BackupError, Durability, Inspect, Keep, OpenError, Options, Requests, RunFilter, Sqlite, restore, run_id,
};
use uuid::Uuid;

use crate::support::{self, Folder, fill, start};

fn run(id: u128) -> RunId {
    RunId(Uuid::from_u128(id))
}

#[tokio::test]
async fn tools_read_while_the_owner_writes() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let relaxed = Options::default().durability(Durability::Relaxed);
    let journal = Sqlite::open_with(&path, relaxed).unwrap();
    fill(&journal, 0..12).await;
    let look = Inspect::open(&path).unwrap();
    let status = look.status().unwrap();
    assert_eq!((status.runs, status.unfinished, status.outbox, status.timers), (12, 6, 8, 12));
    assert_eq!((status.dead_letters, status.epoch, status.owner.as_deref()), (12, 1, Some("tests")));
    assert_eq!((status.transactions, status.durability.as_str()), (25, "relaxed"));
    assert_eq!(status.holder.map(|holder| holder.pid), Some(std::process::id()));
    assert_eq!(status.versions["opened with sqlite"], rusqlite::version());

    fill(&journal, 12..14).await;
    assert_eq!(look.status().unwrap().runs, 14, "it sees what is written meanwhile");
    drop(journal);
    assert_eq!(look.status().unwrap().holder, None);
}

#[tokio::test]
async fn runs_are_listed_in_pages_and_by_what_they_are() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    fill(&Sqlite::open(&path).unwrap(), 0..12).await;
    let look = Inspect::open(&path).unwrap();
    let ids = |filter: RunFilter| -> Vec<RunId> {
        look.runs(&filter).unwrap().iter().map(|line| line.run).collect()
    };
    let page = RunFilter { limit: 5, ..RunFilter::default() };
    assert_eq!(ids(page.clone()), (0..5).map(run).collect::<Vec<_>>());
    assert_eq!(ids(RunFilter { after: Some(run(9)), ..page.clone() }), [run(10), run(11)]);
    let unfinished = RunFilter { unfinished: true, ..page.clone() };
    assert_eq!(ids(unfinished), [1, 3, 5, 7, 9].map(run));
    assert_eq!(ids(RunFilter { key: Some("order 4".into()), ..page.clone() }), [run(4)]);
    assert_eq!(ids(RunFilter { workflow: Some("none".into()), ..page.clone() }), []);
    assert_eq!(ids(RunFilter { state: Some("completed".into()), ..page.clone() }).len(), 5);
    assert_eq!(ids(RunFilter { state: Some("paused".into()), ..page.clone() }), []);
    assert_eq!(ids(RunFilter { node: Some("node_shop".into()), ..page.clone() }).len(), 5);
    assert_eq!(ids(RunFilter { node: Some("node_mail".into()), ..page.clone() }), []);
    let latest = RunFilter { latest_first: true, limit: 2, ..page.clone() };
    assert_eq!(ids(latest.clone()), [11, 10].map(run));
    assert_eq!(ids(RunFilter { after: Some(run(10)), ..latest }), [9, 8].map(run));
    let started = 1_700_000_000_123;
    assert_eq!(ids(RunFilter { started_from_unix_ms: Some(started), ..page.clone() }).len(), 5);
    assert_eq!(ids(RunFilter { started_from_unix_ms: Some(started + 1), ..page.clone() }), []);
    assert_eq!(ids(RunFilter { started_before_unix_ms: Some(started + 1), ..page.clone() }).len(), 5);
    assert_eq!(ids(RunFilter { started_before_unix_ms: Some(started), ..page }), []);
    let beginning = |id: &str| -> Vec<RunId> {
        look.runs_beginning_with(id, 3).unwrap().iter().map(|line| line.run).collect()
    };
    assert_eq!(beginning(&run(11).to_string()), [run(11)]);
    assert_eq!(beginning("00000000-0000-"), [0, 1, 2].map(run));
    assert_eq!(beginning("00000001"), []);

    let detail = look.run(run(4)).unwrap().unwrap();
    assert_eq!((detail.line.state, detail.line.facts, detail.line.active_ms), (RunState::Completed, 4, 9));
    assert_eq!(detail.line.ended_unix_ms, Some(1_700_000_001_000));
    let steps: Vec<_> =
        detail.steps.iter().map(|step| (step.step.as_str(), step.state, step.attempts)).collect();
    assert_eq!(steps, [("reserve", StepState::Completed, 1), ("charge", StepState::Waiting, 0)]);
    assert_eq!(detail.steps[0].output.as_ref().unwrap().get(), "[4,4,4,4,4]");
    let what: Vec<_> = detail.attempts.iter().map(|attempt| attempt.what.as_str()).collect();
    assert_eq!(what, ["step_scheduled", "step_completed"]);
    assert_eq!(detail.timers.len(), 1);
    assert!(look.run(run(99)).unwrap().is_none());
    assert_eq!(run_id(&run(7).to_string()), Some(run(7)));
    assert_eq!(run_id("order 7"), None);

    let letters = look.dead_letters(3, 2).unwrap();
    assert_eq!(letters.iter().map(|letter| letter.position).collect::<Vec<_>>(), [4, 5]);
    let letter = look.dead_letter(4).unwrap().unwrap().letter;
    assert_eq!(letter.envelope.envelope_id, Uuid::from_u128(3));
    assert!(look.dead_letter(99).unwrap().is_none());
    assert_eq!(look.timers().unwrap().len(), 12);
    assert!(look.damage(9).unwrap().is_empty());
}

#[test]
fn what_is_no_journal_is_not_looked_into() {
    let folder = Folder::new();
    let path = folder.path("notes.txt");
    assert!(Inspect::open(&path).is_err());
    assert!(!path.exists(), "looking makes nothing");
    fs::write(&path, "no database, and long enough to have a header: ".repeat(40)).unwrap();
    assert!(matches!(Inspect::open(&path).unwrap_err(), OpenError::NotAJournal { .. }));
}

#[tokio::test]
async fn a_backup_is_taken_while_the_owner_writes_and_put_back_when_it_does_not() {
    let folder = Folder::new();
    let (path, copy) = (folder.path("orders.db"), folder.path("copy.db"));
    let journal = Sqlite::open(&path).unwrap();
    fill(&journal, 0..10).await;
    let look = Inspect::open(&path).unwrap();
    let backup = look.backup(&copy).unwrap();
    assert_eq!(backup.transactions, 21);
    assert_eq!(fs::metadata(&copy).unwrap().len(), backup.bytes);
    assert!(matches!(look.backup(&copy).unwrap_err(), BackupError::Exists { .. }));
    fill(&journal, 10..20).await;

    let refused = restore(&copy, &path, true).unwrap_err();
    assert!(matches!(refused, BackupError::Open(OpenError::Held { .. })), "{refused}");
    drop((journal, look));
    let refused = restore(&copy, &path, false).unwrap_err();
    assert!(matches!(refused, BackupError::Exists { .. }), "{refused}");
    assert_eq!(Sqlite::open(&path).unwrap().runs().await.unwrap().len(), 20, "nothing was done to it");

    restore(&copy, &path, true).unwrap();
    let restored = Sqlite::open(&path).unwrap();
    assert_eq!(restored.runs().await.unwrap().len(), 10);
    fill(&restored, 10..11).await;
    drop(restored);
    restore(&copy, folder.path("elsewhere.db"), false).unwrap();
    assert_eq!(Sqlite::open(folder.path("elsewhere.db")).unwrap().runs().await.unwrap().len(), 10);
    let left: Vec<_> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_run_that_is_damaged_is_told_and_not_shown() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    fill(&Sqlite::open(&path).unwrap(), 0..2).await;
    support::client(&path)
        .execute_batch(
            "UPDATE entry SET details = '{\"0\":{\"output\":[9]}}' WHERE details IS NOT NULL AND run = 1",
        )
        .unwrap();
    let look = Inspect::open(&path).unwrap();
    let told = look.run(run(0)).unwrap_err().to_string();
    assert!(told.contains(&format!("run {} is not what was written", run(0))), "{told}");
    assert!(look.run(run(1)).unwrap().is_some(), "the other one is whole");
}

#[tokio::test]
async fn a_damaged_backup_is_not_put_back() {
    let folder = Folder::new();
    let (path, copy) = (folder.path("orders.db"), folder.path("copy.db"));
    fill(&Sqlite::open(&path).unwrap(), 0..10).await;
    Inspect::open(&path).unwrap().backup(&copy).unwrap();
    support::client(&copy).execute_batch("UPDATE entry SET at_unix_ms = 0").unwrap();
    let refused = restore(&copy, &path, true).unwrap_err();
    assert!(matches!(refused, BackupError::Damaged { .. }), "{refused}");
    assert_eq!(Sqlite::open(&path).unwrap().runs().await.unwrap().len(), 10);
}

/// Waits until something is so, for at most ten seconds.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn r03_a_key_is_taken_for_as_long_as_its_run_is_kept_and_what_is_over_is_forgotten() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    // All but the marks, which are of now, are of long ago.
    let day = Some(Duration::from_secs(86_400));
    let keep = Keep { runs: day, inbox_marks: day, dead_letters: day, requests: day };
    let relaxed = Options::default().durability(Durability::Relaxed);
    fill(&Sqlite::open_with(&path, relaxed).unwrap(), 0..1300).await;
    let journal = Sqlite::open_with(&path, Options::default().keep(keep)).unwrap();
    until("every run that has ended is forgotten", async || journal.runs().await.unwrap().len() == 650).await;
    until("dead letters are forgotten", async || journal.dead_letters().await.unwrap().is_empty()).await;
    let unfinished = journal.unfinished().await.unwrap();
    assert_eq!(unfinished.len(), 650, "what is alive is kept, however old it is");
    let count = |sql: &str| support::client(&path).query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM inbox"), 1300);
    assert_eq!(count("SELECT count(*) FROM entry WHERE run NOT IN (SELECT id FROM run)"), 0);

    let lease = journal.acquire("tests").await.unwrap();
    let begin = async |id: u128, key: u128| {
        let mut start = Arc::unwrap_or_clone(start(id));
        start.identity = support::start(key).identity.clone();
        let start = Arc::new(start);
        journal.commit(&lease, Commit { start: Some(&start), ..Commit::default() }).await
    };
    begin(5000, 2).await.unwrap();
    let refused = begin(5001, 3).await.unwrap_err();
    assert!(matches!(refused, CommitError::DuplicateRun { .. }), "{refused}");
    drop(journal);

    let short = Keep { inbox_marks: Some(Duration::ZERO), ..Keep::default() };
    let journal = Sqlite::open_with(&path, Options::default().keep(short)).unwrap();
    until("marks are forgotten", async || count("SELECT count(*) FROM inbox") == 0).await;
    drop(journal);
    assert!(Inspect::open(&path).unwrap().damage(9).unwrap().is_empty());
}

/// What is compared is read in several statements: between two of them the owner may write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_owner_writes_meanwhile_is_not_taken_for_damage() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open_with(&path, Options::default().durability(Durability::Relaxed)).unwrap();
    fill(&journal, 0..1).await;
    let is_written = Arc::new(AtomicBool::new(false));
    let until = Arc::clone(&is_written);
    let others = tokio::task::spawn_blocking(move || {
        let look = Inspect::open(&path).unwrap();
        let mut told = Vec::new();
        let mut looks = 0;
        while !until.load(Ordering::Relaxed) {
            told.extend(Requests::open(&path).err().map(|error| error.to_string()));
            told.extend(look.damage(1).unwrap());
            looks += 1;
        }
        (told, looks)
    });
    fill(&journal, 1..600).await;
    is_written.store(true, Ordering::Relaxed);
    let (told, looks) = others.await.unwrap();
    assert_eq!(told, Vec::<String>::new());
    assert!(looks > 5, "looked {looks} times");
}
