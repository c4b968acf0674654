//! A handler for a step that sends the intents of others.

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

#[orchestrator(contract = "./sender_with_a_handler.yaml")]
pub struct Shop;

#[handler(step = shop::plan)]
fn plan(placed: &OrderPlaced) -> onex::Intents<shop::plan> {
    onex::Intents::of(ReserveStock { order_id: placed.order_id.clone() })
}

#[handler(step = shop::reserve)]
async fn reserve(plan: &onex::Intents<shop::plan>) -> usize {
    plan.len()
}

fn main() {}
