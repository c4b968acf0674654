//! Right wiring compiles: what every case here is one fault away from.

#[path = "shared/orders.rs"]
mod orders;

use onex::{Dep, Emit};
use orders::*;

#[onex::orchestrator(contract = "./right.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid, _bank: Dep<Bank>) -> Receipt {
    Receipt { cents: validate.cents }
}

fn main() {}
