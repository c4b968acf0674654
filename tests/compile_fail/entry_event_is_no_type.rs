//! The event that starts a run is not in scope: one message, although its field is the key and a step takes it.

#[path = "shared/orders.rs"]
mod orders;

use onex::{Container, Runtime};
use orders::{Receipt, Valid};

#[onex::orchestrator(contract = "./entry_event_is_no_type.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &orders::OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Receipt {
    Receipt { cents: validate.cents }
}

#[derive(Container)]
struct App {}

fn main() {
    let _ = Runtime::builder(App {}).mount::<OrdersFlow>().build();
}
