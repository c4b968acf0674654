//! An event whose type goes by another name than the contract gives it: nobody would find it.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::{OrderShipped as OrderPlaced, OrderValidated};

#[onex::orchestrator(contract = "./event_of_another_name.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
