//! A reducer of a batch that is written as if it were of one run.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Sale {
    cents: u64,
}

#[onex::orchestrator(contract = "./reducer_of_a_batch_takes_one_item.yaml")]
pub struct Till;

#[onex::handler(step = till::price)]
fn price(input: &Sale) -> u64 {
    input.cents
}

#[onex::handler(step = till::total)]
fn total(price: &u64) -> u64 {
    *price
}

fn main() {}
