//! What goes in and out of a run: inputs from its driver, decisions to it.

use std::time::Duration;

use super::fact::{Fact, Failure};
use super::plan::StepId;
use super::policy::Jitter;

/// Something that a driver tells a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The run begins. Nothing else is taken before.
    Start,
    /// The process that drove the run ended; another drives it now, and nobody reports on what was in flight. Circuits
    /// are those of the process, so what was held is not held any more.
    Restarted {
        /// How often a process may end while one step, or its compensation, runs. That often, and the run is parked.
        crash_limit: u32,
    },
    /// An effect is not dispatched, although [`Command::Dispatch`] said so: what it acts on is left alone for now, or
    /// the run was told to stop before it began. The command is void.
    Held {
        /// The step.
        step: StepId,
        /// The attempt that the command named.
        attempt: u32,
    },
    /// A step that was held may be dispatched. The answer may be another [`Command::Dispatch`], now or later.
    Released {
        /// The step.
        step: StepId,
    },
    /// The condition of a step was evaluated. It is one that [`Run::undecided`](super::Run::undecided) named.
    Evaluated {
        /// The step.
        step: StepId,
        /// Whether it holds.
        holds: bool,
    },
    /// That condition cannot be evaluated: the step failed.
    Undecidable {
        /// The step.
        step: StepId,
        /// Why.
        failure: Failure,
    },
    /// How many entries the list has for each of which a step is done. It is the one that
    /// [`Run::uncounted`](super::Run::uncounted) names.
    Counted {
        /// The step.
        step: StepId,
        /// How many there are.
        items: u32,
    },
    /// The entries of that list cannot be had: the step failed.
    Uncountable {
        /// The step.
        step: StepId,
        /// Why.
        failure: Failure,
    },
    /// The event came that an open gate waits for. One that comes before its gate is open is the driver's to keep.
    Arrived {
        /// The gate.
        step: StepId,
    },
    /// The time of an open gate is over. A paused run does not take it: give it again when the run goes on.
    GateTimedOut {
        /// The gate.
        step: StepId,
    },
    /// An attempt succeeded.
    Completed {
        /// The step.
        step: StepId,
        /// The attempt that [`Command::Dispatch`] named.
        attempt: u32,
    },
    /// An attempt failed.
    Failed {
        /// The step.
        step: StepId,
        /// The attempt that [`Command::Dispatch`] named.
        attempt: u32,
        /// Why.
        failure: Failure,
        /// For the delay, if there is a retry.
        jitter: Jitter,
    },
    /// The delay of a [`Command::RetryAfter`] is over.
    RetryDue {
        /// The step.
        step: StepId,
        /// The attempt that the command named: the one that failed.
        attempt: u32,
    },
    /// A person wants the run, which is over or parked, to go on from a step. See [`Run::may_reopen`](super::Run::may_reopen).
    Reopen {
        /// The step.
        from: StepId,
    },
    /// Nothing is to be dispatched until [`Input::Resume`]. Steps in flight go on and are answered for as ever. No
    /// active time passes: the driver gives neither [`Input::RetryDue`] nor [`Input::RunTimedOut`] meanwhile, and
    /// goes on with what remained of each delay afterwards.
    Pause,
    /// The run goes on.
    Resume,
    /// The run's active time is used up.
    RunTimedOut,
    /// The run is to stop.
    Cancel,
    /// The run is to stop, or to end if it is being undone: nothing, or nothing more, is undone. An attempt to undo a step
    /// that is in flight is given up.
    Kill,
    /// Attempts that still run after [`Command::SignalCancel`] are given up.
    GraceOver,
    /// A compensation succeeded.
    Compensated {
        /// The step.
        step: StepId,
        /// The attempt that [`Command::Compensate`] named.
        attempt: u32,
    },
    /// A compensation failed.
    CompensationFailed {
        /// The step.
        step: StepId,
        /// The attempt that [`Command::Compensate`] named.
        attempt: u32,
        /// Why.
        failure: Failure,
        /// For the delay, if there is a retry.
        jitter: Jitter,
    },
    /// The delay of a [`Command::RetryAfter`] of a compensation is over.
    CompensationRetryDue {
        /// The step.
        step: StepId,
        /// The attempt that the command named: the one that failed.
        attempt: u32,
    },
    /// The time for undoing the run is over: what is not undone is left to a person.
    UndoingTimedOut,
}

/// Something that a run tells its driver. It is executed after the facts it came with are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Start an attempt. Answer with [`Input::Completed`] or [`Input::Failed`], or with [`Input::Held`] instead of
    /// starting it.
    Dispatch {
        /// The step.
        step: StepId,
        /// The attempt, from 1.
        attempt: u32,
    },
    /// A gate is open: its time begins. Answer with [`Input::Arrived`] or [`Input::GateTimedOut`], whenever that is.
    Await {
        /// The gate.
        step: StepId,
    },
    /// Start an attempt to undo a step. Answer with [`Input::Compensated`] or [`Input::CompensationFailed`].
    Compensate {
        /// The step.
        step: StepId,
        /// The compensation's attempt, from 1.
        attempt: u32,
    },
    /// Answer after a delay with [`Input::RetryDue`] or [`Input::CompensationRetryDue`].
    RetryAfter {
        /// The step.
        step: StepId,
        /// The attempt that failed, or 0 for a delay before the first one of a compensation; the answer repeats it.
        attempt: u32,
        /// The delay, in whole milliseconds.
        after: Duration,
        /// True when it is the compensation that is tried again.
        compensation: bool,
    },
    /// Ask every attempt in flight to stop, go on answering for them, and give [`Input::GraceOver`] when the grace
    /// is over.
    SignalCancel,
    /// The run has ended or is parked. No command follows, no input matters any more.
    Finish,
}

/// What a run decides on one input. Keep one and hand it in again: its buffers are reused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What happened, in order. To be committed as one unit; already applied to the run.
    pub facts: Vec<Fact>,
    /// What to do once the facts are committed, in order.
    pub commands: Vec<Command>,
}

impl Decision {
    /// True when the input was ignored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.commands.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.facts.clear();
        self.commands.clear();
    }
}
