//! A step whose output is not serialisable.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

struct Secret;

#[onex::orchestrator(contract = "./output_cannot_be_journalled.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Secret {
    let _ = validate;
    Secret
}

fn main() {}
