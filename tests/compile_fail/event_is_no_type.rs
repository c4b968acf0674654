//! A name in the contract that is no type in scope.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::OrderValidated;

#[onex::orchestrator(contract = "./event_is_no_type.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: orders::OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
