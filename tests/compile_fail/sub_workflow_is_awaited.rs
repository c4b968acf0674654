//! What a run starts with is made at once.

#[path = "shared/payments.rs"]
mod payments;

use onex::{Call, handler, orchestrator};
use payments::{Order, PaymentAsked, Payments, Receipt};

#[orchestrator(contract = "./sub_workflow_is_awaited.yaml")]
pub struct Shop;

#[handler(call = shop::pay)]
async fn pay(input: &Order) -> Call<Payments> {
    Call::with(PaymentAsked { cents: input.cents })
}

#[handler(step = shop::confirm)]
fn confirm(pay: &Receipt) -> u64 {
    pay.cents
}

fn main() {}
