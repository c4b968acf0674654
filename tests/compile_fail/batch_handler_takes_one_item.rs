//! A step that takes many items, with a parameter that takes one.

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Sale {
    cents: u64,
}

#[onex::orchestrator(contract = "./batch_handler_takes_one_item.yaml")]
pub struct Till;

#[onex::handler(step = till::price)]
fn price(input: &Sale) -> u64 {
    input.cents
}

#[onex::handler(batch = till::charge)]
async fn charge(price: &u64, input: &[Sale], ctx: onex::Ctx) -> Vec<bool> {
    let _ = (price, ctx);
    input.iter().map(|_| true).collect()
}

fn main() {}
