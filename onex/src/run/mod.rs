//! The kernel: one workflow run as a pure state machine.
//!
//! A [`Plan`] says which steps there are and how they depend on each other. A [`Run`] is one execution of it.
//! [`Run::handle`] takes an [`Input`] and decides [`Fact`]s, which say what happened, and [`Command`]s, which say
//! what the world has to do now. **The fold of a run's facts is its state**: [`Run::apply`] is the only way a run
//! changes, so what was journalled, what is replayed after a crash and what ran are one and the same thing.
//!
//! ```text
//!        Start               every step is final
//! (new) ───────▶ Running ───────────────────────────▶ Completed | CompletedWithErrors
//!                   │ ▲ Pause, Resume                            ▲
//!                   │ ╰──▶ Paused ───────────────────────────────╯
//!                   │ first stop cause
//!                   ▼          nothing in flight,
//!               Stopping ───────────────────────────▶ Failed | TimedOut | Cancelled
//!                   │          nothing to compensate             ▲
//!                   ▼ nothing in flight                          │
//!             Compensating ──────────────────────────────────────┘
//!                   │          all compensated
//!                   ▼ a compensation fails for good
//!                Parked    ◀── Running, when a step ends its process too often
//! ```
//!
//! Beside its commands, a run has questions: [`Run::undecided`] names the steps whose condition is to be evaluated,
//! [`Run::uncounted`] the one whose list is to be counted.
//!
//! A driver commits `decision.facts` as one unit and only then executes `decision.commands`; it answers each
//! command with the input that the command names. An input that does not fit, because it is late, repeated or
//! foreign, is ignored: it yields no facts and no commands, so answers may be delivered at least once.
//!
//! A run that is replayed in another process is told so with [`Input::Restarted`]: what was in flight is dispatched again
//! under the same number, until a process has ended too often while it ran.
//!
//! The first cause of a stop decides how a run ends, later ones are noted. A run that is killed ends without being undone, or
//! undone no further.
//!
//! A gate is a step that an event completes. Opening it is all that the kernel does ([`Command::Await`]); which event is
//! whose, when its time is over and what came too early is for the driver to know.
//!
//! This module must not know the clock, I/O, randomness, async, payloads or who owns the run: time comes in as
//! [`Input::RetryDue`], [`Input::RunTimedOut`] and [`Input::GraceOver`], randomness as [`Jitter`], and what is known of the
//! health of the outside as [`Input::Held`] and [`Input::Released`].
//!
//! ```
//! use std::{num::NonZeroU32, sync::Arc, time::Duration};
//! use onex::run::*;
//!
//! let policy = Policy {
//!     mode: Mode::Parallel { max_steps: NonZeroU32::MIN },
//!     strategy: Strategy::FailFast,
//!     backoff: Backoff::exponential(Duration::from_millis(100), 2.0, Duration::from_secs(10)),
//!     compensation_retries: 3,
//!     undoing: Undoing::USUAL,
//!     min_completed_percent: None,
//!     timeout: Duration::from_secs(30),
//! };
//! let charge = StepSpec::new("charge", StepKind::Effect);
//! let mut receipt = StepSpec::new("receipt", StepKind::Compute);
//! receipt.depends_on = vec![(StepId(0), Need::Required)];
//! let mut run = Run::new(Arc::new(Plan::new(policy, vec![charge, receipt])?));
//!
//! let mut decision = Decision::default();
//! run.handle(Input::Start, &mut decision);
//! assert_eq!(decision.commands, [Command::Dispatch { step: StepId(0), attempt: 1 }]);
//! run.handle(Input::Completed { step: StepId(0), attempt: 1 }, &mut decision);
//! assert_eq!(decision.commands, [Command::Dispatch { step: StepId(1), attempt: 1 }]);
//! run.handle(Input::Completed { step: StepId(1), attempt: 1 }, &mut decision);
//! assert_eq!(run.state(), RunState::Completed);
//! # Ok::<(), PlanError>(())
//! ```

mod apply;
mod causes;
mod compensate;
mod decide;
mod exchange;
mod fact;
mod fan;
mod fans;
mod fits;
mod graph;
mod history;
mod migrate;
mod plan;
mod plan_error;
mod policy;
mod ready;
mod record;
mod reopen;
mod restart;
mod shape;
mod share;
mod skip;
mod state;
mod status;
mod stop;
#[cfg(test)]
mod tests;
mod turns;
mod undoing;

pub use exchange::{Command, Decision, Input};
pub use fact::{Fact, Failure, FailureCause, FailureClass, StopCause};
pub use fits::FactError;
pub use history::ActionStatus;
pub use migrate::Obstacle;
pub use plan::{Need, OnFailure, Plan, StepId, StepKind, StepSpec};
pub use plan_error::PlanError;
pub use policy::{Backoff, Growth, Jitter, Mode, Policy, Strategy};
pub use shape::Shape;
pub use skip::SkipReason;
pub use state::Run;
pub use status::{Compensating, CompensationState, RunState, StepState, StepStatus};
pub use undoing::{UndoOrder, Undoing};
