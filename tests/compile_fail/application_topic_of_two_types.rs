//! One name in both contracts, and two Rust types behind it.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::orchestrator(contract = "./application_topic_of_two_types.d/orders.yaml")]
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

    #[onex::effect(contract = "./application_topic_of_two_types.d/mail.yaml")]
    pub struct Mail;

    #[onex::handler(event = mail::OrderValidated)]
    async fn order_validated(_order: &OrderValidated) -> onex::Emit<mail::OrderValidated> {
        onex::Emit::nothing()
    }
}

#[onex::application(container = (), nodes = [OrdersFlow, mailing::Mail])]
pub struct Shop;

fn main() {
    let _ = Shop::builder(()).build();
}
