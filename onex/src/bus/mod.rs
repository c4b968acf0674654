//! How envelopes travel inside one process: who subscribes to a topic, and who watches it.
//!
//! Nodes subscribe through their contracts (`routing`): what is sent to them is handled once and is not lost.
//! Programs watch through a [`Subscription`]: they see what passes while they watch. This module must not know
//! handlers, journals or runs.

mod by_name;
mod fanout;
mod problem;
pub(crate) mod routing;
mod subscription;
mod topic_kind;
mod watchers;

pub use problem::RoutingProblem;
pub use subscription::Subscription;

pub(crate) use fanout::Fanout;
pub(crate) use topic_kind::dead_letter_topic;
pub(crate) use watchers::Watchers;
