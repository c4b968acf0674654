//! An attribute that cannot be read: its handlers stay quiet.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contrat = "./right.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

fn main() {}
