//! A step that asks for an intent which no step behind it sends.

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

#[orchestrator(contract = "./intent_that_no_step_sends.yaml")]
pub struct Shop;

#[handler(step = shop::plan)]
fn plan(placed: &OrderPlaced) -> onex::Intents<shop::plan> {
    onex::Intents::of(ReserveStock { order_id: placed.order_id.clone() }).and(SendMail {})
}

fn main() {}
