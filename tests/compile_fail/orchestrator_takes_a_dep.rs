//! An orchestrator that takes a dependency.

#[path = "shared/orders.rs"]
mod orders;

use onex::{Dep, Emit};
use orders::*;

#[onex::orchestrator(contract = "./orchestrator_takes_a_dep.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced, _bank: Dep<Bank>) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
