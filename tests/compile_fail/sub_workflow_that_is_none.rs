//! A step that is no workflow calls none.

#[path = "shared/payments.rs"]
mod payments;

use onex::{Call, handler, orchestrator};
use payments::{Order, PaymentAsked, Payments, Receipt};

#[orchestrator(contract = "./sub_workflow_that_is_none.yaml")]
pub struct Shop;

#[handler(call = shop::pay)]
fn pay(input: &Order) -> Call<Payments> {
    Call::with(PaymentAsked { cents: input.cents })
}

#[handler(step = shop::confirm)]
fn confirm(pay: &Receipt) -> u64 {
    pay.cents
}

fn main() {}
