//! A step whose `Result` is behind another name: its error would be taken for a value.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

type Outcome<T> = Result<T, String>;

#[onex::orchestrator(contract = "./result_behind_an_alias.yaml")]
pub struct OrdersFlow;

#[onex::handler(step = orders_flow::validate)]
fn validate(received: &OrderValidated) -> Valid {
    Valid { cents: received.order_id.len() as u64 }
}

#[onex::handler(step = orders_flow::charge)]
async fn charge(validate: &Valid) -> Outcome<Receipt> {
    Ok(Receipt { cents: validate.cents })
}

fn main() {}
