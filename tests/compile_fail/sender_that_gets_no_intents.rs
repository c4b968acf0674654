//! A step that sends intents, behind a step that asks for none.

use onex::{Event, Intent, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order_id: String,
}

#[derive(Intent, Serialize, Deserialize)]
#[intent("stock.reserve")]
pub struct ReserveStock {
    pub order_id: String,
}

#[derive(Intent, Serialize, Deserialize)]
#[intent("mail.send")]
pub struct SendMail {}

#[orchestrator(contract = "./sender_that_gets_no_intents.yaml")]
pub struct Shop;

#[handler(step = shop::plan)]
fn plan(placed: &OrderPlaced) -> usize {
    placed.order_id.len()
}

fn main() {}
