//! Five steps, two of them side by side: compute, two effects, compute, compute.

use std::hint::black_box;

use onex::{handler, orchestrator};

use crate::money::{Charged, Price, Receipt, Reserved, Total};

#[orchestrator(contract = "contracts/diamond.yaml")]
pub struct Diamond;

#[handler(step = diamond::price)]
fn price() -> Price {
    Price(black_box(500))
}

#[handler(step = diamond::reserve)]
async fn reserve(price: &Price) -> Reserved {
    Reserved(price.0)
}

#[handler(step = diamond::charge)]
async fn charge(price: &Price) -> Charged {
    Charged(price.0)
}

#[handler(step = diamond::total)]
fn total(reserve: &Reserved, charge: &Charged) -> Total {
    Total(reserve.0.max(charge.0))
}

#[handler(step = diamond::receipt)]
fn receipt(total: &Total) -> Receipt {
    Receipt(total.0)
}

/// The same calls, the effects joined, and nothing else: no identity, no record, no isolation.
pub async fn by_hand() -> Receipt {
    let price = price();
    let (reserved, charged) = tokio::join!(reserve(&price), charge(&price));
    let total = total(&reserved, &charged);
    receipt(&total)
}
