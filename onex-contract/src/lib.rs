//! The onex contract language: read, check, explain, format and draw a node's YAML contract.
//!
//! A contract goes through stages that each hand over a type of their own: a [`Source`], a tree of values with
//! their places, declarations, and at last a [`Contract`], which only the checks can make. No stage stops at the
//! first fault: [`Diagnostics`] has all of them, each once, in the order of the file.
//!
//! ```
//! use onex_contract::{Source, parse};
//!
//! let source = Source::new(
//!     "contract.yaml",
//!     r#"
//! name: node_payment_effect
//! node_type: efect
//! contract_version: { major: 1, minor: 0, patch: 0 }
//! "#,
//! );
//! let faults = parse(&source).expect_err("there is no such kind of node");
//! assert_eq!(
//!     faults.to_string(),
//!     "\
//! error[ONEX0105]: `node_type`: there is no `efect`
//!  --> contract.yaml:3:12
//!   |
//! 3 | node_type: efect
//!   |            ^^^^^ unknown value
//!   |
//!   = note: it is one of `compute`, `effect`, `reducer`, `orchestrator`
//! help: there is `effect`
//!   |
//! 3 | node_type: effect
//!   |              +"
//! );
//! ```
//!
//! Where to go from here:
//!
//! - [`load`] reads a contract from a file with all that it includes, [`parse_with`] from anywhere, and [`Executable`] is
//!   one of which this version executes every word.
//! - [`check_system`] checks several contracts as one system: what one of them takes, another gives.
//! - [`parse_document`] and [`load_document`] take the files beside a contract, too: see [`document`].
//! - [`render`] prints what was found for people, editors and CI; [`Code::page`] explains each kind of fault.
//! - [`format`](fn@format) writes a contract in its canonical form, [`graph`] draws it, and [`language`] is the language
//!   as data.
//!
//! The feature `tools`, on by default, is all that only the command and its likes need: whoever reads contracts and nothing
//! else, as the macros do, builds a third less without it.
//!
//! This crate knows no Rust syntax, no runtime and no serde: the macros and every other front use the same
//! functions.

// What a stage offers to the tools alone is small and stands where it belongs: only whole modules are left out.
#![cfg_attr(not(feature = "tools"), allow(dead_code))]

mod check;
mod contract;
mod diagnostic;
#[cfg(feature = "tools")]
mod dispatch;
#[cfg(feature = "tools")]
pub mod document;
mod executable;
#[cfg(feature = "tools")]
mod fmt;
pub mod graph;
mod include;
mod intent_type;
pub mod language;
mod limits;
mod load;
mod names;
mod read;
pub mod regex;
#[cfg(feature = "tools")]
mod schema;
mod source;
mod stages;
mod syntax;
pub mod system;
mod topic;
mod walk;

pub use contract::*;
pub use diagnostic::{Code, Diagnostic, Diagnostics, Help, Label, Severity, UnknownCode, closest};
#[cfg(feature = "tools")]
pub use diagnostic::{Format, render};
#[cfg(feature = "tools")]
pub use dispatch::{parse_document, parse_document_with};
pub use executable::Executable;
#[cfg(feature = "tools")]
pub use fmt::format;
pub use include::{IncludeError, parse_with, parse_within};
pub use intent_type::{IntentType, IntentTypeError};
pub use limits::Limits;
#[cfg(feature = "tools")]
pub use load::load_document;
pub use load::{LoadError, load};
pub use names::{likely_names, snake_case};
#[cfg(feature = "tools")]
pub use schema::Schema;
pub use source::{MAX_BYTES, Source, SourceFile, Span, Spanned};
#[cfg(feature = "tools")]
pub use system::{Coverage, check_system};
pub use topic::{Topic, TopicError, TopicFault, TopicKind};

/// Reads and checks a contract that is one file. It touches no file system, so a value that is included from another
/// file is a fault here: see [`load`] and [`parse_with`].
///
/// # Errors
///
/// Every fault of the contract, in the order of the file.
pub fn parse(source: &Source) -> Result<Contract, Diagnostics> {
    parse_with(source, &mut |_| Err(IncludeError::NoFiles))
}
