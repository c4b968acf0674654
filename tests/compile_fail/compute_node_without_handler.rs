//! A compute node whose event nobody answers.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::compute(contract = "./compute_node_without_handler.yaml")]
pub struct Pricing;

fn main() {}
