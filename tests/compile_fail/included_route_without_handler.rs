//! A route that nobody handles, in a file that the contract includes.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./included_route_without_handler.yaml")]
pub struct OrdersFlow;

fn main() {}
