//! A reducer that emits.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_emits.yaml")]
pub struct TotalsReducer;

#[onex::handler(transition = totals_reducer::OrderPlaced)]
fn order_placed(state: &mut Totals, event: &OrderPlaced) -> Emit<totals_reducer::OrderPlaced> {
    state.orders += 1;
    Emit::event(OrderValidated { order_id: event.order_id.clone() })
}

fn main() {}
