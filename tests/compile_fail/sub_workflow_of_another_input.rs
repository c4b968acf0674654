//! The workflow starts with something else.

#[path = "shared/payments.rs"]
mod payments;

use onex::{Call, handler, orchestrator};
use payments::{Order, Payments, Receipt};

#[orchestrator(contract = "./sub_workflow_of_another_input.yaml")]
pub struct Shop;

#[handler(call = shop::pay)]
fn pay(input: &Order) -> Call<Payments> {
    Call::with(Order { cents: input.cents })
}

#[handler(step = shop::confirm)]
fn confirm(pay: &Receipt) -> u64 {
    pay.cents
}

fn main() {}
