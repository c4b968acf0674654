//! Nobody says what a run of the workflow starts with.

#[path = "shared/payments.rs"]
mod payments;

use onex::{handler, orchestrator};
use payments::{Order, Receipt};

#[orchestrator(contract = "./sub_workflow_without_handler.yaml")]
pub struct Shop;

#[handler(step = shop::confirm)]
fn confirm(pay: &Receipt) -> u64 {
    pay.cents
}

fn main() {}
