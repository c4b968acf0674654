//! A compute node that emits, and asks for work.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::compute(contract = "./compute_node_emits.yaml")]
pub struct Pricing;

#[onex::handler(event = pricing::OrderPlaced)]
fn order_placed(event: OrderPlaced) -> Emit<pricing::OrderPlaced> {
    let order_id = event.order_id;
    Emit::event(OrderValidated { order_id: order_id.clone() }).and_intent(RecordAudit { order_id })
}

fn main() {}
