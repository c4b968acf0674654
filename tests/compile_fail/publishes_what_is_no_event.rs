//! A payload that is no declared event has no topic.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./publishes_what_is_no_event.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

#[derive(onex::Container)]
struct App {}

fn main() {
    let runtime = onex::Runtime::builder(App {}).mount::<OrdersFlow>().build().unwrap();
    let _ = runtime.publish(serde_json::json!({ "order_id": "o-1" }));
}
