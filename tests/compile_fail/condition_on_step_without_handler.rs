//! A condition on the output of a step that has no handler: one message.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./condition_on_step_without_handler.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::charge)]
async fn charge() -> Receipt {
    Receipt { cents: 7 }
}

fn main() {}
