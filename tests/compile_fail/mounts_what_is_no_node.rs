//! A struct that no contract describes is not mounted by its name.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./mounts_what_is_no_node.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

#[derive(onex::Container)]
struct App {}

struct OrdersNode;

fn main() {
    let _ = onex::Runtime::builder(App {}).mount::<OrdersNode>();
}
