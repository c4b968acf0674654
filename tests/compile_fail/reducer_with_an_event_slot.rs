//! A reducer's event in the slot of other kinds.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_with_an_event_slot.yaml")]
pub struct TotalsReducer;

#[onex::handler(event = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Totals, _event: &OrderPlaced) {
    state.orders += 1;
}

fn main() {}
