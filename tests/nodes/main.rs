//! Nodes as users write them: contracts, functions and what the macros make of them, executed.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod application;
mod completed;
mod compute;
mod conditions;
mod custom_conditions;
mod decided_start;
mod defaults;
mod dormancy;
mod end_to_end;
mod event_bus;
mod fan_out;
mod gates;
mod guards;
mod included;
mod limits;
mod matching;
mod named_routes;
mod nested;
#[allow(missing_docs, unreachable_pub, reason = "a test's own types")]
mod orders;
mod outcomes;
mod overrides;
mod patterns;
mod reducer;
mod reducer_actions;
mod sent_intents;
mod several_events;
mod shapes;
mod shared_outputs;
mod stacked;
mod stopping;
mod sub_workflows;
mod undone_at_once;
