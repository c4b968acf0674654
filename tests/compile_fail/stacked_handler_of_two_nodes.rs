//! One function for a step of two nodes, of which one does not let it take what it takes.

use onex::{handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Order {
    pub lines: u64,
}

#[orchestrator(contract = "./stacked_handler_of_two_nodes.d/web.yaml")]
pub struct WebOrders;

#[orchestrator(contract = "./stacked_handler_of_two_nodes.d/phone.yaml")]
pub struct PhoneOrders;

#[handler(step = web_orders::read)]
#[handler(step = phone_orders::read)]
fn read(input: &Order) -> u64 {
    input.lines
}

#[handler(step = web_orders::validate)]
#[handler(step = phone_orders::validate)]
async fn validate(read: &u64) -> u64 {
    *read
}

fn main() {}
