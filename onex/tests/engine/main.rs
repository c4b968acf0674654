//! The rules of the engine, on nodes written by hand in the shape that the macros emit.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[macro_use]
mod support;

mod again;
mod build;
mod circuits;
#[cfg(feature = "config")]
mod configuration;
mod dead_letters;
mod health;
mod identity;
mod journal;
mod leases;
mod limits;
mod mailboxes;
#[cfg(feature = "metrics")]
mod metrics;
mod output;
mod parking;
mod pausing;
mod poison;
mod publishing;
mod recovery;
mod restart;
mod retries;
mod routing;
mod runs;
#[cfg(feature = "simulation")]
mod simulation;
mod snapshots;
mod stopping;
mod trace;
mod versions;
mod watch;
mod workers;
