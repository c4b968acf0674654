//! A handler that answers for another route than the one that it handles.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::effect(contract = "./answers_for_another_route.yaml")]
pub struct Books;

#[onex::handler(event = books::OrderPlaced)]
async fn order_placed(_event: &OrderPlaced) -> Emit<books::OrderShipped> {
    Emit::nothing()
}

#[onex::handler(event = books::OrderShipped)]
async fn order_shipped(_event: &OrderShipped) {}

fn main() {}
