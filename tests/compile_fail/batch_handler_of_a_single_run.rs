//! A step that takes many items, in a workflow whose runs have one.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Sale {
    cents: u64,
}

#[onex::orchestrator(contract = "./batch_handler_of_a_single_run.yaml")]
pub struct Till;

#[onex::handler(step = till::price)]
fn price(input: &Sale) -> u64 {
    input.cents
}

#[onex::handler(batch = till::charge)]
async fn charge(price: &[&u64]) -> Vec<Result<bool, String>> {
    price.iter().map(|_| Ok(true)).collect()
}

fn main() {}
