//! A handler that does not take what its route brings.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./message_is_missing.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed() -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: String::new() })
}

fn main() {}
