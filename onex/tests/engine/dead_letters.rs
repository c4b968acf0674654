//! What becomes of messages that nobody could handle.

use std::sync::atomic::Ordering;

use crate::support::*;
use onex::engine::PublishError;
use onex::journal::{DeadLetterCause, Journal};
use onex::{Payload, Runtime};
use uuid::Uuid;

#[tokio::test]
async fn a_payload_that_does_not_decode_is_a_dead_letter_that_says_where() {
    let world = World::default();
    let runtime = both(&world);
    let mut letters = runtime.dead_letters();
    let mut topic = runtime.subscribe("onex.dlq.orders.place-order.v1");
    runtime.deliver(json(PLACED, 7, r#"{"order_id":"o-1"}"#)).await.unwrap();
    runtime.settled().await;
    let letter = letters.try_recv().unwrap();
    let DeadLetterCause::Decode { message } = &letter.cause else { panic!("{:?}", letter.cause) };
    assert!(message.contains("missing field `items` at line 1 column 18"), "{message}");
    assert_eq!(letter.node.as_deref(), Some("node_order_desk"));
    assert_eq!(letter.handler.as_deref(), Some("order_placed"));
    assert_eq!(letter.envelope.payload.as_ref().unwrap().get(), r#"{"order_id":"o-1"}"#);
    // The same on its topic, also for a reader that only knows JSON.
    let announced = topic.try_recv().unwrap();
    assert_eq!(announced.causation_id, Some(Uuid::from_u128(7)));
    let text = announced.payload.to_json().unwrap();
    let read = Payload::json(text).get::<onex::DeadLetter>().unwrap();
    assert_eq!(read.cause, letter.cause);
    assert_eq!(read.envelope.envelope_id, Uuid::from_u128(7));
    assert_eq!(runtime.counters().dead_letters, 1);
    assert!(runtime.journal().outbox().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_dead_letter_can_be_delivered_again() {
    let world = World::default();
    let runtime = both(&world);
    world.desk.failures.store(4, Ordering::Relaxed);
    runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    let letter = runtime.dead_letter_list().await.unwrap().remove(0);
    assert!(!world.desk.done().contains(&"booked o-1".to_owned()));
    let again = letter.envelope.again(Uuid::from_u128(1)).unwrap();
    runtime.deliver(again).await.unwrap();
    runtime.settled().await;
    assert!(world.desk.done().contains(&"booked o-1".to_owned()));
}

#[tokio::test]
async fn an_envelope_for_nobody_is_refused_and_kept() {
    let runtime = both(&World::default());
    let refused = runtime.deliver(json("onex.evt.orders.lost.v1", 7, "{}")).await;
    assert!(matches!(refused, Err(PublishError::Unroutable { .. })), "{refused:?}");
    let letters = runtime.dead_letter_list().await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].cause, DeadLetterCause::Unroutable);
    assert_eq!((letters[0].envelope.envelope_id, &letters[0].node), (Uuid::from_u128(7), &None));
    // A program that watches is somebody.
    let mut watching = runtime.subscribe("onex.evt.orders.lost.v1");
    runtime.deliver(json("onex.evt.orders.lost.v1", 8, "{}")).await.unwrap();
    assert_eq!(watching.try_recv().unwrap().envelope_id, Uuid::from_u128(8));
}

#[tokio::test(start_paused = true)]
async fn r12_an_effects_error_is_retried_and_then_a_dead_letter() {
    let world = World::default();
    let runtime = both(&world);
    world.desk.failures.store(3, Ordering::Relaxed);
    runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    assert_eq!(*world.desk.attempts.lock().unwrap(), [1, 2, 3, 4]);
    assert!(world.desk.done().contains(&"booked o-1".to_owned()), "the third retry succeeds");
    assert!(runtime.dead_letter_list().await.unwrap().is_empty());

    world.desk.failures.store(4, Ordering::Relaxed);
    runtime.publish(order("o-2")).await.unwrap();
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    let message = "the ledger is locked".to_owned();
    assert_eq!(letters[0].cause, DeadLetterCause::HandlerFailed { attempts: 4, message });
    assert_eq!(letters[0].envelope.topic.as_str(), VALIDATED);
    assert_eq!(runtime.counters().retries, 6);
}

#[tokio::test]
async fn r12_an_orchestrators_error_is_not_retried() {
    let runtime = both(&World::default());
    runtime.publish(OrderPlaced { order_id: "o-1".into(), items: 0 }).await.unwrap();
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    let message = "no items".to_owned();
    assert_eq!(letters[0].cause, DeadLetterCause::HandlerFailed { attempts: 1, message });
    assert_eq!(runtime.counters().emitted, 1, "only the dead letter");
}

#[tokio::test]
async fn a_handler_that_panics_harms_nobody_else() {
    expect_panic("thirteen items");
    let world = World::default();
    let runtime = both(&world);
    runtime.publish(OrderPlaced { order_id: "o-1".into(), items: 13 }).await.unwrap();
    runtime.publish(order("o-2")).await.unwrap();
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    assert_eq!(letters.len(), 1);
    let message = "thirteen items".to_owned();
    assert_eq!(letters[0].cause, DeadLetterCause::HandlerPanicked { message });
    assert!(world.desk.done().contains(&"booked o-2".to_owned()));
}

#[tokio::test]
async fn a_failing_handler_of_dead_letters_makes_no_more_of_them() {
    let runtime = Runtime::builder(World::default())
        .mount::<OrderDesk>()
        .mount::<Books>()
        .mount::<undertaker::Node>()
        .build()
        .unwrap();
    runtime.deliver(json(PLACED, 1, "{}")).await.unwrap();
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    let topics: Vec<&str> = letters.iter().map(|letter| letter.envelope.topic.as_str()).collect();
    assert_eq!(topics, [PLACED, "onex.dlq.orders.place-order.v1"]);
}

workflow!(undertaker entry(OrderPlaced, "onex.dlq.orders.place-order.v1", NewRun, None) {} [bury Effect [0]]);
