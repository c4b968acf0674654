//! A condition that compares a number with a text.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./condition_compares_number_with_text.yaml")]
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
