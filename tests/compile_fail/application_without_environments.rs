//! Topics with placeholders, and an application that does not say what they stand for.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_without_environments.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::event(OrderValidated { order_id: order.order_id.clone() })
}

#[onex::effect(contract = "./application_without_environments.d/mail.yaml")]
pub struct Mail;

#[onex::handler(event = mail::OrderValidated)]
async fn order_validated(_order: &OrderValidated) -> onex::Emit<mail::OrderValidated> {
    onex::Emit::nothing()
}

#[onex::application(container = (), nodes = [OrdersFlow, Mail])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
