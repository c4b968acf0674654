//! A placeholder that has no value in one of the environments.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_environment_gives_no_value.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::event(OrderValidated { order_id: order.order_id.clone() })
}

#[onex::effect(contract = "./application_environment_gives_no_value.d/mail.yaml")]
pub struct Mail;

#[onex::handler(event = mail::OrderValidated)]
async fn order_validated(_order: &OrderValidated) -> onex::Emit<mail::OrderValidated> {
    onex::Emit::nothing()
}

#[onex::application(container = (), nodes = [OrdersFlow, Mail], environments = [dev(env = "dev", namespace = "shop"), live(env = "live")])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(Shop::DEV, ()).build();
}
