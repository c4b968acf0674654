//! What a topic brings has one name in both contracts, and two Rust types behind it.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_topic_route_of_another_type.d/orders.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(order: &OrderPlaced) -> onex::Emit<orders_flow::OrderPlaced> {
    onex::Emit::event(OrderValidated { order_id: order.order_id.clone() })
}

mod mailing {
    /// A copy that somebody made.
    #[derive(onex::Event, serde::Serialize, serde::Deserialize)]
    pub struct OrderValidated {
        pub order_id: String,
    }

    #[onex::effect(contract = "./application_topic_route_of_another_type.d/mail.yaml")]
    pub struct Mail;

    #[onex::handler(topic = mail::orders_order_validated)]
    async fn order_validated(_order: &OrderValidated) {}

    #[onex::handler(topic = mail::archive_order_found)]
    async fn order_found(_order: &OrderValidated) {}
}

#[onex::application(container = (), nodes = [OrdersFlow, mailing::Mail])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
