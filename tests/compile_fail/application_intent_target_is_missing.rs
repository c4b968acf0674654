//! An intent is sent to a node that the application does not have.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_intent_target_is_missing.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::intent(RecordAudit { order_id: order.order_id.clone() })
}

#[onex::application(container = (), nodes = [OrdersFlow])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
