//! A workflow over many items, started with one.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Sale {
    cents: u64,
}

#[onex::orchestrator(contract = "./batch_is_started_as_a_single_run.yaml")]
pub struct Till;

#[onex::handler(step = till::price)]
fn price(input: &Sale) -> u64 {
    input.cents
}

#[onex::handler(step = till::charge)]
async fn charge(price: &u64) -> bool {
    *price > 0
}

async fn start(runtime: onex::Runtime<()>) {
    let _ = runtime.run::<Till>(Sale { cents: 1 }, None).await;
}

fn main() {}
