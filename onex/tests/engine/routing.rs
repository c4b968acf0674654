//! Envelopes: from outside to a handler, from a handler to the next, and to the dead letters.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::support::*;
use onex::Runtime;
use onex::engine::{PublishError, Settings, SubscribeError};
use onex::journal::Journal;
use onex::message::emitted_id;
use tokio::sync::Semaphore;

#[tokio::test]
async fn an_event_reaches_its_handler_and_what_it_emits_the_next() {
    let world = World::default();
    let runtime = both(&world);
    let mut validated = runtime.subscribe(VALIDATED);
    let mut booked = runtime.subscribe_to::<Books, OrderBooked>().unwrap();
    let id = runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;

    let first = validated.try_recv().unwrap();
    let second = booked.try_recv().unwrap();
    assert_eq!(first.payload.get::<OrderValidated>().unwrap().order_id, "o-1");
    assert_eq!(&*first.wire_type, "orders.order-validated");
    assert_eq!((first.causation_id, first.correlation_id), (Some(id), id));
    assert_eq!(second.topic.as_str(), BOOKED);
    assert_eq!((second.causation_id, second.correlation_id), (Some(first.envelope_id), id));
    let mut done = world.desk.done();
    done.sort();
    assert_eq!(done, ["booked o-1", "recorded placed o-1"]);
    assert!(runtime.journal().outbox().await.unwrap().is_empty(), "what is handled leaves the outbox");
    let counters = runtime.counters();
    assert_eq!((counters.accepted, counters.handled, counters.emitted), (1, 3, 3));
}

#[tokio::test]
async fn an_intent_goes_to_the_node_that_executes_it_and_can_be_watched() {
    let world = World::default();
    let runtime = both(&world);
    let mut intents = runtime.subscribe(AUDIT);
    runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    let intent = intents.try_recv().unwrap();
    assert_eq!(&*intent.wire_type, "audit.record_line");
    assert!(world.desk.done().contains(&"recorded placed o-1".to_owned()));
}

#[tokio::test]
async fn r08_what_a_handler_emits_has_ids_made_of_its_cause() {
    let world = World::default();
    let runtime = both(&world);
    let (mut validated, mut intents) = (runtime.subscribe(VALIDATED), runtime.subscribe(AUDIT));
    let id = runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    let event = emitted_id(id, "node_order_desk", "order_placed", "orders.order-validated", 0);
    let intent = emitted_id(id, "node_order_desk", "order_placed", "audit.record_line", 1);
    assert_eq!(validated.try_recv().unwrap().envelope_id, event);
    assert_eq!(intents.try_recv().unwrap().envelope_id, intent);
}

#[tokio::test]
async fn r08_an_envelope_that_is_delivered_again_is_handled_once() {
    let world = World::default();
    let runtime = both(&world);
    let envelope = json(PLACED, 7, r#"{"order_id":"o-1","items":2}"#);
    runtime.deliver(envelope.clone()).await.unwrap();
    runtime.settled().await;
    runtime.deliver(envelope.clone()).await.unwrap();
    runtime.settled().await;
    // And at the same time as itself.
    let again = json(PLACED, 8, r#"{"order_id":"o-2","items":2}"#);
    runtime.deliver(again.clone()).await.unwrap();
    runtime.deliver(again).await.unwrap();
    runtime.settled().await;
    assert_eq!(runtime.counters().duplicates, 2);
    let booked = world.desk.done().iter().filter(|line| line.starts_with("booked")).count();
    assert_eq!(booked, 2);
    assert!(runtime.journal().outbox().await.unwrap().is_empty());
    assert!(runtime.dead_letter_list().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_event_that_nobody_consumes_cannot_be_published() {
    let runtime = Runtime::builder(World::default()).mount::<Books>().build().unwrap();
    let refused = runtime.publish(order("o-1")).await.unwrap_err();
    assert!(refused.to_string().contains("no mounted node consumes the event `OrderPlaced`"), "{refused}");
    let unknown = runtime.subscribe_to::<OrderDesk, OrderPlaced>().unwrap_err();
    assert_eq!(unknown, SubscribeError::NotMounted { node: "node_order_desk" });
    let unknown = runtime.subscribe_to::<Books, OrderPlaced>().unwrap_err();
    assert_eq!(unknown, SubscribeError::NoSuchEvent { node: "node_books", event: "OrderPlaced" });
}

#[tokio::test]
async fn publishing_waits_while_as_much_is_in_flight_as_may_be() {
    let world = World::default();
    let gate = Arc::new(Semaphore::new(0));
    *world.desk.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let settings = Settings { max_in_flight: 2, ..quick() };
    let runtime = Runtime::builder(world.clone()).settings(settings).mount::<Books>().build().unwrap();
    let intent = |id| json(AUDIT, id, r#"{"line":"x"}"#);
    runtime.deliver(intent(1)).await.unwrap();
    runtime.deliver(intent(2)).await.unwrap();
    let third = tokio::spawn({
        let (runtime, third) = (runtime.clone(), intent(3));
        async move { runtime.deliver(third).await }
    });
    breathe().await;
    assert!(!third.is_finished(), "there is no room for a third");
    assert_eq!(runtime.counters().accepted, 2);
    gate.add_permits(1);
    third.await.unwrap().unwrap();
    gate.add_permits(2);
    runtime.settled().await;
    assert_eq!(world.desk.done().len(), 3);
}

#[tokio::test]
async fn what_is_caused_inside_needs_no_room() {
    // With room for one, a handler whose answer waited for room would wait for itself.
    let world = World::default();
    let settings = Settings { max_in_flight: 1, ..quick() };
    let builder = Runtime::builder(world.clone()).settings(settings);
    let runtime = builder.mount::<OrderDesk>().mount::<Books>().build().unwrap();
    for number in 0..10 {
        runtime.publish(order(&format!("o-{number}"))).await.unwrap();
    }
    runtime.settled().await;
    assert_eq!(world.desk.done().len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_among_a_thousand_events() {
    expect_panic("thirteen items");
    let world = World::default();
    let settings = Settings { max_in_flight: 16, ..quick() };
    let builder = Runtime::builder(world.clone()).settings(settings);
    let runtime = builder.mount::<OrderDesk>().mount::<Books>().build().unwrap();
    world.desk.failures.store(50, Ordering::Relaxed);
    let mut publishers = Vec::new();
    for publisher in 0..4_u32 {
        let runtime = runtime.clone();
        publishers.push(tokio::spawn(async move {
            for number in 0..250_u32 {
                let items = if number % 10 == 0 { [0, 13][(number as usize / 10) % 2] } else { 1 };
                let order_id = format!("o-{publisher}-{number}");
                runtime.publish(OrderPlaced { order_id, items }).await.unwrap();
            }
        }));
    }
    for publisher in publishers {
        publisher.await.unwrap();
    }
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    let of_topic =
        |topic: &str| letters.iter().filter(|letter| letter.envelope.topic.as_str() == topic).count();
    let done = world.desk.done();
    let booked = done.iter().filter(|line| line.starts_with("booked")).count();
    assert_eq!(of_topic(PLACED), 100, "each bad order is a dead letter");
    assert_eq!(done.len() - booked, 900, "each good order is recorded");
    assert_eq!(booked + of_topic(VALIDATED), 900, "and booked, or a dead letter");
    assert!(runtime.journal().outbox().await.unwrap().is_empty());
    assert_eq!(runtime.counters().accepted, 1000);
}

workflow!(second_reader entry(OrderValidated, "onex.evt.orders.order-validated.v1", NewRun, None) {}
    [read Effect [0]]);

#[tokio::test]
async fn an_event_reaches_every_node_that_subscribes() {
    let world = World::default();
    let builder = Runtime::builder(world.clone()).mount::<OrderDesk>().mount::<Books>();
    let runtime = builder.mount::<second_reader::Node>().build().unwrap();
    runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    assert!(world.desk.done().contains(&"booked o-1".to_owned()));
    assert_eq!(world.scripts.order(), ["read"]);
    assert!(
        runtime.journal().outbox().await.unwrap().is_empty(),
        "it leaves the outbox when both have handled it"
    );
}

#[tokio::test]
async fn after_a_shutdown_nothing_is_accepted() {
    let world = World::default();
    let runtime = both(&world);
    runtime.publish(order("o-1")).await.unwrap();
    let shutdown = runtime.shutdown(ms(1000)).await;
    assert!(shutdown.settled);
    assert_eq!(world.desk.done().len(), 2, "what was accepted is handled, and what follows from it");
    assert!(matches!(runtime.publish(order("o-2")).await, Err(PublishError::Closed)));
}
