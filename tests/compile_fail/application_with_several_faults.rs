//! Several faults, of several rules: one message.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_with_several_faults.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    let order_id = order.order_id.clone();
    onex::Emit::event(OrderValidated { order_id: order_id.clone() }).and_intent(RecordAudit { order_id })
}

#[onex::effect(contract = "./application_with_several_faults.d/mail.yaml")]
pub struct Mail;

#[onex::handler(event = mail::OrderValidated)]
async fn order_validated(_order: &OrderValidated) -> onex::Emit<mail::OrderValidated> {
    onex::Emit::nothing()
}

#[onex::effect(contract = "./application_with_several_faults.d/billing.yaml")]
pub struct Billing;

#[onex::handler(event = billing::OrderPlaced)]
async fn order_placed_too(_order: &OrderPlaced) -> onex::Emit<billing::OrderPlaced> {
    onex::Emit::nothing()
}

#[onex::application(container = (), nodes = [OrdersFlow, Mail, Billing])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
