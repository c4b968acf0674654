//! One of several events that start a run has no such field as the key of the runs.

use onex::{Event, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct ClaimFiled {
    pub claim: String,
}

#[derive(Event, Serialize, Deserialize)]
pub struct ClaimCalledIn {
    pub number: u64,
}

#[orchestrator(contract = "./one_of_several_events_has_no_key.yaml")]
pub struct Claims;

#[handler(step = claims::weigh)]
fn weigh(received: &claims::ReceivedEvent) -> bool {
    matches!(received, claims::ReceivedEvent::ClaimFiled(_))
}

fn main() {}
