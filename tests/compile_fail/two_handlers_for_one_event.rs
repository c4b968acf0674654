//! Two functions for one route.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::orchestrator(contract = "./two_handlers_for_one_event.yaml")]
pub struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

mod more {
    use super::*;

    #[onex::handler(event = orders_flow::OrderPlaced)]
    async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
        Emit::event(OrderValidated { order_id: event.order_id })
    }
}

fn main() {}
