//! A step that asks for intents, and no step that sends any depends on it.

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

#[orchestrator(contract = "./intents_of_a_step_that_nobody_sends.yaml")]
pub struct Shop;

#[handler(step = shop::plan)]
fn plan(placed: &OrderPlaced) -> onex::Intents<shop::plan> {
    onex::Intents::of(ReserveStock { order_id: placed.order_id.clone() })
}

#[handler(step = shop::settle)]
fn settle(reserve: &onex::IntentOutcomes) -> onex::Intents<shop::settle> {
    let _ = reserve;
    onex::Intents::of(SendMail {})
}

fn main() {}
