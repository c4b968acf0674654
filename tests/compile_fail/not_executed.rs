//! A contract that is valid and says what this version does not do.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./not_executed.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
