//! The second error that the README shows: code that does not fit the contract.

use std::sync::Arc;

use onex::{Classify, Container, Ctx, Dep, Emit, Event, FaultClass, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
struct OrderPlaced {
    order_id: String,
    items: Vec<u64>,
}

#[derive(Event, Serialize, Deserialize)]
struct OrderAccepted {
    order_id: String,
    items: Vec<u64>,
}

#[derive(Event, Serialize, Deserialize)]
struct OrderRejected {
    order_id: String,
}

/// The contract is compiled in; the struct stays an empty shell.
#[orchestrator(contract = "./readme_wiring.yaml")]
struct Shop;

/// An orchestrator answers with events and intents, never with a result.
#[handler(event = shop::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> Emit<shop::OrderPlaced> {
    let order_id = order.order_id.clone();
    if order.items.is_empty() {
        return Emit::event(OrderRejected { order_id });
    }
    Emit::event(OrderAccepted { order_id, items: order.items.clone() }) // starts the workflow
}

/// A compute step is pure. Its parameter is named after the step whose output it takes.
#[handler(step = shop::price)]
fn price(accepted: &OrderAccepted) -> u64 {
    accepted.items.iter().sum()
}

/// An effect is asynchronous and takes its dependencies.
#[handler(step = shop::reserve)]
async fn reserve(accepted: &OrderAccepted) -> usize {
    accepted.items.len()
}

/// Undoes `reserve` when a later step fails.
#[handler(compensation = shop::release)]
async fn release(reserve: Option<&usize>) {
    println!("released {reserve:?} items");
}

#[handler(step = shop::charge)]
async fn charge(price: &u64, receipt: &String, bank: Dep<Bank>, ctx: Ctx) -> Result<u64, CardRefused> {
    let _ = receipt;
    bank.charge(*price, ctx.idempotency_key().to_string())
}

#[handler(step = shop::receipt)]
fn receipt(charge: &u64) -> String {
    format!("paid {charge} cents")
}

/// An error is a value too. Its class says whether another attempt makes sense.
#[derive(Serialize, Deserialize)]
struct CardRefused;

impl Classify for CardRefused {
    fn class(&self) -> FaultClass {
        FaultClass::Refused
    }
}

struct Bank;

impl Bank {
    fn charge(&self, cents: u64, _idempotency_key: String) -> Result<u64, CardRefused> {
        if cents < 1_000 { Ok(cents) } else { Err(CardRefused) }
    }
}

#[derive(Container)]
struct App {
    bank: Arc<Bank>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = Runtime::builder(App { bank: Arc::new(Bank) }).mount::<Shop>().build()?;
    let mut reports = runtime.reports();

    runtime.publish(OrderPlaced { order_id: "1".into(), items: vec![250, 300] }).await?;
    runtime.publish(OrderPlaced { order_id: "2".into(), items: vec![9_000] }).await?;
    runtime.settled().await;

    while let Some(report) = reports.try_recv() {
        println!("order {}: {:?}", report.key, report.state);
        for step in &report.steps {
            println!("  {:10} {:?} {}", step.id, step.state, step.error.as_deref().unwrap_or_default());
        }
    }
    Ok(())
}
