//! Runs that wait for events, and lists that are half done, go on from the file: after a process that ended in the middle,
//! and after one that was shut down.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::Settings;
use onex::journal::{DeadLetterCause, EventRefusal, Journal};
use onex::message::{RunId, item_action_id};
use onex::run::{RunState, StepState};
use onex::{Container, Ctx, Dep, Event, Runtime, application, handler, orchestrator};
use onex_sqlite::{Durable as _, Sqlite};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::support::{Folder, client};

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct CaseFiled {
    case_id: String,
    papers: Vec<String>,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct CaseDecided {
    case_id: String,
    by: String,
}

#[orchestrator(contract = "tests/contracts/waiting/desk.yaml")]
struct Cases;

/// Copies as many papers as it may.
struct Copier {
    may: Semaphore,
    began: Mutex<Vec<(String, Uuid)>>,
}

#[derive(Container)]
struct Office {
    copier: Arc<Copier>,
}

#[application(container = Office, nodes = [Cases])]
struct Desk;

#[handler(step = cases::copied)]
async fn copied(item: &String, copier: Dep<Copier>, ctx: Ctx) -> String {
    copier.began.lock().unwrap().push((item.clone(), ctx.idempotency_key()));
    copier.may.acquire().await.unwrap().forget();
    format!("copy of {item}")
}

#[handler(step = cases::closed)]
async fn closed(copied: &Vec<String>, decided: &CaseDecided) -> String {
    format!("{} by {}", copied.join(", "), decided.by)
}

type Engine = Runtime<Office, Sqlite>;

fn copier(may: usize) -> Arc<Copier> {
    Arc::new(Copier { may: Semaphore::new(may), began: Mutex::default() })
}

/// A process with the file, which ends as by a crash when `work` has: all its tasks are gone.
fn process<T>(path: &Path, copier: &Arc<Copier>, work: impl AsyncFnOnce(&Engine) -> T) -> T {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    tokio.block_on(async {
        let settings = Settings { dormant_after: Duration::ZERO, ..Settings::default() };
        let office = Office { copier: Arc::clone(copier) };
        let runtime = Desk::builder(office).settings(settings).durable(path).await.unwrap();
        work(&runtime).await
    })
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waited = timeout(Duration::from_secs(20), async {
        while !is_so().await {
            sleep(Duration::from_millis(2)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("it does not come to this: {what}"));
}

async fn file(runtime: &Engine, case_id: &str, papers: &[&str]) {
    let papers = papers.iter().map(|paper| (*paper).to_owned()).collect();
    runtime.publish(CaseFiled { case_id: case_id.into(), papers }).await.unwrap();
}

async fn decide(runtime: &Engine, case_id: &str, by: &str) {
    runtime.publish(CaseDecided { case_id: case_id.into(), by: by.into() }).await.unwrap();
}

async fn output_of(runtime: &Engine, run: RunId) -> Option<String> {
    let report = runtime.status(run).await.unwrap().unwrap();
    report.output::<String>("closed").ok().map(|output| (*output).clone())
}

/// What the views say: each step with its state and, if it goes over a list, how many entries that has.
fn steps_of(path: &Path, run: RunId) -> Vec<(String, String, Option<u32>)> {
    let connection = client(path);
    let sql = "SELECT step, state, fanned_out FROM steps WHERE run = ?1 ORDER BY number";
    let mut statement = connection.prepare(sql).unwrap();
    let rows =
        statement.query_map([run.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn r14_a_list_that_is_half_done_and_an_early_event_go_on_in_the_next_process() {
    let folder = Folder::new();
    let (path, first, second) = (folder.path("cases.db"), copier(3), copier(99));
    let run = process(&path, &first, async |runtime| {
        file(runtime, "c-1", &["a", "b", "c", "d", "e"]).await;
        decide(runtime, "c-1", "the judge").await;
        until("three are copied, and two begun", async || first.began.lock().unwrap().len() == 5).await;
        let run = runtime.live_runs()[0];
        until("what is copied is recorded", async || {
            let report = runtime.status(run).await.unwrap().unwrap();
            let of_papers = report.step("copied").unwrap().instances.iter();
            of_papers.filter(|of| of.state == StepState::Completed).count() == 3
        })
        .await;
        run
    });
    let entries = |state: &str| ("copied".to_owned(), state.to_owned(), Some(5));
    assert_eq!(steps_of(&path, run)[1], entries("fanned_out"));

    process(&path, &second, async |runtime| {
        until("the early event is taken", async || output_of(runtime, run).await.is_some()).await;
        let copies = "copy of a, copy of b, copy of c, copy of d, copy of e by the judge";
        assert_eq!(output_of(runtime, run).await.unwrap(), copies);
        decide(runtime, "c-1", "another judge").await;
        runtime.settled().await;
        let letters = runtime.journal().dead_letters().await.unwrap();
        let over = EventRefusal::RunOver { state: RunState::Completed };
        let [letter] = &letters[..] else { panic!("{letters:?}") };
        let is_late =
            matches!(&letter.cause, DeadLetterCause::EventRefused { because, .. } if *because == over);
        assert!(is_late, "{letter:?}");
    });
    assert_eq!(steps_of(&path, run)[1], entries("completed"));
    let mut again = second.began.lock().unwrap().clone();
    again.sort();
    let keys = [3, 4].map(|item| item_action_id(run, "copied", item, false, 0));
    assert_eq!(
        again,
        [("d".to_owned(), keys[0]), ("e".to_owned(), keys[1])],
        "what is recorded is not done again"
    );
    assert!(again.iter().all(|of| first.began.lock().unwrap().contains(of)), "under the same keys");
}

#[test]
fn r02_runs_that_wait_sleep_on_in_the_next_process_until_their_events_come() {
    const RUNS: usize = 300;
    let folder = Folder::new();
    let (path, copier) = (folder.path("cases.db"), copier(0));
    process(&path, &copier, async |runtime| {
        for number in 0..RUNS {
            file(runtime, &format!("c-{number}"), &[]).await;
        }
        until("all wait", async || runtime.load().asleep == RUNS && runtime.load().runs == 0).await;
    });
    let run = process(&path, &copier, async |runtime| {
        until("all are known to sleep", async || runtime.load().asleep == RUNS).await;
        let (load, counters) = (runtime.load(), runtime.counters());
        assert_eq!((load.runs, load.in_flight, counters.runs_taken_over), (0, RUNS, RUNS as u64));
        assert!(load.tasks <= 2, "{} tasks for runs that sleep", load.tasks);
        decide(runtime, "c-7", "the judge").await;
        until("it is over", async || runtime.counters().runs_completed == 1).await;
        decide(runtime, "c-7", "another judge").await;
        until("it is refused", async || runtime.counters().dead_letters == 1).await;
        assert_eq!(runtime.counters().runs_woken, 1, "nobody else has woken");
        assert_eq!(runtime.load().asleep, RUNS - 1);
        assert!(runtime.cancel(runtime.live_runs()[3], "not needed"));
        until("it is cancelled", async || runtime.counters().runs_cancelled == 1).await;
        runtime.live_runs()[0]
    });
    assert_eq!(steps_of(&path, run)[2], ("decided".to_owned(), "awaiting".to_owned(), None));
    assert_eq!(steps_of(&path, run)[1], ("copied".to_owned(), "completed".to_owned(), Some(0)));
}

#[test]
fn r20_a_shutdown_leaves_what_waits_to_the_next_process() {
    let folder = Folder::new();
    let (path, copier) = (folder.path("cases.db"), copier(1));
    let run = process(&path, &copier, async |runtime| {
        file(runtime, "c-1", &["a"]).await;
        until("it waits", async || runtime.load().asleep == 1).await;
        let run = runtime.live_runs()[0];
        let shutdown = runtime.shutdown(Duration::from_secs(20)).await;
        assert_eq!((shutdown.settled, shutdown.left, shutdown.cancelled), (false, 1, 0));
        run
    });
    process(&path, &copier, async |runtime| {
        assert_eq!(runtime.live_runs(), [run]);
        decide(runtime, "c-1", "the judge").await;
        runtime.settled().await;
        assert_eq!(output_of(runtime, run).await.as_deref(), Some("copy of a by the judge"));
        assert!(runtime.shutdown(Duration::from_secs(20)).await.settled);
    });
}
