//! A node publishes what nobody takes.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_topic_is_not_consumed.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::event(OrderValidated { order_id: order.order_id.clone() })
}

#[onex::application(container = (), nodes = [OrdersFlow])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
