//! The orchestrator: takes orders and brings each one to its end.
//!
//! `contract.yaml` says what it does, [`handlers`] decide, [`steps`] do the work. Nothing here knows where orders
//! come from or who counts them.

pub mod events;
pub mod handlers;
pub mod steps;
pub mod validation;

use events::{OrderCompleted, OrderFulfilled, OrderPlaced, OrderRejected, OrderValidated};

/// The node: an empty shell over its contract.
#[derive(Debug)]
#[onex::orchestrator(contract = "src/orders/contract.yaml")]
pub struct OrderWorkflow;
