//! An event that is taken by value and cannot be cloned.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::OrderValidated;

#[derive(onex::Event, serde::Serialize, serde::Deserialize)]
pub struct OrderPlaced {
    order_id: String,
}

#[onex::orchestrator(contract = "./event_by_value_without_clone.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
