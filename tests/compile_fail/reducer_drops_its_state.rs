//! A reducer that takes its state and gives none back.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_drops_its_state.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: Totals, _event: &OrderPlaced) {
    let _ = state.orders;
}

fn main() {}
