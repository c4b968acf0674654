//! A step that does not say what it does with one of the events.

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

#[orchestrator(contract = "./one_of_several_events_is_forgotten.yaml")]
pub struct Claims;

#[handler(step = claims::weigh)]
fn weigh(received: &claims::ReceivedEvent) -> usize {
    match received {
        claims::ReceivedEvent::ClaimFiled(filed) => filed.claim.len(),
    }
}

fn main() {}
