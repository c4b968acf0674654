//! JSON Schema, draft 2020-12, as far as contracts need it: what a schema says, and whether a value fits it.
//!
//! A schema is read like every part of a contract: a keyword that is not known is an error, and so is one that says
//! nothing or contradicts another; one that this version does not check is said to be so. It must not know what files schemas stand in.

mod consistent;
mod format;
mod json;
mod keywords;
mod model;
mod number;
mod read;
mod references;
mod types;
mod validate;

pub(crate) use keywords::SCHEMA;
pub use model::Schema;
pub(crate) use read::schema;
pub(crate) use validate::{Budget, validate};

/// Whether a text is a date and time as in RFC 3339.
pub(crate) fn is_date_time(text: &str) -> bool {
    format::Format::DateTime.is_met_by(text)
}

#[cfg(test)]
mod tests;
