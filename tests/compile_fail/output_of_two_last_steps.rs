//! The output of a workflow in which two steps come last.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./output_of_two_last_steps.yaml")]
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
async fn thank(validate: &Valid) -> u64 {
    validate.cents
}

#[derive(onex::Container)]
struct App {}

async fn program(runtime: onex::Runtime<App>) {
    let receipt = runtime.complete::<OrdersFlow>(OrderValidated { order_id: String::new() }).await;
}

fn main() {}
