//! An envelope always says what it carries.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./envelope_without_a_type.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {
    let placed = onex::Payload::new(OrderPlaced { order_id: "o-1".into() });
    let topic = onex::message::Topic::new("onex.cmd.orders.place-order.v1");
    let mut envelope = onex::Envelope::external(Default::default(), topic, placed);
    envelope.wire_type = None;
}
