//! A state that is no type.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;


#[onex::reducer(contract = "./reducer_state_is_no_type.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Receipt, _event: &OrderPlaced) {
    state.cents += 1;
}

fn main() {}
