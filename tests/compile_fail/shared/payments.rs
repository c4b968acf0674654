//! A workflow that others have as a step: it is started by a `PaymentAsked`, and gives a `Receipt`.

use onex::{Event, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct PaymentAsked {
    pub cents: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Receipt {
    pub cents: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    pub cents: u64,
}

#[orchestrator(contract = "./payments.yaml")]
pub struct Payments;

#[handler(step = payments::capture)]
pub async fn capture(asked: &PaymentAsked) -> Receipt {
    Receipt { cents: asked.cents }
}
