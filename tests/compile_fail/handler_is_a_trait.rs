//! What nobody implements is no handler.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./handler_is_a_trait.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
pub trait HandlesOrderPlaced {
    fn handle(&self, event: OrderPlaced);
}

fn main() {}
