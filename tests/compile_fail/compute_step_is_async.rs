//! A pure step that is asynchronous.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./compute_step_is_async.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
async fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Receipt {
    Receipt { cents: validate.cents }
}

fn main() {}
