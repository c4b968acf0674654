//! A compensation that relies on an output which may be absent.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./compensation_takes_a_plain_reference.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Receipt {
    Receipt { cents: validate.cents }
}

#[onex::handler(compensation = orders_flow::refund)]
async fn refund(charge: &Receipt) {
    let _ = charge.cents;
}

fn main() {}
