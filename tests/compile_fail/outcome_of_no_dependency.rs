//! A step that asks how another one ended that it does not wait for.

#[path = "shared/orders.rs"]
mod orders;

use onex::Outcome;
use orders::*;

#[onex::orchestrator(contract = "./outcome_of_no_dependency.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: Outcome<&Valid>) -> Receipt {
    Receipt { cents: validate.completed().map_or(0, |valid| valid.cents) }
}

fn main() {}
