//! The contract of a node: what the attribute says of it, where its file is, what it holds.

mod attribute;
mod find;

pub(crate) use attribute::Attribute;
pub(crate) use find::{Found, find, tracking};
