//! What another process asks of the owner: carried out at once, or when there is one, and answered in the journal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::message::RunId;
use onex::run::RunState;
use onex::{Container, Ctx, Dep, Runtime, RuntimeBuilder, handler, orchestrator};
use onex_sqlite::{Durable as _, Inspect, Keep, Options, Outcome, Request, Requests, RunFilter, Sqlite};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::support::{self, Folder};

/// The outside.
struct Bank {
    refuses: AtomicBool,
    keys: Mutex<Vec<Uuid>>,
    /// Each charge takes one.
    permits: Semaphore,
}

#[derive(Container)]
struct App {
    bank: Arc<Bank>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Reserved;

#[derive(Debug, Serialize, Deserialize)]
struct Charged;

#[derive(Debug, Serialize, Deserialize)]
struct Receipt;

#[derive(Debug, Serialize, Deserialize)]
struct Refused;

impl onex::Classify for Refused {
    fn class(&self) -> onex::FaultClass {
        onex::FaultClass::Permanent
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the card is refused")
    }
}

#[orchestrator(contract = "tests/contracts/shop.yaml")]
struct Shop;

#[handler(step = shop::reserve)]
async fn reserve() -> Reserved {
    Reserved
}

#[handler(step = shop::charge)]
async fn charge(reserve: &Reserved, bank: Dep<Bank>, ctx: Ctx) -> Result<Charged, Refused> {
    let Reserved = reserve;
    bank.keys.lock().unwrap().push(ctx.idempotency_key());
    bank.permits.acquire().await.unwrap().forget();
    if bank.refuses.load(Ordering::Relaxed) { Err(Refused) } else { Ok(Charged) }
}

#[handler(step = shop::receipt)]
fn receipt(charge: &Charged) -> Receipt {
    let Charged = charge;
    Receipt
}

fn bank(permits: usize) -> Arc<Bank> {
    Arc::new(Bank {
        refuses: AtomicBool::new(false),
        keys: Mutex::default(),
        permits: Semaphore::new(permits),
    })
}

fn builder(bank: &Arc<Bank>) -> RuntimeBuilder<App> {
    Runtime::builder(App { bank: Arc::clone(bank) }).mount::<Shop>()
}

/// Asks on a thread of its own, as another process would.
async fn ask(path: &std::path::Path, request: Request) -> Option<Outcome> {
    let path = path.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let requests = Requests::open(path).unwrap();
        let asked = requests.ask(&request, "ada").unwrap();
        requests.wait(asked, Duration::from_secs(20)).unwrap()
    });
    asked.await.unwrap()
}

fn refused(outcome: Option<Outcome>) -> String {
    let Some(Outcome::Refused { why }) = outcome else { panic!("{outcome:?}") };
    why
}

async fn state(runtime: &Runtime<App, Sqlite>, run: RunId) -> RunState {
    runtime.status(run).await.unwrap().unwrap().state
}

#[tokio::test]
async fn runs_are_paused_resumed_and_cancelled_from_another_process() {
    let (folder, bank) = (Folder::new(), bank(0));
    let path = folder.path("orders.db");
    let runtime = builder(&bank).durable(&path).await.unwrap();
    let run = runtime.start::<Shop>((), None).await.unwrap().id();
    let pause = Request::Pause { run, reason: "maintenance".into() };
    assert_eq!(ask(&path, pause).await, Some(Outcome::Done));
    assert_eq!(state(&runtime, run).await, RunState::Paused);
    let look = Inspect::open(&path).unwrap();
    assert_eq!(look.run(run).unwrap().unwrap().line.reason.as_deref(), Some("maintenance"));
    assert_eq!(ask(&path, Request::Resume { run }).await, Some(Outcome::Done));
    let cancel = Request::Cancel { run, reason: "the customer called".into() };
    assert_eq!(ask(&path, cancel.clone()).await, Some(Outcome::Done));
    bank.permits.add_permits(9);
    runtime.settled().await;
    assert_eq!(state(&runtime, run).await, RunState::Cancelled);
    let why = refused(ask(&path, cancel).await);
    assert!(why.contains("is not alive"), "{why}");
    let why = refused(ask(&path, Request::Redrive { position: 9 }).await);
    assert!(why.contains("no dead letter at 9"), "{why}");
}

#[tokio::test]
async fn runs_are_retried_and_forked_from_another_process() {
    let (folder, bank) = (Folder::new(), bank(99));
    let path = folder.path("orders.db");
    bank.refuses.store(true, Ordering::Relaxed);
    let runtime = builder(&bank).durable(&path).await.unwrap();
    let run = runtime.run::<Shop>((), None).await.unwrap().run;
    bank.refuses.store(false, Ordering::Relaxed);
    let retry = Request::RetryFrom { run, step: "charge".into() };
    assert_eq!(ask(&path, retry).await, Some(Outcome::Done));
    runtime.settled().await;
    assert_eq!(state(&runtime, run).await, RunState::Completed);
    let fork = Request::fork_from(run, "charge");
    assert_eq!(ask(&path, fork.clone()).await, Some(Outcome::Done));
    assert_eq!(ask(&path, fork).await, Some(Outcome::Done), "the same fork, which is there");
    runtime.settled().await;
    let [first, second, third] = bank.keys.lock().unwrap()[..] else { panic!("three charges") };
    assert!(first == second && second != third);
    let runs = Inspect::open(&path).unwrap().runs(&RunFilter::default()).unwrap();
    assert_eq!(runs.iter().map(|line| line.state).collect::<Vec<_>>(), [RunState::Completed; 2]);
}

#[tokio::test]
async fn what_is_asked_while_nobody_owns_the_journal_is_done_at_the_next_start() {
    let (folder, bank) = (Folder::new(), bank(0));
    let path = folder.path("orders.db");
    let runtime = builder(&bank).durable(&path).await.unwrap();
    let run = runtime.start::<Shop>((), None).await.unwrap().id();
    runtime.close(Duration::ZERO).await;
    let run_is_over = Inspect::open(&path).unwrap().run(run).unwrap().unwrap().line.ended_unix_ms.is_some();
    assert!(run_is_over, "the shutdown has cancelled it");

    let requests = Requests::open(&path).unwrap();
    let asked = requests.ask(&Request::RetryFrom { run, step: "charge".into() }, "ada").unwrap();
    assert_eq!(requests.wait(asked, Duration::from_millis(50)).unwrap(), None, "nobody is there");
    drop(requests);
    bank.permits.add_permits(9);
    let runtime = builder(&bank).durable(&path).await.unwrap();
    let path = path.clone();
    let outcome = tokio::task::spawn_blocking(move || {
        let requests = Requests::open(&path).unwrap();
        requests.wait(asked, Duration::from_secs(20)).unwrap()
    });
    assert_eq!(outcome.await.unwrap(), Some(Outcome::Done));
    runtime.settled().await;
    assert_eq!(state(&runtime, run).await, RunState::Completed);
    assert!(Inspect::open(folder.path("orders.db")).unwrap().damage(9).unwrap().is_empty());
}

#[tokio::test]
async fn what_was_asked_is_listed_and_forgotten_when_it_was_kept_for_as_long_as_you_say() {
    let (folder, bank) = (Folder::new(), bank(0));
    let path = folder.path("orders.db");
    let runtime = builder(&bank).durable(&path).await.unwrap();
    let run = runtime.start::<Shop>((), None).await.unwrap().id();
    let pause = Request::Pause { run, reason: "maintenance".into() };
    assert_eq!(ask(&path, pause.clone()).await, Some(Outcome::Done));
    refused(ask(&path, Request::Redrive { position: 9 }).await);
    let listed = Inspect::open(&path).unwrap().requests(0, 9).unwrap();
    let [first, second] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!((first.position, &first.request, first.asked_by.as_str()), (1, &pause, "ada"));
    assert_eq!(first.answer, Some(Outcome::Done));
    assert!(first.answered_unix_ms >= Some(first.asked_unix_ms));
    assert!(matches!(second.answer, Some(Outcome::Refused { .. })));
    assert_eq!(Inspect::open(&path).unwrap().requests(1, 9).unwrap().len(), 1, "what follows the first");
    let client = support::client(&path);
    client.execute("UPDATE request SET asked_by = 'eve' WHERE position = 2", []).unwrap();
    let told = Inspect::open(&path).unwrap().requests(0, 9).unwrap_err();
    assert!(std::error::Error::source(&told).unwrap().to_string().contains("request 2"), "{told}");
    client.execute("UPDATE request SET asked_by = 'ada' WHERE position = 2", []).unwrap();
    runtime.close(Duration::ZERO).await;

    let requests = Requests::open(&path).unwrap();
    requests.ask(&Request::Redrive { position: 7 }, "ada").unwrap();
    drop(requests);
    // An owner that answers none.
    let keep = Keep { requests: Some(Duration::ZERO), ..Keep::default() };
    let journal = Sqlite::open_with(&path, Options::default().keep(keep)).unwrap();
    let look = Inspect::open(&path).unwrap();
    for _ in 0..1000 {
        if look.requests(0, 9).unwrap().len() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let left = look.requests(0, 9).unwrap();
    assert_eq!(left.iter().map(|line| line.position).collect::<Vec<_>>(), [3], "what waits is kept");
    drop(journal);
}
