//! A container without what a handler takes.

#[path = "shared/orders.rs"]
mod orders;

use onex::{Dep, Runtime};
use orders::*;

#[onex::orchestrator(contract = "./container_does_not_provide.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid, _bank: Dep<Bank>) -> Receipt {
    Receipt { cents: validate.cents }
}

#[derive(onex::Container)]
struct App {}

fn main() {
    let _ = Runtime::builder(App {}).mount::<OrdersFlow>();
}
