//! What the owner before left unfinished, taken over: envelopes that were accepted, and runs that had begun.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::control::Control;
use super::core::Engine;
use super::driver::Driver;
use super::held::{HeldCause, HeldRun};
use super::live::LiveGuard;
use super::status;
use crate::journal::{Journal, RunSummary, StorageError, Timer};
use crate::message::RunId;

/// A run that is not driven yet, though it is live: whoever finds it can wait for it and stop it.
pub(super) struct Waiting {
    pub(super) summary: RunSummary,
    pub(super) live: LiveGuard,
    pub(super) control: Arc<Control>,
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Reads what there is to do; it is then done while the engine is used.
    pub(crate) async fn recover(self: &Arc<Self>) -> Result<(), StorageError> {
        let unfinished = self.journal.unfinished().await?;
        let outbox = self.journal.outbox().await?;
        let mut timers: HashMap<RunId, Vec<Timer>> = HashMap::new();
        for timer in self.journal.timers().await? {
            timers.entry(timer.key.run).or_default().push(timer);
        }
        // Those of one workflow wait for their turn behind each other, and for nobody else's.
        let mut waiting: HashMap<_, Vec<(Waiting, Vec<Timer>)>> = HashMap::new();
        for summary in unfinished {
            let control = Arc::default();
            let live = self.live.enter(summary.run, Arc::clone(&control));
            let workflow = (summary.identity.node.clone(), summary.identity.workflow.clone());
            let timers = timers.remove(&summary.run).unwrap_or_default();
            waiting.entry(workflow).or_default().push((Waiting { summary, live, control }, timers));
        }
        // Semantics 4: in the order in which they were committed, so that what has one key keeps its order.
        for envelope in outbox {
            self.hand_over(envelope);
        }
        for waiting in waiting.into_values() {
            let (engine, in_flight) = (Arc::clone(self), self.in_flight.enter());
            self.tasks.spawn(async move {
                for (run, timers) in waiting {
                    engine.take_over(run, timers).await;
                }
                drop(in_flight);
            });
        }
        Ok(())
    }

    /// Once there is room for one more run.
    pub(super) async fn take_over(
        self: &Arc<Self>,
        Waiting { summary, live, control }: Waiting,
        timers: Vec<Timer>,
    ) {
        let Some(workflow) = self.registry.workflow_named(&summary.identity) else {
            return self.hold(summary, HeldCause::NotMounted);
        };
        let Some(permit) = self.admit(workflow).await else { return };
        let record = match self.journal.run(summary.run).await {
            Ok(Some(record)) => record,
            Ok(None) => return,
            Err(error) => return self.hold(summary, error.into()),
        };
        let workflow = match workflow.for_plan_of(&record) {
            Ok(workflow) => workflow,
            Err(cause) => return self.hold(summary, cause),
        };
        let engine = Arc::clone(self);
        match Driver::take_over(engine, workflow, &record, (live, control), permit, self.in_flight.enter()) {
            Ok(Ok(driver)) => {
                self.tally.runs_taken_over.add(1);
                self.tasks.spawn(async move {
                    // What becomes of the run is in its report and in the journal.
                    let _ = driver.go_on(&timers).await;
                });
            }
            Ok(Err(live)) => {
                // Parked: it waits for a person, and whoever waits for it is told.
                if let Some(report) = status::report(self, &record, self.lease.clone()) {
                    live.finish(&Ok(report));
                }
            }
            Err(cause) => self.hold(summary, cause),
        }
    }

    fn hold(&self, RunSummary { run, identity, .. }: RunSummary, cause: HeldCause) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.push(HeldRun { run, identity, cause });
    }

    pub(crate) fn held_runs(&self) -> Vec<HeldRun> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
