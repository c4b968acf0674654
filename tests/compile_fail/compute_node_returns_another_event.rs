//! A compute node whose result is another event than its contract publishes.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::compute(contract = "./compute_node_returns_another_event.yaml")]
pub struct Pricing;

#[onex::handler(event = pricing::OrderPlaced)]
fn order_placed(event: OrderPlaced) -> OrderShipped {
    OrderShipped { order_id: event.order_id }
}

fn main() {}
