//! An orchestrator that returns a result.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./orchestrator_returns_a_value.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Receipt {
    Receipt { cents: event.order_id.len() as u64 }
}

fn main() {}
