//! A saga: four bookings with four companies, and no transaction over them. Either all stand in the end, or none.
//!
//! `contract.yaml` says what undoes what; `trip` has the steps and their opposites; `companies` is the world outside, which forgets
//! nothing and can be asked afterwards; `troubles` are the ways in which a trip goes wrong.

pub mod companies;
pub mod trip;
pub mod troubles;
