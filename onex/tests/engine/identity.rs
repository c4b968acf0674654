//! Which run is which: keys, duplicates, and events that start runs.

use crate::support::*;
use onex::engine::{Settings, StartError};
use onex::journal::{DeadLetterCause, Journal, Retention};
use onex::message::{RunId, Topic};
use onex::node::mount::Mount;
use onex::run::RunState;
use onex::{Envelope, Payload, Runtime};
use serde_json::value::RawValue;
use tokio::time::sleep;
use uuid::Uuid;

const TOPIC: &str = "onex.evt.desk.ticket-opened.v1";

fn by_id(payload: &Payload) -> Option<String> {
    payload.downcast_ref::<Ticket>().map(|ticket| ticket.id.clone())
}

workflow!(rejecting entry(Ticket, "onex.evt.desk.ticket-opened.v1", Reject, Some(crate::identity::by_id)) {} [answer Effect [0]]);
workflow!(joining entry(Ticket, "onex.evt.desk.ticket-opened.v1", Join, Some(crate::identity::by_id)) {} [answer Effect [0]]);
workflow!(renewing entry(Ticket, "onex.evt.desk.ticket-opened.v1", NewRun, Some(crate::identity::by_id)) {} [answer Effect [0]]);
workflow!(keyless entry(Ticket, "onex.evt.desk.ticket-opened.v1", Reject, None) {} [answer Effect [0]]);

fn on<N: Mount<World>>(settings: Settings) -> (World, Runtime<World>) {
    let world = World::default();
    let runtime = Runtime::builder(world.clone()).settings(settings).mount::<N>().build().unwrap();
    (world, runtime)
}

fn ticket(id: &str) -> Ticket {
    Ticket { id: id.into() }
}

#[tokio::test]
async fn r01_an_event_starts_a_run_with_the_event_as_its_input() {
    let (world, runtime) = on::<rejecting::Node>(quick());
    let mut reports = runtime.reports();
    // From outside it comes as JSON, and is decoded before the key is read.
    let payload = Payload::json(RawValue::from_string(r#"{"id":"t-1"}"#.into()).unwrap());
    let id = Uuid::from_u128(9);
    runtime.deliver(Envelope::external(id, Topic::new(TOPIC), payload)).await.unwrap();
    runtime.settled().await;
    let report = reports.try_recv().unwrap();
    assert_eq!((report.state, report.key.to_string().as_str()), (RunState::Completed, "t-1"));
    assert_eq!((report.envelope_id, report.run.0.get_version_num()), (id, 7));
    assert_eq!(report.output::<Ticket>("Ticket").unwrap().id, "t-1");
    assert_eq!(world.scripts.order(), ["answer"]);
    assert!(runtime.journal_outbox().await.is_empty());
}

#[tokio::test]
async fn r03_a_second_event_with_the_key_of_a_run_is_rejected() {
    let (world, runtime) = on::<rejecting::Node>(quick());
    runtime.publish(ticket("t-1")).await.unwrap();
    runtime.settled().await;
    let second = runtime.publish(ticket("t-1")).await.unwrap();
    runtime.publish(ticket("t-2")).await.unwrap();
    runtime.settled().await;
    assert_eq!(world.scripts.order(), ["answer", "answer"]);
    let letters = runtime.dead_letter_list().await.unwrap();
    assert_eq!((letters.len(), letters[0].envelope.envelope_id), (1, second));
    let runs = runtime.journal().runs().await.unwrap();
    let first = runs.iter().find(|run| run.identity.key.to_string() == "t-1").unwrap().run;
    assert_eq!(letters[0].cause, DeadLetterCause::DuplicateRun { run: first, key: "t-1".into() });
    let refused = runtime.run::<rejecting::Node>(ticket("t-1"), None).await.unwrap_err();
    assert!(matches!(refused, StartError::DuplicateRun { run, .. } if run == first), "{refused}");
    // A program may give a key of its own.
    runtime.run::<rejecting::Node>(ticket("t-1"), Some("mine".into())).await.unwrap();
    assert!(runtime.journal_outbox().await.is_empty());
}

#[tokio::test]
async fn r03_a_second_event_joins_the_run_that_is_there() {
    let (world, runtime) = on::<joining::Node>(quick());
    world.scripts.on("answer", |_| async {
        sleep(ms(20)).await;
        Ok(4)
    });
    let first = runtime.start::<joining::Node>(ticket("t-1"), None).await.unwrap();
    runtime.publish(ticket("t-1")).await.unwrap();
    let (id, live) = (first.id(), runtime.start::<joining::Node>(ticket("t-1"), None).await.unwrap());
    assert_eq!(live.id(), id);
    assert_eq!(first.await.unwrap().run, live.await.unwrap().run);
    // Also when it has ended: its report is the answer.
    let ended = runtime.run::<joining::Node>(ticket("t-1"), None).await.unwrap();
    assert_eq!((ended.run, ended.state), (id, RunState::Completed));
    assert_eq!(*ended.output::<u64>("answer").unwrap(), 4);
    runtime.settled().await;
    assert_eq!(world.scripts.calls().len(), 1);
    assert!(runtime.dead_letter_list().await.unwrap().is_empty(), "the event is acknowledged");
    assert_eq!(runtime.counters().runs_started, 1);
}

#[tokio::test]
async fn r03_a_second_event_starts_another_run() {
    let (world, runtime) = on::<renewing::Node>(quick());
    runtime.publish(ticket("t-1")).await.unwrap();
    runtime.publish(ticket("t-1")).await.unwrap();
    runtime.settled().await;
    assert_eq!(world.scripts.order(), ["answer", "answer"]);
    assert_eq!(runtime.counters().runs_completed, 2);
}

#[tokio::test]
async fn r03_without_a_key_the_envelope_is_the_identity() {
    let (_, runtime) = on::<keyless::Node>(quick());
    let id = runtime.publish(ticket("t-1")).await.unwrap();
    runtime.publish(ticket("t-1")).await.unwrap();
    runtime.settled().await;
    let keys: Vec<String> =
        runtime.journal().runs().await.unwrap().iter().map(|run| run.identity.key.to_string()).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys.contains(&id.to_string()));
}

#[tokio::test]
async fn r08_an_event_that_is_delivered_again_starts_one_run() {
    let (world, runtime) = on::<renewing::Node>(quick());
    let envelope = Envelope::external(Uuid::from_u128(1), Topic::new(TOPIC), Payload::new(ticket("t-1")));
    for _ in 0..3 {
        runtime.deliver(envelope.clone()).await.unwrap();
    }
    runtime.settled().await;
    assert_eq!(world.scripts.calls().len(), 1);
    assert_eq!((runtime.counters().runs_started, runtime.counters().duplicates), (1, 2));
    assert!(runtime.journal_outbox().await.is_empty());
}

#[tokio::test]
async fn an_event_that_is_no_input_is_a_dead_letter() {
    let (_, runtime) = on::<rejecting::Node>(quick());
    let payload = Payload::json(RawValue::from_string(r#"{"id":5}"#.into()).unwrap());
    runtime.deliver(Envelope::external(Uuid::from_u128(1), Topic::new(TOPIC), payload)).await.unwrap();
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    let DeadLetterCause::Decode { message } = &letters[0].cause else { panic!("{:?}", letters[0]) };
    assert!(message.contains("line 1 column 7"), "{message}");
    assert_eq!(runtime.counters().runs_started, 0);
}

#[tokio::test]
async fn r03_a_key_is_taken_as_long_as_its_run_is_retained() {
    let retention = Retention { runs: 2, ..Retention::default() };
    let (_, runtime) = on::<rejecting::Node>(Settings { retention, ..quick() });
    let first = runtime.run::<rejecting::Node>(ticket("t-1"), None).await.unwrap();
    runtime.run::<rejecting::Node>(ticket("t-2"), None).await.unwrap();
    assert!(runtime.run::<rejecting::Node>(ticket("t-1"), None).await.is_err());
    runtime.run::<rejecting::Node>(ticket("t-3"), None).await.unwrap();
    assert!(runtime.status(first.run).await.unwrap().is_none());
    runtime.run::<rejecting::Node>(ticket("t-1"), None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_more_runs_are_driven_than_may_be() {
    let (world, runtime) = on::<renewing::Node>(Settings { max_concurrent_runs: 2, ..quick() });
    world.scripts.on("answer", |_| async {
        sleep(ms(100)).await;
        Ok(1)
    });
    for _ in 0..5 {
        runtime.publish(ticket("t-1")).await.unwrap();
    }
    sleep(ms(50)).await;
    assert_eq!(runtime.live_runs().len(), 2);
    runtime.settled().await;
    assert_eq!(world.scripts.calls().len(), 5);
}

#[tokio::test]
async fn runs_sort_by_their_start() {
    let (_, runtime) = on::<keyless::Node>(quick());
    let mut started: Vec<RunId> = Vec::new();
    for _ in 0..5 {
        started.push(runtime.run::<keyless::Node>(ticket("t"), None).await.unwrap().run);
        std::thread::sleep(ms(2));
    }
    assert!(started.is_sorted());
}
