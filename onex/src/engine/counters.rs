//! What an engine has done since it was built, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::run::RunState;

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What a runtime has done since it was built. A snapshot: the numbers may be of slightly different moments.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
        pub struct Counters { $($(#[$doc])* pub $name: u64,)* }

        /// The numbers as they are counted.
        #[derive(Debug, Default)]
        pub(crate) struct Tally { $(pub(crate) $name: Count,)* }

        impl Tally {
            pub(crate) fn snapshot(&self) -> Counters {
                Counters { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

counters! {
    /// Envelopes taken from outside.
    accepted,
    /// Envelopes handled, once for each subscriber: the handler answered and the answer is committed.
    handled,
    /// Envelopes that were recognised as handled before.
    duplicates,
    /// Envelopes that handlers and steps have sent.
    emitted,
    /// Messages that nobody could handle, and failed runs.
    dead_letters,
    /// How often a message was parked: it could not be handled, and holds back what has its key until a person decides.
    parked,
    /// Commits that the journal refused because the lease was lost or the storage failed.
    refused_commits,
    /// Runs started.
    runs_started,
    /// Runs that another engine had begun and this one took over.
    runs_taken_over,
    /// How often a run went on that had been asleep, out of memory.
    runs_woken,
    /// Runs that completed.
    runs_completed,
    /// Runs that completed although steps failed.
    runs_completed_with_errors,
    /// Runs that failed.
    runs_failed,
    /// Runs that were cancelled.
    runs_cancelled,
    /// Runs whose time ran out.
    runs_timed_out,
    /// Runs that wait for a person.
    runs_parked,
    /// Calls of routes' handlers, steps and compensations.
    attempts,
    /// Those of them that were not the first.
    retries,
    /// Retries that were due and had to wait: more than the budget of retries allows were so.
    retries_held,
}

/// One number.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

impl Tally {
    pub(crate) fn run_ended(&self, state: RunState) {
        let count = match state {
            RunState::Completed => &self.runs_completed,
            RunState::CompletedWithErrors => &self.runs_completed_with_errors,
            RunState::Failed => &self.runs_failed,
            RunState::Cancelled => &self.runs_cancelled,
            RunState::TimedOut => &self.runs_timed_out,
            RunState::Parked => &self.runs_parked,
            RunState::Running | RunState::Paused | RunState::Stopping | RunState::Compensating => return,
        };
        count.add(1);
    }
}
