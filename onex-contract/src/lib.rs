//! The onex contract language: read, check and explain a node's YAML contract.
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
//! This crate knows no Rust syntax, no runtime and no serde: the macros and every other front use the same
//! functions.

mod check;
mod contract;
mod diagnostic;
mod fmt;
pub mod graph;
mod intent_type;
mod load;
mod names;
mod read;
mod source;
mod syntax;
mod topic;

use diagnostic::{Reported, Sink};

pub use contract::*;
pub use diagnostic::{
    Code, Diagnostic, Diagnostics, Format, Help, Label, Severity, UnknownCode, closest, render,
};
pub use fmt::format;
pub use intent_type::{IntentType, IntentTypeError};
pub use load::{LoadError, load};
pub use names::{likely_names, snake_case};
pub use source::{MAX_BYTES, Source, Span, Spanned};
pub use topic::{Topic, TopicError, TopicFault, TopicKind};

/// Reads and checks a contract.
///
/// # Errors
///
/// Every fault of the contract, in the order of the file.
pub fn parse(source: &Source) -> Result<Contract, Diagnostics> {
    let mut sink = Sink::default();
    compile(source, &mut sink).map_err(|reported| sink.into_diagnostics(source.clone(), reported))
}

fn compile(source: &Source, sink: &mut Sink) -> Result<Contract, Reported> {
    let tree = syntax::compose(source, sink)?;
    let declarations = read::read(&tree, sink)?;
    check::check(source, &declarations, sink)
}
