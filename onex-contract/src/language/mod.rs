//! The language as data: every section, its keys, and what each key takes.
//!
//! The reader, the reference in `docs/contract.md`, the schema for editors and the list of what this version does not
//! execute are all made from these tables, so that they cannot disagree. The tables stand beside the functions that
//! read them; here is what they are made of. It must not know trees, diagnostics or what a contract means.

mod key;
mod shape;
mod words;

pub use key::{Foreign, Key, Need, Runs, Section};
pub use shape::{Shape, Text, text};
pub(crate) use words::words;
pub use words::{Word, Words};

/// The root of a node's contract.
pub fn contract() -> &'static Section {
    &crate::read::CONTRACT
}

#[cfg(test)]
mod tests;
