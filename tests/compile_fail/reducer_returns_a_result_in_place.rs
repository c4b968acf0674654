//! A reducer that changes its state in place, and returns a result.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_returns_a_result_in_place.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Totals, _event: &OrderPlaced) -> Receipt {
    state.orders += 1;
    Receipt { cents: state.orders }
}

fn main() {}
