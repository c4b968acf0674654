//! Steps that one of several events completes: each of them, at the start of a run and in its middle.

use std::sync::Arc;
use std::time::Duration;

use onex::journal::{DeadLetterCause, EventRefusal, Journal, Memory, RunKey, RunSummary};
use onex::run::{RunState, StepState};
use onex::{Container, Emit, Event, RunReport, Runtime, application, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

/// None of them can be cloned.
#[derive(Debug, Event, Serialize, Deserialize)]
struct ClaimFiled {
    claim: String,
    cents: u64,
}

#[derive(Debug, Event, Serialize, Deserialize)]
struct ClaimCalledIn {
    claim: u64,
    by: String,
}

#[derive(Debug, Event, Serialize, Deserialize)]
struct ClaimApproved {
    claim: String,
}

#[derive(Debug, Event, Serialize, Deserialize)]
struct ClaimRejected {
    claim: String,
    because: String,
}

#[orchestrator(contract = "contracts/several/claims.yaml")]
struct Claims;

/// Of two events that start a run, one has a handler that decides.
#[handler(event = claims::ClaimCalledIn)]
async fn claim_called_in(call: &ClaimCalledIn) -> Emit<claims::ClaimCalledIn> {
    if call.by == "nobody" { Emit::nothing() } else { Emit::start() }
}

#[handler(step = claims::weigh)]
fn weigh(received: &claims::ReceivedEvent) -> u64 {
    match received {
        claims::ReceivedEvent::ClaimFiled(filed) => filed.cents,
        claims::ReceivedEvent::ClaimCalledIn(_) => 0,
    }
}

#[handler(step = claims::pay)]
async fn pay(decided: &claims::DecidedEvent, received: &claims::ReceivedEvent) -> String {
    use claims::{DecidedEvent, ReceivedEvent};
    let who = match received {
        ReceivedEvent::ClaimFiled(_) => "the web",
        ReceivedEvent::ClaimCalledIn(call) => &call.by,
    };
    match decided {
        DecidedEvent::ClaimApproved(_) => format!("paid to {who}"),
        DecidedEvent::ClaimRejected(rejected) => format!("not paid to {who}: {}", rejected.because),
    }
}

#[derive(Container, Clone)]
struct Nothing {}

#[application(container = Nothing, nodes = [Claims])]
struct Insurance;

type Engine = Runtime<Nothing, Arc<Memory>>;

async fn open(journal: &Arc<Memory>) -> Engine {
    Insurance::builder(Nothing {}).build_on(Arc::clone(journal), "tests").await.unwrap()
}

async fn breathe() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    sleep(Duration::from_millis(1)).await;
}

/// Events of two types have no order: either may begin its run first.
async fn by_key(journal: &Memory) -> Vec<RunSummary> {
    let mut runs = journal.runs().await.unwrap();
    runs.sort_by_key(|run| run.identity.key.to_string());
    runs
}

async fn reports(runtime: &Engine, journal: &Memory) -> Vec<RunReport> {
    let mut reports = Vec::new();
    for run in by_key(journal).await {
        reports.push(runtime.status(run.run).await.unwrap().unwrap());
    }
    reports
}

#[tokio::test(start_paused = true)]
async fn r02_any_of_the_events_completes_its_step_and_is_told_apart() {
    let journal = Arc::new(Memory::default());
    let runtime = open(&journal).await;
    runtime.publish(ClaimFiled { claim: "1".into(), cents: 700 }).await.unwrap();
    runtime.publish(ClaimCalledIn { claim: 2, by: "Ann".into() }).await.unwrap();
    runtime.publish(ClaimCalledIn { claim: 3, by: "nobody".into() }).await.unwrap();
    breathe().await;
    let runs = by_key(&journal).await;
    let keys: Vec<_> = runs.iter().map(|run| run.identity.key.clone()).collect();
    // The key is that of whichever event it was.
    assert_eq!(keys, [RunKey::Declared("1".into()), RunKey::Declared("2".into())]);
    runtime.publish(ClaimRejected { claim: "2".into(), because: "too late".into() }).await.unwrap();
    runtime.publish(ClaimApproved { claim: "1".into() }).await.unwrap();
    breathe().await;
    let reports = reports(&runtime, &journal).await;
    let ends: Vec<_> =
        reports.iter().map(|report| report.get::<claims::pay>().unwrap().to_string()).collect();
    assert_eq!(ends, ["paid to the web", "not paid to Ann: too late"]);
    assert_eq!(*reports[0].get::<claims::weigh>().unwrap(), 700);
    assert!(matches!(&*reports[1].get::<claims::decided>().unwrap(), claims::DecidedEvent::ClaimRejected(_)));
    assert!(journal.outbox().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r02_one_event_completes_a_gate_and_the_other_is_refused() {
    let journal = Arc::new(Memory::default());
    let runtime = open(&journal).await;
    runtime.publish(ClaimFiled { claim: "1".into(), cents: 700 }).await.unwrap();
    breathe().await;
    runtime.publish(ClaimApproved { claim: "1".into() }).await.unwrap();
    breathe().await;
    runtime.publish(ClaimRejected { claim: "1".into(), because: "after all".into() }).await.unwrap();
    sleep(Duration::from_secs(3600)).await;
    breathe().await;
    let letters = journal.dead_letters().await.unwrap();
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    let over = EventRefusal::RunOver { state: RunState::Completed };
    assert!(matches!(&letter.cause, DeadLetterCause::EventRefused { because, .. } if *because == over));
}

#[tokio::test(start_paused = true)]
async fn r02_after_a_restart_a_run_knows_which_event_it_was() {
    let journal = Arc::new(Memory::default());
    let runtime = open(&journal).await;
    runtime.publish(ClaimCalledIn { claim: 2, by: "Ann".into() }).await.unwrap();
    breathe().await;
    drop(runtime);
    let runtime = open(&journal).await;
    breathe().await;
    assert_eq!(reports(&runtime, &journal).await[0].step("decided").unwrap().state, StepState::Awaiting);
    runtime.publish(ClaimApproved { claim: "2".into() }).await.unwrap();
    breathe().await;
    assert_eq!(*reports(&runtime, &journal).await[0].get::<claims::pay>().unwrap(), "paid to Ann");
}

#[tokio::test(start_paused = true)]
async fn a_program_starts_a_run_with_one_of_the_events() {
    let journal = Arc::new(Memory::default());
    let runtime = open(&journal).await;
    let filed = ClaimFiled { claim: "7".into(), cents: 1 };
    let run = runtime.start::<Claims>(filed.into(), None).await.unwrap();
    breathe().await;
    runtime.publish(ClaimApproved { claim: "7".into() }).await.unwrap();
    assert_eq!(run.await.unwrap().state, RunState::Completed);
}

/// As it is journalled, so that a run of another process is read again.
#[test]
fn an_event_is_written_under_its_name() {
    let filed = claims::ReceivedEvent::from(ClaimFiled { claim: "7".into(), cents: 1 });
    let text = serde_json::to_string(&filed).unwrap();
    assert_eq!(text, r#"{"ClaimFiled":{"claim":"7","cents":1}}"#);
    let read: claims::ReceivedEvent = serde_json::from_str(&text).unwrap();
    assert!(matches!(read, claims::ReceivedEvent::ClaimFiled(filed) if filed.claim == "7"));
}
