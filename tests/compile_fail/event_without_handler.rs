//! A route that nobody handles.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./event_without_handler.yaml")]
pub struct OrdersFlow;

fn main() {}
