//! wip
pub mod bus;
pub mod engine;
pub mod journal;
pub mod message;
pub mod node;
pub mod plan;
pub mod run;

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

pub use bus::Subscription;
pub use engine::{BuildError, RunHandle, RunReport, Runtime, RuntimeBuilder, Settings};
pub use journal::{DeadLetter, DeadLetterCause};
pub use message::{Envelope, Event, Intent, Payload, StepValue};
pub use node::route::dispatch;
pub use node::{Classify, Ctx, Dep, Emit, Fault, FaultClass, Provides};
pub use onex_macros::{Container, Event, Intent, effect, handler, orchestrator};
