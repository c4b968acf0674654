//! `#[derive(Event)]`, `#[derive(Intent)]`, `#[derive(Container)]`.

mod container;
mod message;

pub(crate) use container::container;
pub(crate) use message::{event, intent};
