//! An order domain small enough to read at once: two nodes, one workflow, a log of what its effects did.

use std::sync::{Arc, Mutex};

use onex::{
    Classify, Container, Ctx, Dep, Emit, Event, FaultClass, Intent, application, effect, handler,
    orchestrator,
};
use serde::{Deserialize, Serialize};

pub const DECLINED: u64 = 1;
pub const UNREACHABLE: u64 = 2;
pub const UNWRAPPABLE: u64 = 3;
pub const PANICS: u64 = 4;

#[derive(Clone, Serialize, Deserialize)]
pub struct Order {
    pub id: String,
    pub cents: u64,
}

#[derive(Clone, Event, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order: Order,
}

#[derive(Event, Serialize, Deserialize)]
pub struct OrderValidated {
    pub order: Order,
}

#[derive(Event, Serialize, Deserialize)]
pub struct OrderRejected {
    pub id: String,
    pub reason: String,
}

#[derive(Event, Serialize, Deserialize)]
pub struct OrderShipped {
    pub id: String,
    pub cents: u64,
    pub wrapped: bool,
}

#[derive(Event, Serialize, Deserialize)]
pub struct OrderCompleted {
    pub id: String,
}

#[derive(Intent, Serialize, Deserialize)]
#[intent("audit.record")]
pub struct RecordAudit {
    pub text: String,
}

#[orchestrator(contract = "contracts/orders.yaml")]
pub struct Orders;

#[effect(contract = "contracts/audit.yaml")]
pub struct Audit;

#[derive(Container)]
pub struct App {
    pub log: Arc<Log>,
    pub bank: Arc<Bank>,
}

#[application(container = App, nodes = [Orders, Audit])]
pub struct Shop;

/// What effects did, in order.
#[derive(Default)]
pub struct Log(Mutex<Vec<String>>);

impl Log {
    pub fn add(&self, line: String) {
        self.0.lock().expect("nothing panics while it writes a line").push(line);
    }

    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("nothing panics while it writes a line"))
    }
}

pub struct Bank;

#[derive(Debug, Serialize, Deserialize)]
pub enum BankError {
    Declined,
    Unreachable,
}

impl std::fmt::Display for BankError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BankError::Declined => "declined",
            BankError::Unreachable => "unreachable",
        })
    }
}

impl Classify for BankError {
    fn class(&self) -> FaultClass {
        match self {
            BankError::Declined => FaultClass::Refused,
            BankError::Unreachable => FaultClass::Retryable,
        }
    }
}

impl Bank {
    pub async fn take(&self, cents: u64) -> Result<u64, BankError> {
        tokio::task::yield_now().await;
        match cents {
            DECLINED => Err(BankError::Declined),
            UNREACHABLE => Err(BankError::Unreachable),
            cents => Ok(cents),
        }
    }
}

#[handler(event = orders::OrderPlaced)]
pub async fn order_placed(event: OrderPlaced) -> Emit<orders::OrderPlaced> {
    let order = event.order;
    if order.cents == 0 {
        let text = format!("rejected {}", order.id);
        return Emit::event(OrderRejected { id: order.id, reason: "costs nothing".into() })
            .and_intent(RecordAudit { text });
    }
    Emit::event(OrderValidated { order })
}

#[handler(event = orders::OrderShipped)]
async fn order_shipped(event: &OrderShipped) -> Emit<orders::OrderShipped> {
    Emit::event(OrderCompleted { id: event.id.clone() })
        .and_intent(RecordAudit { text: format!("completed {}", event.id) })
}

#[handler(intent = audit::RecordAudit)]
async fn record_audit(intent: &RecordAudit, log: Dep<Log>) {
    log.add(format!("audit {}", intent.text));
}

#[derive(Serialize, Deserialize)]
pub struct Price(u64);

#[handler(step = orders::price)]
fn price(received: &OrderValidated) -> Result<Price, String> {
    match received.order.cents {
        PANICS => panic!("an unlucky price"),
        cents => Ok(Price(cents)),
    }
}

#[handler(step = orders::reserve)]
async fn reserve(input: &OrderValidated, price: &Price, log: Dep<Log>) -> Result<String, String> {
    let _ = price;
    log.add(format!("reserve {}", input.order.id));
    Ok("reserved".into())
}

#[handler(compensation = orders::release)]
async fn release(input: &OrderValidated, reserve: Option<&String>, log: Dep<Log>) {
    log.add(format!("release {}: {}", input.order.id, reserve.map_or("unknown", |text| text)));
}

#[handler(step = orders::gift_wrap)]
async fn gift_wrap(input: &OrderValidated, _price: &Price, log: Dep<Log>) -> Result<bool, WrapError> {
    if input.order.cents == UNWRAPPABLE {
        return Err(WrapError::TooLarge);
    }
    log.add(format!("wrap {}", input.order.id));
    Ok(true)
}

/// No `Display`, no `Classify`: an error needs neither.
#[derive(Serialize, Deserialize)]
pub enum WrapError {
    TooLarge,
}

#[handler(step = orders::charge)]
async fn charge(
    input: &OrderValidated,
    price: &Price,
    bank: Dep<Bank>,
    log: Dep<Log>,
    ctx: Ctx,
) -> Result<u64, BankError> {
    if price.0 == UNREACHABLE {
        log.add(format!("key {}", ctx.idempotency_key()));
    }
    let taken = bank.take(price.0).await?;
    log.add(format!("charge {}", input.order.id));
    Ok(taken)
}

#[handler(compensation = orders::refund)]
async fn refund(charge: Option<&u64>, log: Dep<Log>) -> Result<(), BankError> {
    log.add(format!("refund {charge:?}"));
    Ok(())
}

#[handler(step = orders::ship)]
async fn ship(
    input: &OrderValidated,
    charge: &u64,
    gift_wrap: Option<&bool>,
    log: Dep<Log>,
) -> Result<OrderShipped, String> {
    log.add(format!("ship {}", input.order.id));
    Ok(OrderShipped { id: input.order.id.clone(), cents: *charge, wrapped: gift_wrap.is_some() })
}

/// A step may have the name of a Rust keyword.
#[handler(step = orders::r#type)]
fn summarise(ship: &OrderShipped) -> String {
    format!("shipped {} for {}, wrapped: {}", ship.id, ship.cents, ship.wrapped)
}
