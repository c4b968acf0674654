//! What is called is returned as a `Call`.

#[path = "shared/payments.rs"]
mod payments;

use onex::{handler, orchestrator};
use payments::{Order, PaymentAsked, Receipt};

#[orchestrator(contract = "./sub_workflow_is_not_called.yaml")]
pub struct Shop;

#[handler(call = shop::pay)]
fn pay(input: &Order) -> PaymentAsked {
    PaymentAsked { cents: input.cents }
}

#[handler(step = shop::confirm)]
fn confirm(pay: &Receipt) -> u64 {
    pay.cents
}

fn main() {}
