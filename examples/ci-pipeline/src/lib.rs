//! A pipeline of a forge: lint, test, build, deploy, smoke test; and back to the release before if that fails.
//!
//! `contract.yaml` has the order, the branch (only `main` is deployed, all else is a preview) and what undoes what; `pipeline` has
//! a function for each step. `releases` is the folder that they change, `script` the one way in which they run anything, and
//! `demo` a project to push.

pub mod demo;
pub mod pipeline;
pub mod releases;
pub mod script;
pub mod show;
