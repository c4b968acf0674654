//! A workflow that is started with something else.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./completes_with_another_input.yaml")]
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
    let receipt = runtime.complete::<OrdersFlow>(7_u64).await;
}

fn main() {}
