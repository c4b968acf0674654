//! A reducer that folds many items, in a workflow whose runs have one.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Sale {
    cents: u64,
}

#[onex::orchestrator(contract = "./fold_of_a_single_run.yaml")]
pub struct Till;

#[onex::handler(step = till::price)]
fn price(input: &Sale) -> u64 {
    input.cents
}

#[onex::handler(fold = till::total)]
fn total(total: &mut u64, price: &u64) {
    *total += price;
}

fn main() {}
