//! A step that takes the output of a disabled one as if it were there.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./disabled_step_is_required.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Receipt {
    Receipt { cents: validate.cents }
}

fn main() {}
