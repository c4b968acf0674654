//! The journal in one file, as a program sees it that is begun, killed and begun again on it.
#![allow(missing_docs, reason = "a test's own types")]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where
#![allow(clippy::ptr_arg)] // a parameter has the type that its step returns

#[cfg(unix)]
mod asleep;
mod configured;
mod conformance;
mod damage;
#[cfg(target_os = "linux")]
mod disk;
mod documents;
mod facts;
mod file;
mod inspect;
mod lasting;
mod many_items;
mod memory;
mod owner;
mod parking;
#[cfg(unix)]
mod poison;
mod requests;
mod sub_runs;
mod sub_runs_wait;
#[path = "../support/mod.rs"]
mod support;
#[cfg(target_os = "linux")]
mod tmpfs;
mod undone_at_once;
mod versions;
mod waiting;
