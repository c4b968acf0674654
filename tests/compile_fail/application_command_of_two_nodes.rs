//! Two nodes take one command.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_command_of_two_nodes.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::intent(RecordAudit { order_id: order.order_id.clone() })
}

#[onex::effect(contract = "./application_command_of_two_nodes.d/audit.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordAudit)]
async fn record_audit(_record: &RecordAudit) {}

#[onex::effect(contract = "./application_command_of_two_nodes.d/mail.yaml")]
pub struct Mail;

#[onex::handler(event = mail::OrderPlaced)]
async fn order_placed_too(_order: &OrderPlaced) -> onex::Emit<mail::OrderPlaced> {
    onex::Emit::nothing()
}

#[onex::application(container = (), nodes = [OrdersFlow, Audit, Mail])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
