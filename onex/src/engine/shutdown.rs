//! Stopping an engine: accept no more, wait, then cancel, then give up.

use std::time::Duration;

use serde::Serialize;
use tokio::time::timeout;

use super::core::Engine;

/// How a shutdown went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Shutdown {
    /// Everything came to its end within the timeout; nothing was cancelled.
    pub settled: bool,
    /// Runs that were cancelled because they had not ended.
    pub cancelled: usize,
    /// Runs that waited for their turn and did not start: whoever asked is told, an envelope stays in the outbox.
    pub not_started: usize,
    /// Envelopes and runs that did not stop when they were told to, and were dropped as by a crash: what they
    /// committed stands.
    pub abandoned: usize,
}

impl<C, J> Engine<C, J> {
    pub(crate) async fn shut_down(&self, patience: Duration) -> Shutdown {
        self.permits.close();
        if timeout(patience, self.in_flight.settled()).await.is_ok() {
            return Shutdown { settled: true, ..Shutdown::default() };
        }
        let not_started = self.close_admissions();
        let cancelled = self.live.cancel_all(&"the runtime was shut down".into());
        self.stopping.send();
        // Once for steps to stop, once for compensations.
        let _ = timeout(self.longest_grace() * 2, self.in_flight.settled()).await;
        let abandoned = self.in_flight.count();
        self.tasks.end().await;
        Shutdown { settled: false, cancelled, not_started, abandoned }
    }

    fn longest_grace(&self) -> Duration {
        self.registry
            .workflows()
            .map(|workflow| self.registry.time_to_stop(workflow, self.settings.grace))
            .fold(self.settings.grace, Duration::max)
    }
}
