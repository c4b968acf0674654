//! A compute node that takes a dependency.

#[path = "shared/orders.rs"]
mod orders;

use onex::Dep;
use orders::*;

#[onex::compute(contract = "./compute_node_takes_a_dep.yaml")]
pub struct Pricing;

#[onex::handler(event = pricing::OrderPlaced)]
fn order_placed(event: OrderPlaced, _bank: Dep<Bank>) -> OrderValidated {
    OrderValidated { order_id: event.order_id }
}

fn main() {}
