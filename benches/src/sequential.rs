//! Five steps one after another: compute, effect, compute, effect, compute.

use std::hint::black_box;

use onex::{handler, orchestrator};

use crate::money::{Charged, Price, Receipt, Reserved, Total};

#[orchestrator(contract = "contracts/sequential.yaml")]
pub struct Sequential;

#[handler(step = sequential::price)]
fn price() -> Price {
    Price(black_box(500))
}

#[handler(step = sequential::reserve)]
async fn reserve(price: &Price) -> Reserved {
    Reserved(price.0)
}

#[handler(step = sequential::total)]
fn total(reserve: &Reserved) -> Total {
    Total(reserve.0)
}

#[handler(step = sequential::charge)]
async fn charge(total: &Total) -> Charged {
    Charged(total.0)
}

#[handler(step = sequential::receipt)]
fn receipt(charge: &Charged) -> Receipt {
    Receipt(charge.0)
}

/// The same calls in the same order, and nothing else: no identity, no record, no isolation.
pub async fn by_hand() -> Receipt {
    let price = price();
    let reserved = reserve(&price).await;
    let total = total(&reserved);
    let charged = charge(&total).await;
    receipt(&charged)
}
