//! A node in the type system: its routes and steps, who handles them and what they may give back.
//!
//! The macros write impls of these traits and nothing else; rustc does the proving. Must not know how a run is
//! driven: the engine sees only the erased tables of [`mount`].

pub mod answer;
mod completes;
pub mod condition;
mod container;
mod contracted;
mod ctx;
mod emit;
mod fault;
mod intents;
pub mod mount;
mod outcome;
pub mod reduce;
pub mod route;
pub mod step;

pub use completes::Completes;
pub use container::{Dep, FromContainer, Provides};
pub use contracted::{BatchWorkflow, Contracted, Node, StreamWorkflow, Workflow};
pub use ctx::{Cancellation, Ctx, StepCtx, StopSignal};
pub use emit::{Emit, Emits, Emitted, EmittedEvent, EmittedIntent, Intends, Starts};
pub use fault::{Classify, Fault, FaultClass};
pub use intents::{
    AskedFn, AskedIntent, AsksNothing, HandlerOf, IntentEnd, IntentOutcome, IntentOutcomes, Intents,
    IntentsOf, NoHandlerThere,
};
pub use outcome::{Outcome, SkipCause};
