//! A compute node without a result.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::compute(contract = "./compute_node_returns_nothing.yaml")]
pub struct Pricing;

#[onex::handler(event = pricing::OrderPlaced)]
fn order_placed(event: &OrderPlaced) {
    let _ = &event.order_id;
}

fn main() {}
