//! A state that a machine cannot start from.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_state_without_default.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Totals, _event: &OrderPlaced) {
    state.orders += 1;
}

fn main() {}
