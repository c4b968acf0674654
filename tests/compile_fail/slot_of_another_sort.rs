//! An event's handler in the slot of an intent.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./slot_of_another_sort.yaml")]
pub struct OrdersFlow;

#[onex::handler(intent = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
