//! A faulty contract: its own fault is the message, and nothing is said of the application.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_node_is_faulty.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::intent(RecordAudit { order_id: order.order_id.clone() })
}

#[onex::effect(contract = "./application_node_is_faulty.d/audit.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordAudit)]
async fn record_audit(_record: &RecordAudit) {}

#[onex::application(container = (), nodes = [OrdersFlow, Audit])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
