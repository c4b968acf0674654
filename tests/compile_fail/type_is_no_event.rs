//! A type in scope that is no event.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::OrderValidated;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct OrderPlaced {
    order_id: String,
}

#[onex::orchestrator(contract = "./type_is_no_event.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
