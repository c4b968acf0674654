//! A handler of an event that the contract does not route.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./handler_without_route.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

#[onex::handler(event = orders_flow::OrderShipped)]
async fn order_shipped(event: &OrderShipped) {
    let _ = event;
}

fn main() {}
