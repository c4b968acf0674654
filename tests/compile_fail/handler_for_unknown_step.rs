//! A handler of a step that the contract does not have.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./handler_for_unknown_step.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Receipt {
    Receipt { cents: validate.cents }
}

#[onex::handler(step = orders_flow::charg)]
async fn charge_again(validate: &Valid) -> Receipt {
    Receipt { cents: validate.cents }
}

fn main() {}
