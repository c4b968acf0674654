//! A stream of numbers through three steps: compute, effect, compute.

use std::hint::black_box;

use onex::{handler, orchestrator};

pub type Number = u64;

#[orchestrator(contract = "contracts/stream.yaml")]
pub struct Lane;

#[handler(step = lane::price)]
fn price(input: &Number) -> u64 {
    black_box(*input)
}

#[handler(step = lane::charge)]
async fn charge(price: &u64) -> u64 {
    *price
}

#[handler(step = lane::receipt)]
fn receipt(charge: &u64) -> u64 {
    *charge
}

/// The same calls in the same order, and nothing else: one item after the other, no identity, no record, no isolation.
pub async fn by_hand(items: u64) -> u64 {
    let mut out = 0;
    for item in 0..items {
        let price = price(&item);
        let charge = charge(&price).await;
        receipt(&charge);
        out += 1;
    }
    out
}

/// The same with a task for each item, a window of 64 and the order kept: what is usually written on tokio.
pub async fn by_tasks(items: u64) -> u64 {
    let (mut window, mut out) = (std::collections::VecDeque::new(), 0);
    for item in 0..items {
        if window.len() == 64
            && let Some(first) = window.pop_front()
        {
            out += settled(first).await;
        }
        window.push_back(tokio::spawn(async move {
            let price = price(&item);
            let charge = charge(&price).await;
            receipt(&charge)
        }));
    }
    for task in window {
        out += settled(task).await;
    }
    out
}

async fn settled(task: tokio::task::JoinHandle<u64>) -> u64 {
    u64::from(task.await.is_ok())
}
