//! One of several events that start a run is no type in scope.

use onex::{Event, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct ClaimFiled {
    pub claim: String,
}

#[orchestrator(contract = "./one_of_several_events_is_no_type.yaml")]
pub struct Claims;

#[handler(step = claims::weigh)]
fn weigh(received: &claims::ReceivedEvent) -> bool {
    matches!(received, claims::ReceivedEvent::ClaimFiled(_))
}

fn main() {}
