//! A condition that takes what a step returns as another type.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./condition_takes_another_type.yaml")]
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
fn worth_it(validate: &Receipt) -> bool {
    validate.cents > 0
}

fn main() {}
