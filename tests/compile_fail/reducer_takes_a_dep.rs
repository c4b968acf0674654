//! A reducer that takes a dependency.

#[path = "shared/orders.rs"]
mod orders;

use onex::Dep;
use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_takes_a_dep.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Totals, _event: &OrderPlaced, _bank: Dep<Bank>) {
    state.orders += 1;
}

fn main() {}
