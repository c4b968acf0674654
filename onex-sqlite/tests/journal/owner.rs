//! One owner at a time: who is refused, who takes over, and what fences the one that does not know it is not alone.

use std::sync::Arc;
use std::time::Duration;

use onex::journal::{Append, Commit, CommitError, Journal as _};
use onex::run::{Fact, StepId};
use onex_sqlite::{Durable as _, Health, OpenError, Request, Requests, Sqlite};
use tokio::time::timeout;

use crate::support::{self, Folder, fill};

#[tokio::test]
async fn r05_a_second_owner_is_refused_and_told_who_the_first_is() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let first = Sqlite::open(&path).unwrap();
    let refused = Sqlite::open(&path).unwrap_err();
    let OpenError::Held { holder: Some(holder), .. } = &refused else { panic!("{refused}") };
    assert_eq!(holder.pid, std::process::id());
    let text = refused.to_string();
    assert!(text.contains("orders.db") && text.contains(&format!("process {}", holder.pid)), "{text}");

    // Whoever was refused has not disturbed the owner.
    let lease = first.acquire("first").await.unwrap();
    first.commit(&lease, Commit::default()).await.unwrap();
    drop(first);
    let second = Sqlite::open(&path).unwrap();
    assert_eq!(second.acquire("second").await.unwrap().epoch, 2);
}

/// Another process owns the file: this test program, called again, which is then killed.
#[tokio::test]
async fn r05_who_comes_after_a_killed_owner_takes_over() {
    const CHILD: &str = "ONEX_TEST_OWN";
    if let Some(path) = std::env::var_os(CHILD) {
        let journal = Sqlite::open(path).unwrap();
        journal.acquire("the killed one").await.unwrap();
        println!("owned");
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let mut child = support::again("owner::r05_who_comes_after_a_killed_owner_takes_over")
        .env(CHILD, &path)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("owned") {
        line.clear();
        assert!(
            std::io::BufRead::read_line(&mut output, &mut line).unwrap() > 0,
            "the child did not own the file"
        );
    }
    let refused = Sqlite::open(&path).unwrap_err();
    let OpenError::Held { holder: Some(holder), .. } = &refused else { panic!("{refused}") };
    assert_eq!(holder.pid, child.id());

    child.kill().unwrap();
    child.wait().unwrap();
    let journal = Sqlite::open(&path).unwrap();
    assert_eq!(journal.acquire("the next").await.unwrap().epoch, 2);
}

/// Somebody took the lock file away. The epoch, which is in the journal itself, still lets only one of them write.
#[cfg(unix)]
#[tokio::test]
async fn r05_of_two_that_both_believe_to_own_the_file_the_later_commits() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let first = Sqlite::open(&path).unwrap();
    let lease = first.acquire("first").await.unwrap();
    std::fs::remove_file(folder.path("orders.db-owner")).unwrap();
    let second = Sqlite::open(&path).unwrap();
    let later = second.acquire("second").await.unwrap();
    let refused = first.commit(&lease, Commit::default()).await.unwrap_err();
    let CommitError::Fenced { held_by, epoch: 2, your_epoch: 1 } = &refused else { panic!("{refused}") };
    assert_eq!(&**held_by, "second");
    second.commit(&later, Commit::default()).await.unwrap();
}

/// What it asks is refused, and it does not say either that the journal ends where it has left it.
#[cfg(unix)]
#[tokio::test]
async fn r05_who_has_lost_the_file_does_not_make_it_shorter() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let first = Sqlite::open(&path).unwrap();
    let lease = first.acquire("first").await.unwrap();
    std::fs::remove_file(folder.path("orders.db-owner")).unwrap();
    let second = Sqlite::open(&path).unwrap();
    let later = second.acquire("second").await.unwrap();
    for _ in 0..5 {
        second.commit(&later, Commit::default()).await.unwrap();
    }
    let refused = first.commit(&lease, Commit::default()).await.unwrap_err();
    assert!(matches!(refused, CommitError::Fenced { .. }), "{refused}");
    drop((first, second));
    let next = Sqlite::open(&path).unwrap();
    assert_eq!(next.acquire("the next").await.unwrap().epoch, 3);
}

/// What it knows of the runs that it wrote to itself is not what they are.
#[cfg(unix)]
#[tokio::test]
async fn r05_who_acquires_it_again_goes_by_what_others_wrote_in_between() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let first = Sqlite::open(&path).unwrap();
    let (run, step) = (support::start(1), StepId(0));
    let begin = [Fact::RunStarted];
    let more = [Fact::StepScheduled { step, attempt: 1 }];
    let append = |expected_seq, facts| Append {
        run: run.run,
        expected_seq,
        facts,
        details: &[],
        active_ms: 0,
        ended_unix_ms: None,
    };
    let lease = first.acquire("first").await.unwrap();
    let begins = Commit { start: Some(&run), append: Some(append(0, &begin)), ..Commit::default() };
    first.commit(&lease, begins).await.unwrap();
    std::fs::remove_file(folder.path("orders.db-owner")).unwrap();
    let second = Sqlite::open(&path).unwrap();
    let lease = second.acquire("second").await.unwrap();
    let goes_on = Commit { append: Some(append(1, &more)), ..Commit::default() };
    second.commit(&lease, goes_on).await.unwrap();

    let lease = first.acquire("first").await.unwrap();
    let refused = first.commit(&lease, goes_on).await.unwrap_err();
    assert!(matches!(refused, CommitError::WrongSeq { expected: 1, actual: 2, .. }), "{refused}");
}

#[tokio::test]
async fn r05_a_runtime_on_a_file_that_is_held_is_not_built_and_says_who_holds_it() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let runtime = onex::Runtime::builder(()).durable(&path).await.unwrap();
    assert_eq!((runtime.lease().epoch, runtime.journal().path()), (1, path.as_path()));
    let refused = onex::Runtime::builder(()).durable(&path).await.unwrap_err();
    let text = refused.to_string();
    assert!(text.contains(&format!("is held by process {}", std::process::id())), "{text}");
    runtime.close(Duration::ZERO).await;
    let next = onex::Runtime::builder(()).durable(&path).await.unwrap();
    assert_eq!(next.lease().epoch, 2);
}

/// While it looks at what is asked of it, and while others hold it, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r05_who_has_closed_it_opens_it_again_at_once() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let mut clones = Vec::new();
    for round in 1..=20 {
        let runtime = onex::Runtime::builder(()).durable(&path).await.unwrap();
        assert_eq!(runtime.lease().epoch, round);
        let requests = Requests::open(&path).unwrap();
        requests.ask(&Request::Redrive { position: round }, "ada").unwrap();
        drop(requests);
        clones.push(runtime.clone());
        let shutdown = runtime.close(Duration::ZERO).await;
        assert!(shutdown.settled, "{shutdown:?}");
        assert!(!folder.path("orders.db-wal").exists(), "who closes it last empties the log into it");
    }
    let journal = clones[0].journal();
    assert!(matches!(journal.health(), Health::Closed), "{:?}", journal.health());
    let unread = journal.runs().await.unwrap_err();
    let refused = journal.commit(clones[0].lease(), Commit::default()).await.unwrap_err();
    for told in [unread.to_string(), refused.to_string()] {
        assert!(told.ends_with("the journal is closed"), "{told}");
    }
}

/// What it shares with its runtime is not closed under it.
#[tokio::test]
async fn a_journal_that_a_program_shares_is_closed_by_the_program() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Arc::new(Sqlite::open(&path).unwrap());
    let [first, second] = [Arc::clone(&journal), Arc::clone(&journal)];
    let first = onex::Runtime::builder(()).build_on(first, "the first").await.unwrap();
    let second = onex::Runtime::builder(()).build_on(second, "the second").await.unwrap();
    first.close(Duration::ZERO).await;
    journal.commit(second.lease(), Commit::default()).await.unwrap();
    second.close(Duration::ZERO).await;
    assert!(matches!(Sqlite::open(&path), Err(OpenError::Held { .. })));
    drop(journal);
    Sqlite::open(&path).unwrap();
}

/// Whoever gives up waiting for the end does not keep the next one from waiting for it.
#[tokio::test]
async fn several_wait_for_one_end() {
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let journal = Sqlite::open(&path).unwrap();
    fill(&journal, 0..20).await;
    let _ = timeout(Duration::ZERO, journal.close()).await;
    tokio::join!(journal.close(), journal.close());
    Sqlite::open(&path).unwrap();
}
