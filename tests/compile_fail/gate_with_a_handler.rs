//! A handler for a step that an event completes in the middle of a run.

use onex::{Event, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order_id: String,
}

#[derive(Event, Serialize, Deserialize)]
pub struct OrderPaid {
    pub order_id: String,
}

#[orchestrator(contract = "./gate_with_a_handler.yaml")]
pub struct Shop;

#[handler(step = shop::paid)]
async fn paid(placed: &OrderPlaced) -> usize {
    placed.order_id.len()
}

#[handler(step = shop::plan)]
fn plan(paid: &OrderPaid) -> usize {
    paid.order_id.len()
}

fn main() {}
