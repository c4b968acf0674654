//! The files beside a node's contract: whether what each says fits together.

mod agreement;
mod data_rules;
mod manifest;
mod subcontract;
mod workflow;

pub(crate) use agreement::check as agreement;
pub(crate) use manifest::check as manifest;
pub(crate) use subcontract::check as subcontract;
pub(crate) use workflow::check as workflow;
