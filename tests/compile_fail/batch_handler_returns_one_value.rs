//! A step that takes many items and gives back one value.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Sale {
    cents: u64,
}

#[onex::orchestrator(contract = "./batch_handler_returns_one_value.yaml")]
pub struct Till;

#[onex::handler(step = till::price)]
fn price(input: &Sale) -> u64 {
    input.cents
}

#[onex::handler(batch = till::charge)]
async fn charge(price: &[&u64]) -> Result<Vec<bool>, String> {
    Ok(price.iter().map(|_| true).collect())
}

fn main() {}
