//! Stopping an engine: accept no more, leave what sleeps, wait, then cancel, then give up.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, timeout};

use super::core::Engine;
use crate::journal::Journal;

/// How a shutdown went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Shutdown {
    /// Everything came to its end within the timeout; nothing was left or cancelled.
    pub settled: bool,
    /// Runs that wait for an event, for their time or for a person, with nothing of them under way: they are left as they
    /// are. The next owner of a journal that lasts goes on with them; with a journal in memory they are not finished.
    pub left: usize,
    /// Runs that were cancelled because they had not ended.
    pub cancelled: usize,
    /// Runs that waited for their turn and did not start: whoever asked is told, an envelope stays in the outbox.
    pub not_started: usize,
    /// Envelopes and runs that did not stop when they were told to, and were dropped as by a crash: what they
    /// committed stands.
    pub abandoned: usize,
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) async fn shut_down(&self, patience: Duration) -> Shutdown {
        self.permits.close();
        let until = *self.closing.get_or_init(|| Instant::now().checked_add(patience));
        self.live.nudge_all();
        let sleep_on = || self.live.next_due().is_none_or(|due| until.is_some_and(|until| due > until));
        if timeout(patience, self.in_flight.all_asleep(sleep_on)).await.is_ok() {
            let left = self.live.leave_asleep();
            return Shutdown { settled: left == 0, left, ..Shutdown::default() };
        }
        let not_started = self.close_admissions();
        let mut left = self.live.leave_asleep();
        let cancelled = self.live.cancel_busy(&"the runtime was shut down".into());
        self.stopping.send();
        // Once for steps to stop, once for compensations.
        let _ = timeout(self.longest_grace() * 2, self.in_flight.all_asleep(|| true)).await;
        left += self.live.leave_asleep();
        let abandoned = self.in_flight.count();
        self.tasks.end().await;
        self.take_calls_back().await;
        Shutdown { settled: false, left, cancelled, not_started, abandoned }
    }

    /// Nothing of the engine is left that could ask the journal for something.
    pub(crate) async fn close(&self, patience: Duration) -> Shutdown {
        let shutdown = self.shut_down(patience).await;
        self.tasks.end().await;
        self.journal.close().await;
        shutdown
    }

    fn longest_grace(&self) -> Duration {
        self.registry
            .workflows()
            .map(|workflow| self.registry.time_to_stop(workflow, self.settings.grace))
            .fold(self.settings.grace, Duration::max)
    }
}
