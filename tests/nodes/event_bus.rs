//! Contracts that name topics in `event_bus` and types in their routes run as those do that list both together.

#![allow(missing_docs, reason = "a test's own types")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use onex::{Container, Dep, Emit, Event, Runtime, effect, handler};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
struct ModelStoreOrder {
    id: u64,
}

#[derive(Event, Serialize, Deserialize)]
struct ModelOrderPaid {
    id: u64,
}

#[derive(Event, Serialize, Deserialize)]
struct OrderStored {
    id: u64,
}

#[derive(Event, Serialize, Deserialize)]
struct ModelHealthAsked;

struct Seen(AtomicU64);

#[derive(Container)]
struct App {
    seen: Arc<Seen>,
}

#[effect(contract = "contracts/event_bus.yaml")]
struct Store;

#[handler(event = store::ModelStoreOrder)]
async fn store_order(order: &ModelStoreOrder) -> Emit<store::ModelStoreOrder> {
    Emit::event(OrderStored { id: order.id })
}

#[handler(event = store::ModelOrderPaid)]
async fn order_paid(order: &ModelOrderPaid, seen: Dep<Seen>) {
    seen.0.fetch_add(order.id, Ordering::SeqCst);
}

#[effect(contract = "contracts/only_handler.yaml")]
struct Health;

#[handler(event = health::ModelHealthAsked)]
async fn health_asked(_: &ModelHealthAsked, seen: Dep<Seen>) {
    seen.0.fetch_add(100, Ordering::SeqCst);
}

#[tokio::test]
async fn they_run() {
    let seen = Arc::new(Seen(AtomicU64::new(0)));
    let app = App { seen: Arc::clone(&seen) };
    let runtime = Runtime::builder(app).mount::<Store>().mount::<Health>().build().unwrap();
    let mut stored = runtime.subscribe_to::<Store, OrderStored>().unwrap();
    runtime.publish(ModelStoreOrder { id: 7 }).await.unwrap();
    runtime.publish(ModelOrderPaid { id: 8 }).await.unwrap();
    runtime.publish(ModelHealthAsked).await.unwrap();
    runtime.settled().await;

    let envelope = stored.try_recv().expect("it was emitted");
    assert_eq!(&*envelope.wire_type, "store.order-stored");
    assert_eq!(envelope.payload.get::<OrderStored>().unwrap().id, 7);
    assert_eq!(seen.0.load(Ordering::SeqCst), 108);
    assert_eq!(runtime.counters().handled, 3);
}
