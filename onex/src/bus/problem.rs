//! What can be wrong with the contracts of a program taken together. Each problem says where the contracts say it.

use crate::message::TopicError;
use crate::plan::At;

/// Contracts that do not fit together, or a topic that the configuration does not complete.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoutingProblem {
    /// A topic has a placeholder without a value.
    #[error("{at}: {source}; give it one with `.topic_value(..)`")]
    UnfilledTopic {
        /// Where the topic is declared.
        at: At,
        /// Which placeholder.
        source: TopicError,
    },
    /// Two mounted nodes have one name.
    #[error("two mounted nodes are named `{name}`, by `{first}` and `{second}`; a node is mounted once")]
    SameName {
        /// The name.
        name: &'static str,
        /// The contract of the one mounted first.
        first: &'static str,
        /// The contract of the other.
        second: &'static str,
    },
    /// An intent is sent to a node that is not there.
    #[error(
        "{at}: the intent `{intent}` is sent to `{node}`, which is not mounted; add `.mount::<..>()` for it"
    )]
    IntentTargetNotMounted {
        /// Where the intent is routed.
        at: At,
        /// The intent's type.
        intent: &'static str,
        /// The node that should execute it.
        node: &'static str,
    },
    /// An intent is sent to a node that does not execute it.
    #[error(
        "{at}: the intent `{intent}` is sent to `{node}`, whose contract `{contract}` has no route for it"
    )]
    IntentNotRouted {
        /// Where the intent is routed.
        at: At,
        /// The intent's type.
        intent: &'static str,
        /// The node that should execute it.
        node: &'static str,
        /// That node's contract.
        contract: &'static str,
    },
    /// A command or an intent has two handlers, or one node takes a topic twice.
    #[error(
        "{second_at}: `{second}` handles `{topic}`, which `{first}` already handles at {first_at}; \
         a command or an intent has one handler, and a node takes a topic once"
    )]
    TwoOwners {
        /// The topic.
        topic: String,
        /// The node mounted first.
        first: &'static str,
        /// Where its contract says so.
        first_at: At,
        /// The other.
        second: &'static str,
        /// Where its contract says so.
        second_at: At,
    },
}
