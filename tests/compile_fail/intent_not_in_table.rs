//! An intent that the routing table does not have.

#[path = "shared/orders.rs"]
mod orders;

use onex::{Emit, Intent};
use orders::*;

#[onex::orchestrator(contract = "./intent_not_in_table.yaml")]
pub struct OrdersFlow;

#[derive(Intent, serde::Serialize, serde::Deserialize)]
#[intent("payment.process")]
struct ProcessPayment {
    order_id: String,
}

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::intent(ProcessPayment { order_id: event.order_id })
}

fn main() {}
