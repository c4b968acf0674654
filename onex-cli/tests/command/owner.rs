//! What the owner of a journal, a runtime in this process, is asked for by the command.

#![allow(missing_docs, reason = "a test's own types")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use onex::engine::RunCause;
use onex::message::{Payload, RunId, Topic};
use onex::run::RunState;
use onex::{Container, Dep, Emit, Envelope, Event, Runtime, handler, orchestrator, reducer};
use onex_sqlite::{Durable as _, Sqlite};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::run::{Run, finished, folder, onex};

struct Bank {
    refuses: AtomicBool,
    /// Each charge takes one.
    permits: Semaphore,
}

#[derive(Container)]
struct App {
    bank: Arc<Bank>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Charged;

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
#[error("the card is refused")]
struct Refused;

impl onex::Classify for Refused {
    fn class(&self) -> onex::FaultClass {
        onex::FaultClass::Permanent
    }
}

#[orchestrator(contract = "tests/command/shop.yaml")]
struct Shop;

#[derive(Event, Serialize, Deserialize)]
struct OrderPlaced {
    order_id: String,
}

#[handler(event = shop::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> Emit<shop::OrderPlaced> {
    let OrderPlaced { order_id: _ } = order;
    Emit::nothing()
}

#[handler(step = shop::charge)]
async fn charge(bank: Dep<Bank>) -> Result<Charged, Refused> {
    bank.permits.acquire().await.expect("it is never closed").forget();
    if bank.refuses.load(Ordering::Relaxed) { Err(Refused) } else { Ok(Charged) }
}

#[handler(step = shop::receipt)]
fn receipt(charge: &Charged) -> String {
    let Charged = charge;
    "paid".to_owned()
}

#[reducer(contract = "tests/command/stock.yaml")]
struct StockLedger;

#[derive(Event, Serialize, Deserialize)]
struct GoodsMoved {
    shelf: String,
    pieces: i64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Stock {
    pieces: i64,
}

#[handler(transition = stock_ledger::GoodsMoved)]
fn goods_moved(stock: &mut Stock, moved: &GoodsMoved) -> Result<(), String> {
    stock.pieces += moved.pieces;
    if stock.pieces < 0 { Err("there are not so many".to_owned()) } else { Ok(()) }
}

struct Owner {
    folder: PathBuf,
    bank: Arc<Bank>,
    runtime: Runtime<App, Sqlite>,
}

async fn own(test: &str, permits: usize, refuses: bool) -> Owner {
    let folder = folder(test);
    let bank = Arc::new(Bank { refuses: AtomicBool::new(refuses), permits: Semaphore::new(permits) });
    let runtime = start(&folder, &bank).await;
    Owner { folder, bank, runtime }
}

async fn start(folder: &Path, bank: &Arc<Bank>) -> Runtime<App, Sqlite> {
    let builder = Runtime::builder(App { bank: Arc::clone(bank) }).mount::<Shop>().mount::<StockLedger>();
    builder.durable(folder.join("orders.db")).await.expect("nobody owns it")
}

impl Owner {
    /// Runs the command beside the runtime.
    async fn onex(&self, args: &[&str]) -> Run {
        let mut command = onex(&self.folder);
        command.args(args).env("USER", "ada");
        tokio::task::spawn_blocking(move || finished(command.output())).await.expect("it does not panic")
    }

    async fn state(&self, run: RunId) -> RunState {
        self.runtime.status(run).await.expect("it is readable").expect("it is there").state
    }
}

fn done(run: &Run) -> &str {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    &run.stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_paused_resumed_and_cancelled() {
    let owner = own("owner_steer", 0, false).await;
    let run = owner.runtime.start::<Shop>((), Some("order 1".to_owned())).await.expect("it starts").id();
    let id = run.to_string();
    let newer = owner.onex(&["runs", "orders.db", "--newer-than", "1h", "--json"]).await;
    assert!(done(&newer).contains(&id));
    let older = owner.onex(&["runs", "orders.db", "--older-than", "1h"]).await;
    assert_eq!((older.stdout.as_str(), older.stderr.as_str()), ("", "no runs\n"));
    let journal = owner.onex(&["journal", "orders.db"]).await;
    assert!(done(&journal).contains(&format!("process {} (`", std::process::id())), "{}", journal.stdout);

    let pause = owner.onex(&["pause", "orders.db", &id, "--reason", "maintenance"]).await;
    assert_eq!(done(&pause), format!("run {id} is paused\n"));
    assert_eq!(owner.state(run).await, RunState::Paused);
    let resume = owner.onex(&["resume", "orders.db", &id[..13], "--json"]).await;
    let object: serde_json::Value = serde_json::from_str(done(&resume)).expect("an object");
    assert_eq!((&object["outcome"], &object["request"]), (&"done".into(), &2.into()));
    assert_eq!(object["owner"]["pid"], std::process::id());
    let cancel = ["cancel", "orders.db", &id, "--reason", "the customer called"];
    assert_eq!(done(&owner.onex(&cancel).await), format!("run {id} is being cancelled\n"));
    owner.bank.permits.add_permits(1);
    owner.runtime.settled().await;
    let again = owner.onex(&cancel).await;
    assert_eq!((again.code, again.stdout.as_str()), (1, ""));
    assert!(
        again.stderr.starts_with("error: refused: ") && again.stderr.contains("is not alive"),
        "{}",
        again.stderr
    );
    let outcome = owner.onex(&["outcome", "orders.db", "4", "--json"]).await;
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("\"outcome\":\"refused\""), "{}", outcome.stdout);
    let refused = owner.onex(&["restore", "orders.db", "orders.db", "--replace"]).await;
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.ends_with("one process at a time can own it; stop it first\n"),
        "{}",
        refused.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_killed() {
    let owner = own("owner_kill", 0, false).await;
    let run = owner.runtime.start::<Shop>((), Some("order 1".to_owned())).await.expect("it starts").id();
    let kill = ["kill", "orders.db", &run.to_string(), "--reason", "refunded by hand"];
    assert_eq!(done(&owner.onex(&kill).await), format!("run {run} is being killed\n"));
    let again = owner.onex(&kill).await;
    assert!(again.code == 1 && again.stderr.contains("was killed before"), "{}", again.stderr);
    owner.bank.permits.add_permits(1);
    owner.runtime.settled().await;
    let report = owner.runtime.status(run).await.expect("it is readable").expect("it is there");
    assert_eq!(report.state, RunState::Cancelled);
    assert_eq!(report.cause, Some(RunCause::Killed { reason: "refunded by hand".to_owned() }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_retried_and_forked() {
    let owner = own("owner_again", 99, true).await;
    let run = owner.runtime.run::<Shop>((), Some("order 1".to_owned())).await.expect("it starts").run;
    let id = run.to_string();
    owner.bank.refuses.store(false, Ordering::Relaxed);
    let retry = owner.onex(&["retry", "orders.db", "--from", "charge", &id]).await;
    assert_eq!(done(&retry), format!("run {id} goes on from `charge`\n"));
    owner.runtime.settled().await;
    assert_eq!(owner.state(run).await, RunState::Completed);
    let fork = owner.onex(&["fork", "orders.db", &id, "--from", "charge", "--json"]).await;
    let object: serde_json::Value = serde_json::from_str(done(&fork)).expect("an object");
    owner.runtime.settled().await;
    let fork = object["fork"].as_str().expect("an id").to_owned();
    let shown = owner.onex(&["run", "orders.db", &fork]).await;
    assert!(done(&shown).contains("state       completed\n"), "{}", shown.stdout);
    let retry = owner.onex(&["retry", "orders.db", &id, "--from", "charge"]).await;
    assert_eq!(retry.code, 1, "it is completed: {}", retry.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_watched_to_its_end() {
    let owner = own("owner_watch", 0, true).await;
    let run = owner.runtime.start::<Shop>((), Some("order 1".to_owned())).await.expect("it starts").id();
    let watch = |json: bool| {
        let mut command = onex(&owner.folder);
        command.args(["run", "orders.db", &run.to_string(), "--watch"]);
        command.args(json.then_some("--json")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the command was built");
        tokio::task::spawn_blocking(move || finished(child.wait_with_output()))
    };
    let (people, programs) = (watch(false), watch(true));
    let beginning = tokio::time::sleep(std::time::Duration::from_millis(500));
    beginning.await;
    owner.bank.permits.add_permits(1);
    let people = people.await.expect("it does not panic");
    let shown = done(&people);
    assert!(shown.contains("state       running\n"), "{shown}");
    assert!(
        shown.contains("  charge  attempt 1  attempt_failed  the card is refused\nfailed\n\nSTEP"),
        "{shown}"
    );
    assert!(shown.ends_with("receipt  not_run    0\n") || shown.contains("receipt  not_run"), "{shown}");
    let programs = programs.await.expect("it does not panic");
    let states: Vec<serde_json::Value> =
        done(&programs).lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    assert_eq!(states.first().map(|run| &run["state"]), Some(&"running".into()));
    assert_eq!(states.last().map(|run| &run["state"]), Some(&"failed".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_moved_and_what_was_asked_is_listed() {
    let owner = own("owner_migrate", 0, false).await;
    let run = owner.runtime.start::<Shop>((), Some("order 1".to_owned())).await.expect("it starts").id();
    let id = run.to_string();
    let moved = owner.onex(&["migrate", "orders.db", "--run", &id]).await;
    assert_eq!(done(&moved), format!("run {id} is on the plan of its program\n"));
    let workflow = owner.onex(&["migrate", "orders.db", "--workflow", "fulfil_order", "--dry-run"]).await;
    assert_eq!(done(&workflow), format!("run {id} can be moved\n"));
    let refused = owner.onex(&["migrate", "orders.db", "--run", &id, "--map", "chrage=settle"]).await;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("the plan of the run has no step `chrage`"), "{}", refused.stderr);
    for (args, told) in [
        (&["--run", &id, "--map", "charge"][..], "`charge` is no mapping of a step"),
        (&["--workflow", "shp"], "has no run of workflow `shp` that is alive or parked"),
        (&[], "<--run <ID>|--workflow <NAME>>"),
    ] {
        let run = owner.onex(&[&["migrate", "orders.db"], args].concat()).await;
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.stderr.contains(told), "{args:?}: {}", run.stderr);
    }
    let listed = owner.onex(&["requests", "orders.db"]).await;
    let lines: Vec<&str> = done(&listed).lines().collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[1].contains(&format!("migrate {id}")) && lines[1].ends_with("done"), "{lines:?}");
    assert!(lines[3].contains("migrate") && lines[3].contains("refused: "), "{lines:?}");
    let page = owner.onex(&["requests", "orders.db", "--after", "2", "--json"]).await;
    let line: serde_json::Value = serde_json::from_str(done(&page)).expect("one object");
    assert_eq!((&line["position"], &line["request"]), (&3.into(), &"migrate".into()));
    assert_eq!(line["map"]["chrage"], "settle");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_delivered_again() {
    let owner = own("owner_redrive", 0, false).await;
    let topic = Topic::new("onex.cmd.shop.place-order.v1");
    let envelope = Envelope::external(uuid::Uuid::from_u128(7), topic, Payload::new("no order".to_owned()));
    owner.runtime.deliver(envelope).await.expect("it is accepted");
    owner.runtime.settled().await;
    let redrive = owner.onex(&["dead-letters", "orders.db", "redrive", "1"]).await;
    assert_eq!(done(&redrive), "dead letter 1 is delivered again\n");
    owner.runtime.settled().await;
    let letters = owner.onex(&["dead-letters", "orders.db", "--json"]).await;
    let causes: Vec<bool> =
        done(&letters).lines().map(|line| line.contains("\"cause\":\"decode\"")).collect();
    assert_eq!(causes, [true, true], "it could not be handled again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_parked_is_listed_tried_again_and_given_up() {
    let owner = own("owner_parked", 0, false).await;
    for pieces in [3, -5, 4] {
        let moved = GoodsMoved { shelf: "north".to_owned(), pieces };
        owner.runtime.publish(moved).await.expect("it is accepted");
    }
    owner.runtime.settled().await;
    let letters = owner.onex(&["dead-letters", "orders.db", "list", "--parked"]).await;
    let line = done(&letters).lines().last().expect("one line").to_owned();
    assert!(line.ends_with("holds back north: there are not so many"), "{line}");
    let letter = owner.onex(&["dead-letters", "orders.db", "show", "1"]).await;
    assert!(done(&letter).contains("\nholds back   north\n"), "{}", letter.stdout);

    let redrive = owner.onex(&["dead-letters", "orders.db", "redrive", "1"]).await;
    assert_eq!(done(&redrive), "dead letter 1 is delivered again\n");
    owner.runtime.settled().await;
    let parked = owner.onex(&["dead-letters", "orders.db", "list", "--parked", "--json"]).await;
    let line: serde_json::Value = serde_json::from_str(done(&parked)).expect("one object");
    assert_eq!((&line["position"], &line["is_parked"]), (&2.into(), &true.into()), "in vain");

    let give_up = ["dead-letters", "orders.db", "give-up", "2", "--reason", "counted wrongly"];
    let given_up = owner.onex(&give_up).await;
    assert_eq!(done(&given_up), "dead letter 2 is given up: what it held back goes on\n");
    owner.runtime.settled().await;
    let stock = owner.runtime.entity::<StockLedger>("north").await.expect("it is readable");
    assert_eq!(stock.expect("it is there").data.pieces, 7);
    let letter = owner.onex(&["dead-letters", "orders.db", "show", "3"]).await;
    assert!(done(&letter).contains("\ngiven up     counted wrongly\n"), "{}", letter.stdout);
    let none = owner.onex(&["dead-letters", "orders.db", "list", "--parked"]).await;
    assert_eq!((none.code, none.stderr.as_str()), (0, "nothing is parked\n"));
    let again = owner.onex(&give_up).await;
    assert_eq!(again.code, 1, "{}", again.stderr);
    assert!(again.stderr.contains("the message is not parked"), "{}", again.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_is_carried_out_by_the_next_owner() {
    let owner = own("owner_next", 99, true).await;
    let run = owner.runtime.run::<Shop>((), Some("order 1".to_owned())).await.expect("it starts").run;
    let Owner { folder, bank, runtime } = owner;
    runtime.close(std::time::Duration::ZERO).await;
    let retry = onex(&folder).args(["retry", "orders.db", &run.to_string(), "--from", "charge"]).output();
    assert_eq!(finished(retry).code, 3);
    bank.refuses.store(false, Ordering::Relaxed);
    let runtime = start(&folder, &bank).await;
    let owner = Owner { folder, bank, runtime };
    let outcome = owner.onex(&["outcome", "orders.db", "1"]).await;
    assert_eq!(done(&outcome), "request 1 is carried out\n");
    owner.runtime.settled().await;
    assert_eq!(owner.state(run).await, RunState::Completed);
}
