//! The order orchestrator of the specification's template, run: events and intents only, and never a result.

#![allow(missing_docs, reason = "a test's own types")]

// The template names its modules from the package `myapp`.
extern crate self as myapp;

pub mod models {
    pub mod events {
        use onex::Event;
        use serde::{Deserialize, Serialize};

        #[derive(Clone, Event, Serialize, Deserialize)]
        pub struct OrderPlacedEvent {
            pub order_id: String,
            pub items: Vec<Item>,
        }

        #[derive(Clone, Serialize, Deserialize)]
        pub struct Item {
            pub price: f64,
            pub quantity: u32,
        }

        /// The contract calls it by the name that it has on the other side.
        #[derive(Event, Serialize, Deserialize)]
        #[event(name = "OrderFulfilledEvent")]
        pub struct Fulfilled {
            pub order_id: String,
        }
    }
}

use std::sync::Arc;

use models::events::{Fulfilled, Item, OrderFulfilledEvent, OrderPlacedEvent};
use onex::{Container, Dep, Emit, Event, Intent, Runtime, effect, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;

#[derive(Event, Serialize, Deserialize)]
pub struct OrderValidated {
    pub order_id: String,
    pub total: f64,
}

#[derive(Event, Serialize, Deserialize)]
pub struct OrderCompleted {
    pub order_id: String,
}

#[derive(Intent, Serialize, Deserialize)]
#[intent("payment.process")]
pub struct ProcessPayment {
    pub order_id: String,
    pub amount: f64,
}

#[derive(Intent, Serialize, Deserialize)]
#[intent("fulfillment.start")]
pub struct StartFulfillment {
    pub order_id: String,
}

#[orchestrator(contract = "contracts/order_template.yaml")]
pub struct OrderWorkflow;

#[effect(contract = "contracts/payment.yaml")]
pub struct Payment;

#[effect(contract = "contracts/fulfillment.yaml")]
pub struct Fulfillment;

/// Validates the order: emits what happened, and asks for what should happen next. The event is also the workflow's entry,
/// so the handler decides whether a run starts.
#[handler(event = order_workflow::OrderPlacedEvent)]
async fn order_placed(event: &OrderPlacedEvent) -> Emit<order_workflow::OrderPlacedEvent> {
    let order_id = event.order_id.clone();
    let total = event.items.iter().map(|item| item.price * f64::from(item.quantity)).sum();
    Emit::event(OrderValidated { order_id: order_id.clone(), total })
        .and_intent(ProcessPayment { order_id: order_id.clone(), amount: total })
        .and_intent(StartFulfillment { order_id })
        .and_start()
}

#[handler(event = order_workflow::OrderFulfilledEvent)]
async fn order_fulfilled(event: &Fulfilled) -> Emit<order_workflow::OrderFulfilledEvent> {
    Emit::event(OrderCompleted { order_id: event.order_id.clone() })
}

#[derive(Container)]
pub struct App {
    payments: Arc<UnboundedSender<(String, f64)>>,
}

#[handler(intent = payment::ProcessPayment)]
async fn process_payment(
    intent: &ProcessPayment,
    payments: Dep<UnboundedSender<(String, f64)>>,
) -> Result<(), String> {
    payments.send((intent.order_id.clone(), intent.amount)).map_err(|_| "the bank is closed".to_owned())
}

#[handler(intent = fulfillment::StartFulfillment)]
async fn start_fulfillment(intent: &StartFulfillment) -> Emit<fulfillment::StartFulfillment> {
    Emit::event(OrderFulfilledEvent { order_id: intent.order_id.clone() })
}

#[handler(step = order_workflow::validate_order)]
fn validate_order(receive_order: &OrderPlacedEvent) -> Result<f64, String> {
    let total = receive_order.items.iter().map(|item| item.price * f64::from(item.quantity)).sum();
    if total > 0.0 { Ok(total) } else { Err("an order costs something".into()) }
}

#[handler(step = order_workflow::compute_state)]
fn compute_state(validate_order: &f64) -> String {
    if *validate_order > 100.0 { "large".into() } else { "small".into() }
}

#[handler(step = order_workflow::process_payment)]
async fn process_payment_step(compute_state: &String) -> String {
    format!("paid: {compute_state}")
}

#[tokio::test(start_paused = true)]
async fn the_template_runs_from_the_command_to_the_completion() {
    let (payments, mut paid) = tokio::sync::mpsc::unbounded_channel();
    let runtime = Runtime::builder(App { payments: Arc::new(payments) })
        .mount::<OrderWorkflow>()
        .mount::<Payment>()
        .mount::<Fulfillment>()
        .topic_value("env", "dev")
        .topic_value("namespace", "acme")
        .build()
        .expect("the contracts fit together");
    let mut completed = runtime.subscribe("dev.acme.orders.evt.order-completed.v1");
    let mut reports = runtime.reports();

    let items = vec![Item { price: 10.0, quantity: 2 }, Item { price: 50.0, quantity: 3 }];
    runtime.publish(OrderPlacedEvent { order_id: "o1".into(), items }).await.unwrap();
    runtime.settled().await;

    assert_eq!(completed.try_recv().unwrap().payload.get::<OrderCompleted>().unwrap().order_id, "o1");
    assert_eq!(paid.try_recv().unwrap(), ("o1".to_owned(), 170.0));
    let report = reports.try_recv().unwrap();
    assert_eq!(report.workflow, "order_processing_workflow");
    assert_eq!(*report.output::<String>("process_payment").unwrap(), "paid: large");
}

#[test]
fn a_placeholder_without_a_value_is_named_with_the_topic_and_the_line() {
    let (payments, _) = tokio::sync::mpsc::unbounded_channel();
    let error = Runtime::builder(App { payments: Arc::new(payments) })
        .mount::<OrderWorkflow>()
        .mount::<Payment>()
        .mount::<Fulfillment>()
        .topic_value("env", "dev")
        .build()
        .unwrap_err()
        .to_string();
    assert!(error.contains("{namespace}") && error.contains("contracts/order_template.yaml:"), "{error}");
}

#[test]
fn the_runtime_and_the_contract_derive_the_same_wire_type() {
    for topic in [
        "onex.cmd.orders.place-order.v1",
        "onex.evt.shop.order-fulfilled.v12",
        "onex.dlq.orders.place-order.v1",
        "{env}.{namespace}.orders.evt.order-validated.v1",
        "{env}.{namespace}.shop.cmd.place-order.v3",
    ] {
        let declared = onex_contract::Topic::parse(topic).unwrap().wire_type();
        assert_eq!(*onex::message::Topic::new(topic).wire_type(), *declared, "{topic}");
    }
}
