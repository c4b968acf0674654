//! A container without what a handler takes.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_container_does_not_provide.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::intent(RecordAudit { order_id: order.order_id.clone() })
}

#[onex::effect(contract = "./application_container_does_not_provide.d/audit.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordAudit)]
async fn record_audit(_record: &RecordAudit, _bank: onex::Dep<Bank>) {}

#[derive(onex::Container)]
pub struct App {}

#[onex::application(container = App, nodes = [OrdersFlow, Audit])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(App {}).build();
}
