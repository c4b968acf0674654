//! An intent is sent to a node that executes another one.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_intent_is_not_executed.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::intent(RecordAudit { order_id: order.order_id.clone() })
}

#[onex::effect(contract = "./application_intent_is_not_executed.d/audit.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordRefund)]
async fn record_refund(_record: &RecordRefund) {}

#[derive(onex::Intent, serde::Serialize, serde::Deserialize)]
#[intent("refund.record")]
pub struct RecordRefund;

#[onex::application(container = (), nodes = [OrdersFlow, Audit])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
