//! A pipeline for data quality: four checks at once, one score, and a route that the score decides.
//!
//! `contract.yaml` says what runs and when; `batch` is what arrives and how it is read, `checks` are pure functions over it, `quality`
//! wires both to the contract, and `stores` is where batches end.

pub mod batch;
pub mod checks;
pub mod quality;
pub mod stores;
