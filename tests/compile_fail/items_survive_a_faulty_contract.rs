//! The struct, the functions and the application stay usable: the contract's own fault is the only message.

#[path = "shared/orders.rs"]
mod orders;

use onex::{Container, Dep, Emit, Runtime};
use orders::*;

#[onex::orchestrator(contract = "./items_survive_a_faulty_contract.yaml")]
struct OrdersFlow;

#[onex::handler(event = orders_flow::OrderPlaced)]
async fn order_placed(event: OrderPlaced) -> Emit<orders_flow::OrderPlaced> {
    Emit::event(OrderValidated { order_id: event.order_id })
}

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid, _bank: Dep<Bank>) -> Receipt {
    Receipt { cents: validate.cents }
}

#[derive(Container)]
struct App {
    bank: std::sync::Arc<Bank>,
}

fn main() {
    let _ = OrdersFlow;
    let order = OrderPlaced { order_id: String::new() };
    let _ = order_placed(order);
    let _ = validate(&OrderValidated { order_id: String::new() }).cents;
    let app = App { bank: std::sync::Arc::new(Bank) };
    let _ = Runtime::builder(app).mount::<OrdersFlow>().build();
}
