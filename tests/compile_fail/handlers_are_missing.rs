//! A contract of three handlers, and a program of none.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::effect(contract = "./handlers_are_missing.yaml")]
pub struct OrdersEffect;

fn main() {}
