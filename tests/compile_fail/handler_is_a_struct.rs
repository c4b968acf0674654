//! A handler is a function: there is no method that could be missing.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./handler_is_a_struct.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
pub struct HandlerOrderPlaced;

fn main() {}
