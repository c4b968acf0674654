//! The command as its users run it.
//!
//! `ONEX_BLESS=1 cargo test -p onex-cli --test command` writes what is printed now to `snapshots/` and to the
//! manual, `docs/cli.md`; read the difference.

mod check;
#[cfg(feature = "store")]
mod docs;
mod explain;
mod find;
mod fmt;
mod graph;
mod help;
#[cfg(feature = "store")]
mod orders;
#[cfg(feature = "store")]
mod owner;
mod run;
mod schema;
#[cfg(feature = "store")]
mod store;
mod system;
