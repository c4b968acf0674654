//! A step that takes many items of another type than the step before it returns.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Sale {
    cents: u64,
}

#[onex::orchestrator(contract = "./batch_handler_takes_another_type.yaml")]
pub struct Till;

#[onex::handler(batch = till::price)]
fn price(input: &[&Sale]) -> Vec<u64> {
    input.iter().map(|sale| sale.cents).collect()
}

#[onex::handler(batch = till::charge)]
async fn charge(price: &[&u32]) -> Vec<bool> {
    price.iter().map(|_| true).collect()
}

fn main() {}
