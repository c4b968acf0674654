//! The handler that starts a run emits an intent that the run sends, too.

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

#[orchestrator(contract = "./intent_of_a_start_is_sent_twice.yaml")]
pub struct Shop;

#[handler(event = shop::OrderPlaced)]
async fn order_placed(event: &OrderPlaced) -> onex::Emit<shop::OrderPlaced> {
    onex::Emit::start().and_intent(ReserveStock { order_id: event.order_id.clone() }).and_intent(SendMail {})
}

#[handler(step = shop::plan)]
fn plan(placed: &OrderPlaced) -> onex::Intents<shop::plan> {
    onex::Intents::of(ReserveStock { order_id: placed.order_id.clone() })
}


fn main() {}
