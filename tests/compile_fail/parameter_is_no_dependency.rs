//! A step that takes the output of one that it does not depend on.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./parameter_is_no_dependency.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid, received: &OrderValidated) -> Receipt {
    Receipt { cents: validate.cents + received.order_id.len() as u64 }
}

fn main() {}
