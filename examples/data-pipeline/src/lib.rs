//! An ETL pipeline in three modes: deliveries of CSV files are read, joined, loaded into SQLite and added up.
//!
//! `steps.yaml` has the steps, once; each of the three contracts in `contracts` includes it and says how it is run. `delivery` is what
//! arrives and how it is read, `transform` are pure functions over it, `share` is where it lies and `warehouse` where it goes.
//! `steps` wires them to the three contracts, `modes` runs deliveries in each, and `demo` has some to run.

pub mod delivery;
pub mod demo;
pub mod modes;
pub mod share;
pub mod steps;
pub mod transform;
pub mod warehouse;
