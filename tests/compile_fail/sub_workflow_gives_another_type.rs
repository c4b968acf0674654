//! The last step of the workflow returns something else than what is taken of it.

#[path = "shared/payments.rs"]
mod payments;

use onex::{Call, handler, orchestrator};
use payments::{Order, PaymentAsked, Payments};

#[orchestrator(contract = "./sub_workflow_gives_another_type.yaml")]
pub struct Shop;

#[handler(call = shop::pay)]
fn pay(input: &Order) -> Call<Payments> {
    Call::with(PaymentAsked { cents: input.cents })
}

#[handler(step = shop::confirm)]
fn confirm(pay: &PaymentAsked) -> u64 {
    pay.cents
}

fn main() {}
