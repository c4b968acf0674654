//! The main job: thousands of orders through one contract, every line accounted for.
//!
//! The nodes are [`orders`] and [`audit`], each with its contract beside its code; [`services`] are what they talk
//! to. Around them: [`generate`] makes an input, [`job`] brings its lines to the runtime and learns what becomes of
//! each, [`durable`] does the same on a file that outlives the process, [`reconcile`] checks that the numbers agree, [`table`] shows them.

pub mod account;
pub mod app;
pub mod args;
pub mod audit;
pub mod books;
pub mod counts;
pub mod dead_letters;
pub mod durable;
pub mod generate;
pub mod ingest;
pub mod input;
pub mod job;
pub mod lines;
pub mod lossless;
pub mod orders;
pub mod progress;
pub mod reconcile;
pub mod services;
pub mod table;
pub mod taken;
pub mod tally;
