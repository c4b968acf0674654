//! A parameter that is named after no step.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./parameter_is_no_step.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(valid: &Valid) -> Receipt {
    Receipt { cents: valid.cents }
}

fn main() {}
