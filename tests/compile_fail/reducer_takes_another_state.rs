//! A reducer whose handler takes another state than its contract names.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_takes_another_state.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Valid, _event: &OrderPlaced) {
    state.cents += 1;
}

fn main() {}
