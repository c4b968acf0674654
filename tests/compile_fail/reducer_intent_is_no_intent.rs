//! An action whose type is no intent.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

impl From<&Totals> for Receipt {
    fn from(totals: &Totals) -> Self {
        Receipt { cents: totals.orders }
    }
}

#[onex::reducer(contract = "./reducer_intent_is_no_intent.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Totals, _event: &OrderPlaced) {
    state.orders += 1;
}

fn main() {}
