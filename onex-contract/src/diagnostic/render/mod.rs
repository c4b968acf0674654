//! Diagnostics as text: for a terminal, for rustc, and in `documents` for editors and CI.
//!
//! It must not know where a text goes, nor whether a terminal shows colours.

mod compile_error;
#[cfg(feature = "tools")]
mod documents;
mod plain;
mod snippet;

pub(super) use compile_error::for_compile_error;
#[cfg(feature = "tools")]
pub use documents::{Format, render};
pub(super) use plain::plain;
