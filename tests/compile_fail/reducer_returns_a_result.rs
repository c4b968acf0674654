//! A reducer that returns something else than its state.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_returns_a_result.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: Totals, _event: &OrderPlaced) -> Receipt {
    Receipt { cents: state.orders }
}

fn main() {}
