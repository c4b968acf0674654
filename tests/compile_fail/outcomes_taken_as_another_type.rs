//! A step that takes what became of intents as another type.

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

#[orchestrator(contract = "./outcomes_taken_as_another_type.yaml")]
pub struct Shop;

#[handler(step = shop::plan)]
fn plan(placed: &OrderPlaced) -> onex::Intents<shop::plan> {
    onex::Intents::of(ReserveStock { order_id: placed.order_id.clone() })
}

#[handler(step = shop::settle)]
fn settle(reserve: &Vec<String>) -> usize {
    reserve.len()
}

fn main() {}
