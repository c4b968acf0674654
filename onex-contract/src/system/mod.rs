//! Several contracts as one system: what one of them takes, another gives.
//!
//! Each contract is valid by itself; here is what only their set can tell. [`Facts`] is what is known of the
//! contracts, which macros need, too; `rules` is what only tools ask of the set as a whole. They must not know YAML, nor
//! where the contracts come from.

mod facts;
mod joined;
#[cfg(feature = "tools")]
mod rules;

pub use facts::{
    Carried, Executed, Facts, JoinedBy, Named, Node, NodeIndex, OwnWorkflow, Receiver, Sent, StepNeed,
    SubWorkflow, TopicUse, WhatFor,
};
#[cfg(feature = "tools")]
pub use rules::{Coverage, check_system};
