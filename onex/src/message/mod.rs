//! What travels: events, intents, and the envelope around them.
//!
//! Must not know nodes, runs or the engine.

mod envelope;
mod id;
mod payload;
mod topic;
mod trace;
mod value;

pub use envelope::Envelope;
pub use id::{RunId, action_id, emitted_id, item_action_id, list_action_id, source_id, sub_run_id};
pub use payload::{DecodeError, Payload};
pub use topic::{Topic, TopicError, Topics};
pub use trace::{TraceParent, TraceParentError};
#[doc(hidden)]
pub use value::RustType;
pub use value::{Event, Intent, IntentId, StepValue, intent_hash};
