//! An orchestrator that returns nothing at all.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./orchestrator_says_nothing.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: &OrderPlaced) {
    let _ = &event.order_id;
}

fn main() {}
