//! A trigger that nobody folds.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub orders: u64,
}

#[onex::reducer(contract = "./reducer_without_handler.yaml")]
pub struct TotalsReducer;



fn main() {}
