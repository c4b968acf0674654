//! A workflow of which two steps come last gives nothing that a step could.

use onex::{Call, handler, orchestrator};

#[derive(serde::Serialize, serde::Deserialize)]
pub struct Order {
    pub cents: u64,
}

#[orchestrator(contract = "./sub_workflow_of_two_last_steps.d/both.yaml")]
pub struct Both;

#[handler(step = both::one)]
fn one() -> u64 {
    1
}

#[handler(step = both::other)]
fn other() -> u64 {
    2
}

#[orchestrator(contract = "./sub_workflow_of_two_last_steps.d/shop.yaml")]
pub struct Shop;

#[handler(call = shop::pay)]
fn pay(_input: &Order) -> Call<Both> {
    Call::with(())
}

#[handler(step = shop::confirm)]
fn confirm(pay: &u64) -> u64 {
    *pay
}

fn main() {}
