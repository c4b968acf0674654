//! The output of a step that never has one.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./output_of_a_disabled_last_step.yaml")]
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

#[derive(onex::Container)]
struct App {}

async fn program(runtime: onex::Runtime<App>) {
    let receipt = runtime.complete::<OrdersFlow>(OrderValidated { order_id: String::new() }).await;
}

fn main() {}
