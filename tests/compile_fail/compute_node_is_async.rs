//! A compute node that waits.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::compute(contract = "./compute_node_is_async.yaml")]
pub struct Pricing;

#[onex::handler(event = pricing::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> OrderValidated {
    OrderValidated { order_id: event.order_id }
}

fn main() {}
