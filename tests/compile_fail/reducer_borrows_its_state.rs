//! A reducer whose handler can only look at the state.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_borrows_its_state.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &Totals, _event: &OrderPlaced) -> Totals {
    Totals { orders: state.orders + 1 }
}

fn main() {}
