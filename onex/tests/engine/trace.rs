//! A trace is carried from what comes in to all that follows from it, through dead letters, runs and restarts.

use std::sync::{Arc, Mutex};

use crate::support::*;
use onex::message::TraceParent;
use onex::{Envelope, Payload, Runtime};

workflow!(desk entry(Ticket, "onex.evt.desk.ticket-opened.v1", NewRun, None)
    publishes(Answered, "onex.evt.desk.answered.v1") {} [
    think Effect [0]; answer Effect [1] { publishes: Some(1) }
]);

fn trace() -> TraceParent {
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse().unwrap()
}

fn traced(envelope: Envelope) -> Envelope {
    Envelope { traceparent: Some(trace()), ..envelope }
}

fn opened() -> Envelope {
    traced(json("onex.evt.desk.ticket-opened.v1", 1, r#"{"id":"t-1"}"#))
}

#[tokio::test]
async fn what_a_handler_sends_is_of_the_trace_that_its_message_came_with() {
    let world = World::default();
    let runtime = both(&world);
    let topics = [VALIDATED, AUDIT, BOOKED];
    let mut watched = topics.map(|topic| runtime.subscribe(topic));
    runtime.deliver(traced(json(PLACED, 1, r#"{"order_id":"o","items":1}"#))).await.unwrap();
    runtime.settled().await;
    for watched in &mut watched {
        assert_eq!(watched.try_recv().unwrap().traceparent, Some(trace()));
    }
    runtime.deliver(json(PLACED, 2, r#"{"order_id":"p","items":1}"#)).await.unwrap();
    runtime.settled().await;
    assert_eq!(watched[0].try_recv().unwrap().traceparent, None, "nobody makes one up");
}

#[tokio::test]
async fn a_dead_letter_keeps_the_trace_and_so_does_what_is_sent_again() {
    let world = World::default();
    let runtime = both(&world);
    let mut letters = runtime.dead_letters();
    let mut announced = runtime.subscribe("onex.dlq.orders.place-order.v1");
    runtime.deliver(traced(json(PLACED, 1, r#"{"order_id":"o","items":0}"#))).await.unwrap();
    runtime.settled().await;
    let letter = letters.try_recv().unwrap();
    let stored = serde_json::to_string(&letter.envelope).unwrap();
    let stored: onex::journal::StoredEnvelope = serde_json::from_str(&stored).unwrap();
    assert_eq!(stored.again(uuid::Uuid::nil()).unwrap().traceparent, Some(trace()));
    assert_eq!(announced.try_recv().unwrap().traceparent, Some(trace()));
}

#[tokio::test]
async fn steps_see_the_trace_that_started_their_run_and_publish_in_it_after_a_restart_too() {
    let journal = Recording::new();
    let seen: Arc<Mutex<Vec<Option<TraceParent>>>> = Arc::default();
    let world = World::default();
    world.scripts.on("think", |_| std::future::pending());
    let first = Runtime::builder(world).settings(quick()).mount::<desk::Node>();
    let first = first.build_on(Arc::clone(&journal), "one").await.unwrap();
    first.deliver(opened()).await.unwrap();
    breathe().await;
    assert_eq!(first.live_runs().len(), 1);

    let world = World::default();
    let sees = Arc::clone(&seen);
    world.scripts.on("think", move |ctx| {
        sees.lock().unwrap().push(ctx.traceparent);
        async { Ok(1) }
    });
    let next = Runtime::builder(world).settings(quick()).mount::<desk::Node>();
    let next = next.build_on(Arc::clone(&journal), "two").await.unwrap();
    let mut answers = next.subscribe("onex.evt.desk.answered.v1");
    next.settled().await;
    assert_eq!(*seen.lock().unwrap(), [Some(trace())]);
    assert_eq!(answers.try_recv().unwrap().traceparent, Some(trace()));
}

#[tokio::test]
async fn what_a_program_publishes_has_no_trace() {
    let world = World::default();
    let runtime = both(&world);
    let mut watched = runtime.subscribe(VALIDATED);
    runtime.publish(order("o")).await.unwrap();
    runtime.settled().await;
    let envelope = watched.try_recv().unwrap();
    assert_eq!(
        (envelope.traceparent, Payload::get::<OrderValidated>(&envelope.payload).is_ok()),
        (None, true)
    );
}
