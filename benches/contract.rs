//! What does it cost to read and check a contract? Paid by the compiler, once a build and node.
#![allow(missing_docs, reason = "a program")]

use std::time::Duration;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use onex_contract::{Source, parse};

const ORDERS: &str = include_str!("../tests/contracts/orders.yaml");

fn main() {
    divan::Divan::default().min_time(Duration::from_secs(2)).config_with_args().main();
}

#[divan::bench]
fn onex(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_str(ORDERS))
        .bench_local(|| parse(&Source::new("orders.yaml", black_box(ORDERS))).expect("it has no fault"));
}

/// The same text as a tree of values: no places, no checks.
#[divan::bench]
fn only_yaml(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_str(ORDERS))
        .bench_local(|| serde_yaml::from_str::<serde_yaml::Value>(black_box(ORDERS)).expect("it is YAML"));
}
