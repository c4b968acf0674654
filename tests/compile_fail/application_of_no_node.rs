//! A struct in the list that no contract describes.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_of_no_node.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::intent(RecordAudit { order_id: order.order_id.clone() })
}

#[onex::effect(contract = "./application_of_no_node.d/audit.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordAudit)]
async fn record_audit(_record: &RecordAudit) {}

pub struct Unrelated;

#[onex::application(container = (), nodes = [OrdersFlow, Audit, Unrelated])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
