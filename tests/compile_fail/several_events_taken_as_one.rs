//! A step that takes one of the events of which any completes the step before it.

use onex::{Event, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct ClaimFiled {
    pub claim: String,
}

#[derive(Event, Serialize, Deserialize)]
pub struct ClaimCalledIn {
    pub claim: u64,
}

#[orchestrator(contract = "./several_events_taken_as_one.yaml")]
pub struct Claims;

#[handler(step = claims::weigh)]
fn weigh(received: &ClaimFiled) -> usize {
    received.claim.len()
}

fn main() {}
