//! A condition of two steps that looks at what comes before one of them only.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./condition_takes_a_later_step.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Receipt {
    Receipt { cents: validate.cents }
}

#[onex::handler(step = orders_flow::thank)]
async fn thank(charge: &Receipt) -> u64 {
    charge.cents
}

#[onex::handler(condition = orders_flow::worth_it)]
fn worth_it(validate: &Valid, charge: Option<&Receipt>) -> bool {
    validate.cents > 0 || charge.is_some()
}

fn main() {}
