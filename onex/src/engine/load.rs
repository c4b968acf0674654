//! What an engine has to do at this moment, in numbers.

use serde::Serialize;

use super::core::Engine;

/// What is going on in a runtime right now. A snapshot: the numbers may be of slightly different moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Envelopes that are accepted and not settled, and runs that are alive.
    pub in_flight: usize,
    /// Runs that are being driven: at most [`Settings::max_concurrent_runs`].
    ///
    /// [`Settings::max_concurrent_runs`]: super::Settings::max_concurrent_runs
    pub runs: usize,
    /// Runs that are asleep: at a gate, until a retry is due, or paused, for longer than [`Settings::dormant_after`].
    ///
    /// [`Settings::dormant_after`]: super::Settings::dormant_after
    pub asleep: usize,
    /// Runs that wait for their turn to start, because there are so many.
    pub waiting_runs: usize,
    /// Tasks that the runtime has spawned and that have not ended. What waits in a mailbox has none.
    pub tasks: usize,
    /// Keys that something is handled for, or waits for.
    pub mailboxes: usize,
}

impl<C, J> Engine<C, J> {
    pub(crate) fn load(&self) -> Load {
        Load {
            in_flight: self.in_flight.count(),
            runs: self.admission.taken(),
            asleep: self.live.asleep(),
            waiting_runs: self.waiting_runs(),
            tasks: self.tasks.count(),
            mailboxes: self.mailboxes.count(),
        }
    }
}
