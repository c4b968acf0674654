//! A step that is a workflow has no function that does it.

#[path = "shared/payments.rs"]
mod payments;

use onex::{handler, orchestrator};
use payments::{Order, Receipt};

#[orchestrator(contract = "./sub_workflow_as_a_step.yaml")]
pub struct Shop;

#[handler(step = shop::pay)]
fn pay(input: &Order) -> Receipt {
    Receipt { cents: input.cents }
}

#[handler(step = shop::confirm)]
fn confirm(pay: &Receipt) -> u64 {
    pay.cents
}

fn main() {}
