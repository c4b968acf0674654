//! An event that is a workflow's entry and has a route: its handler decides whether a run starts.

use onex::run::RunState;
use onex::{Container, DeadLetterCause, Emit, Event, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
struct ParcelArrived {
    label: String,
    grams: u32,
}

#[derive(Event, Serialize, Deserialize)]
struct ParcelRefused {
    label: String,
}

#[orchestrator(contract = "contracts/decided.yaml")]
struct Desk;

#[handler(event = desk::ParcelArrived)]
async fn parcel_arrived(event: &ParcelArrived) -> Emit<desk::ParcelArrived> {
    if event.grams > 30_000 {
        return Emit::event(ParcelRefused { label: event.label.clone() });
    }
    Emit::start()
}

#[handler(step = desk::shelve)]
fn shelve(arrived: &ParcelArrived) -> String {
    format!("{} on shelf {}", arrived.label, arrived.grams % 7)
}

#[derive(Container)]
struct Nothing {}

fn arrived(label: &str, grams: u32) -> ParcelArrived {
    ParcelArrived { label: label.into(), grams }
}

#[tokio::test(start_paused = true)]
async fn r01_the_handler_of_an_entry_event_decides_whether_a_run_starts() {
    let runtime = Runtime::builder(Nothing {}).mount::<Desk>().build().unwrap();
    let mut reports = runtime.reports();
    let mut refused = runtime.subscribe_to::<Desk, ParcelRefused>().unwrap();

    runtime.publish(arrived("small", 500)).await.unwrap();
    runtime.publish(arrived("huge", 50_000)).await.unwrap();
    runtime.settled().await;

    let report = reports.try_recv().expect("the small one is stored");
    assert_eq!((report.key.to_string().as_str(), report.state), ("small", RunState::Completed));
    assert_eq!(*report.output::<String>("shelve").unwrap(), "small on shelf 3");
    assert!(reports.try_recv().is_none(), "the huge one starts no run");
    assert_eq!(refused.try_recv().unwrap().payload.get::<ParcelRefused>().unwrap().label, "huge");
}

#[tokio::test(start_paused = true)]
async fn r03_a_decided_start_has_the_identity_of_its_key() {
    let runtime = Runtime::builder(Nothing {}).mount::<Desk>().build().unwrap();
    let mut reports = runtime.reports();
    let mut dead = runtime.dead_letters();

    runtime.publish(arrived("a", 500)).await.unwrap();
    runtime.settled().await;
    runtime.publish(arrived("a", 500)).await.unwrap();
    runtime.settled().await;

    let run = reports.try_recv().unwrap().run;
    assert_eq!(dead.try_recv().unwrap().cause, DeadLetterCause::DuplicateRun { run, key: "a".into() });
    assert!(reports.try_recv().is_none());
}

#[tokio::test(start_paused = true)]
async fn r04_the_route_of_a_keyed_entry_handles_its_events_in_order() {
    let runtime = Runtime::builder(Nothing {}).mount::<Desk>().build().unwrap();
    let mut reports = runtime.reports();
    let mut dead = runtime.dead_letters();
    let mut ids = Vec::new();
    for label in ["a", "b", "a", "b", "a"] {
        ids.push(runtime.publish(arrived(label, 500)).await.unwrap());
    }
    runtime.settled().await;
    let started = [reports.try_recv().unwrap().envelope_id, reports.try_recv().unwrap().envelope_id];
    assert!(reports.try_recv().is_none() && started.contains(&ids[0]) && started.contains(&ids[1]));
    let mut refused = Vec::new();
    while let Some(letter) = dead.try_recv() {
        assert!(matches!(letter.cause, DeadLetterCause::DuplicateRun { .. }), "{letter:?}");
        refused.push(letter.envelope.envelope_id);
    }
    let of_a: Vec<_> = refused.iter().filter(|id| **id != ids[3]).copied().collect();
    assert_eq!((refused.len(), of_a), (3, vec![ids[2], ids[4]]), "in order");
}
