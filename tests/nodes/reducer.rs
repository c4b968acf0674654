//! A reducer: an order's ledger, to which its contract says what may happen when.

use std::sync::Arc;

use onex::journal::{Commit, EntityChange, EntityId, Journal, Memory};
use onex::message::{Envelope, Payload, Topic};
use onex::{Ctx, DeadLetterCause, Event, Runtime, handler, reducer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Event, Serialize, Deserialize)]
struct OrderOpened {
    order_id: String,
    due_cents: i64,
    currency: String,
    city: Option<String>,
}

#[derive(Clone, Event, Serialize, Deserialize)]
struct PaymentReceived {
    order_id: String,
    cents: i64,
}

#[derive(Event, Serialize, Deserialize)]
struct ParcelShipped {
    order_id: String,
    tracking: Option<String>,
}

#[derive(Event, Serialize, Deserialize)]
struct OrderCancelled {
    order_id: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Ledger {
    due_cents: i64,
    currency: String,
    address: Address,
    tracking: Option<String>,
    payments: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Address {
    city: Option<String>,
}

/// The contract says which events fold into an order's state, and when they may.
#[reducer(contract = "contracts/ledger.yaml")]
struct OrderLedger;

/// The next state follows from the state and the event.
#[handler(transition = order_ledger::OrderOpened)]
fn order_opened(_state: Ledger, event: &OrderOpened) -> Ledger {
    Ledger {
        due_cents: event.due_cents,
        currency: event.currency.clone(),
        address: Address { city: event.city.clone() },
        ..Ledger::default()
    }
}

/// Or the state is changed in place.
#[handler(transition = order_ledger::PaymentReceived)]
#[allow(clippy::needless_pass_by_value)] // a handler may take its event so
fn payment_received(state: &mut Ledger, event: PaymentReceived, _ctx: Ctx) -> Result<(), String> {
    assert!(event.cents != 13, "thirteen");
    if event.cents <= 0 {
        return Err("a payment is positive".to_owned());
    }
    state.due_cents -= event.cents;
    state.payments += 1;
    Ok(())
}

#[handler(transition = order_ledger::ParcelShipped)]
fn parcel_shipped(state: &mut Ledger, event: &ParcelShipped) {
    state.tracking.clone_from(&event.tracking);
}

#[handler(transition = order_ledger::OrderCancelled)]
fn order_cancelled(_: &mut Ledger, _event: &OrderCancelled) {}

fn opened(order_id: &str, due_cents: i64) -> OrderOpened {
    let (order_id, currency) = (order_id.into(), "EUR".into());
    OrderOpened { order_id, due_cents, currency, city: Some("Basel".into()) }
}

fn paid(order_id: &str, cents: i64) -> PaymentReceived {
    PaymentReceived { order_id: order_id.into(), cents }
}

fn shipped(order_id: &str, tracking: Option<&str>) -> ParcelShipped {
    ParcelShipped { order_id: order_id.into(), tracking: tracking.map(Into::into) }
}

async fn tell<E: Event>(runtime: &Runtime<()>, event: E) {
    tell_on(runtime, event).await;
}

async fn tell_on<E: Event, J: Journal>(runtime: &Runtime<(), J>, event: E) {
    runtime.publish(event).await.expect("it is consumed");
    runtime.settled().await;
}

/// Why the last message was not folded.
async fn refusal(runtime: &Runtime<()>) -> DeadLetterCause {
    runtime.dead_letter_list().await.expect("it is in memory").last().expect("a dead letter").cause.clone()
}

fn refused(state: &str, trigger: &str, message: &str) -> DeadLetterCause {
    DeadLetterCause::TransitionRefused {
        state: state.into(),
        trigger: trigger.into(),
        message: message.into(),
    }
}

fn runtime() -> Runtime<()> {
    Runtime::builder(()).mount::<OrderLedger>().build().expect("a closed application")
}

#[tokio::test]
async fn events_move_an_order_from_state_to_state() {
    let runtime = runtime();
    assert!(runtime.entity::<OrderLedger>("o-1").await.unwrap().is_none());

    tell(&runtime, opened("o-1", 500)).await;
    tell(&runtime, paid("o-1", 200)).await;
    let ledger = runtime.entity::<OrderLedger>("o-1").await.unwrap().unwrap();
    assert_eq!((ledger.state, ledger.data.due_cents), (order_ledger::State::Open, 300));

    tell(&runtime, paid("o-1", 300)).await;
    tell(&runtime, shipped("o-1", Some("CH-77"))).await;
    let ledger = runtime.entity::<OrderLedger>("o-1").await.unwrap().unwrap();
    assert_eq!((ledger.state, ledger.version), (order_ledger::State::Shipped, 4));
    assert_eq!((ledger.data.payments, ledger.data.tracking.as_deref()), (2, Some("CH-77")));
    assert!(runtime.dead_letter_list().await.unwrap().is_empty());
}

#[tokio::test]
async fn r24_each_key_is_an_entity_of_its_own() {
    let runtime = runtime();
    tell(&runtime, opened("o-1", 500)).await;
    tell(&runtime, opened("o-2", 700)).await;
    tell(&runtime, paid("o-2", 700)).await;
    let of = async |key: &str| runtime.entity::<OrderLedger>(key).await.unwrap().unwrap();
    assert_eq!((of("o-1").await.state, of("o-1").await.data.due_cents), (order_ledger::State::Open, 500));
    assert_eq!((of("o-2").await.state, of("o-2").await.data.due_cents), (order_ledger::State::Paid, 0));
}

#[tokio::test]
async fn what_the_machine_does_not_allow_is_a_dead_letter_and_changes_nothing() {
    let runtime = runtime();
    tell(&runtime, shipped("o-1", Some("CH-77"))).await;
    let nowhere = "no transition of this trigger leads out of this state";
    assert_eq!(refusal(&runtime).await, refused("unknown", "parcel_shipped", nowhere));
    assert!(runtime.entity::<OrderLedger>("o-1").await.unwrap().is_none());

    tell(&runtime, opened("o-1", 500)).await;
    tell(&runtime, paid("o-1", 501)).await;
    let too_much = "it takes that `due_cents` equals 0 (contracts/ledger.yaml:28:7); nobody pays more than is due (contracts/ledger.yaml:34:7)";
    assert_eq!(refusal(&runtime).await, refused("open", "payment_received", too_much));
    tell(&runtime, OrderCancelled { order_id: "o-1".into() }).await;
    tell(&runtime, paid("o-1", 500)).await;
    assert_eq!(refusal(&runtime).await, refused("cancelled", "payment_received", nowhere));

    let ledger = runtime.entity::<OrderLedger>("o-1").await.unwrap().unwrap();
    assert_eq!((ledger.state, ledger.version), (order_ledger::State::Cancelled, 2));
    assert_eq!((ledger.data.due_cents, ledger.data.payments), (500, 0), "a refused fold leaves no trace");
}

#[tokio::test]
async fn a_state_is_not_entered_without_the_data_that_it_requires() {
    let runtime = runtime();
    tell(&runtime, OrderOpened { city: None, ..opened("o-1", 500) }).await;
    let cause = refusal(&runtime).await;
    let message = "`open` requires `address.city`, which is not there (contracts/ledger.yaml:27:7)";
    assert_eq!(cause, refused("unknown", "order_opened", message));
}

#[tokio::test]
async fn an_error_and_a_panic_of_a_handler_fold_nothing() {
    let runtime = runtime();
    tell(&runtime, opened("o-1", 500)).await;
    tell(&runtime, paid("o-1", -5)).await;
    let message = "a payment is positive".to_owned();
    assert_eq!(refusal(&runtime).await, DeadLetterCause::HandlerFailed { attempts: 1, message });
    tell(&runtime, paid("o-1", 13)).await;
    let message = "thirteen".to_owned();
    assert_eq!(refusal(&runtime).await, DeadLetterCause::HandlerPanicked { message });
    assert_eq!(runtime.entity::<OrderLedger>("o-1").await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn what_is_no_event_is_a_dead_letter() {
    let runtime = runtime();
    let topic = Topic::new("onex.evt.payments.payment-received.v1");
    let text = serde_json::value::RawValue::from_string(r#"{"order_id":7}"#.into()).unwrap();
    runtime.deliver(Envelope::external(Uuid::from_u128(1), topic, Payload::json(text))).await.unwrap();
    runtime.settled().await;
    assert!(matches!(refusal(&runtime).await, DeadLetterCause::Decode { .. }));
}

/// Redelivered, an event is folded once; and whoever owns the journal next goes on from the same state.
#[tokio::test]
async fn r07_an_event_is_folded_once_and_the_state_is_in_the_journal() {
    let journal = Arc::new(Memory::default());
    let first =
        Runtime::builder(()).mount::<OrderLedger>().build_on(Arc::clone(&journal), "a").await.unwrap();
    first.publish(opened("o-1", 500)).await.unwrap();
    first.settled().await;
    let topic = Topic::new("onex.evt.payments.payment-received.v1");
    let payment = Envelope::external(Uuid::from_u128(9), topic, Payload::new(paid("o-1", 200)));
    first.deliver(payment.clone()).await.unwrap();
    first.settled().await;

    let second =
        Runtime::builder(()).mount::<OrderLedger>().build_on(Arc::clone(&journal), "b").await.unwrap();
    second.deliver(payment).await.unwrap();
    second.settled().await;
    second.publish(paid("o-1", 300)).await.unwrap();
    second.settled().await;
    let ledger = second.entity::<OrderLedger>("o-1").await.unwrap().unwrap();
    assert_eq!((ledger.state, ledger.data.payments, ledger.version), (order_ledger::State::Paid, 2, 3));
    assert!(journal.dead_letters().await.unwrap().is_empty());
}

/// A journal that outlives the process keeps text: the state is read from it, and folded into.
#[tokio::test]
async fn r24_a_state_that_was_kept_as_text_is_folded_into() {
    let before = Memory::default();
    let first = Runtime::builder(()).mount::<OrderLedger>().build_on(before, "a").await.unwrap();
    tell_on(&first, opened("o-1", 500)).await;
    tell_on(&first, paid("o-1", 200)).await;
    let id = EntityId { node: "node_order_ledger_reducer".into(), key: "o-1".into() };
    let text = first.journal().entity(&id).await.unwrap().expect("it is folded").state.to_json().unwrap();

    let after = Memory::default();
    let lease = after.acquire("copy").await.unwrap();
    let change = EntityChange { id, expected_version: 0, state: Payload::json(text) };
    after.commit(&lease, Commit { entity: Some(&change), ..Commit::default() }).await.unwrap();
    let second = Runtime::builder(()).mount::<OrderLedger>().build_on(after, "b").await.unwrap();
    tell_on(&second, paid("o-1", 300)).await;
    let ledger = second.entity::<OrderLedger>("o-1").await.unwrap().unwrap();
    assert_eq!((ledger.state, ledger.data.due_cents), (order_ledger::State::Paid, 0));
    assert_eq!(ledger.data.address.city.as_deref(), Some("Basel"));
}

/// Nothing is lost where many fold into one state at once: who comes too late folds again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_events_of_one_key_are_folded_one_after_the_other() {
    let runtime = runtime();
    tell(&runtime, opened("o-1", 400)).await;
    for _ in 0..400 {
        runtime.publish(paid("o-1", 1)).await.unwrap();
    }
    runtime.settled().await;
    let ledger = runtime.entity::<OrderLedger>("o-1").await.unwrap().unwrap();
    assert_eq!((ledger.state, ledger.data.payments, ledger.version), (order_ledger::State::Paid, 400, 401));
}

#[test]
fn a_handler_is_a_function_that_a_test_can_call() {
    let mut ledger = order_opened(Ledger::default(), &opened("o-1", 500));
    payment_received(&mut ledger, paid("o-1", 100), Ctx::detached()).unwrap();
    assert_eq!(ledger.due_cents, 400);
}
