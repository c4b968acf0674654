//! What the owner before left unfinished, taken over: envelopes that were accepted, and runs that had begun.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::control::Control;
use super::core::Engine;
use super::driver::{Driver, Taken};
use super::held::{HeldCause, HeldRun};
use super::live::LiveGuard;
use super::status;
use super::sub_run::STOPPED;
use crate::journal::{CommitError, Journal, RunRecord, RunSummary, StorageError, Timer};
use crate::message::RunId;
use crate::run::{Fact, StopCause};

/// A run that is not driven yet, though it is live: whoever finds it can wait for it and stop it.
pub(super) struct Waiting {
    pub(super) summary: RunSummary,
    pub(super) live: LiveGuard,
    pub(super) control: Arc<Control>,
}

/// What a run has to be told that is a step of another one.
enum Told {
    ToStop,
    NotToUndo,
}

/// What a run of this record has told those that are its steps, unless it goes on.
fn told_by(parent: &RunRecord) -> Option<Told> {
    let is_again = |fact: &Fact| matches!(fact, Fact::RunReopened { .. });
    let since = parent.facts.iter().rposition(is_again).map_or(0, |again| again + 1);
    let causes: Vec<StopCause> = parent.facts[since..].iter().filter_map(Fact::cause).collect();
    if causes.contains(&StopCause::Killed) {
        return Some(Told::NotToUndo);
    }
    (!causes.is_empty() || parent.ended_unix_ms.is_some()).then_some(Told::ToStop)
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
        let parked = self.journal.parked().await?;
        let begun = self.journal.begun().await?;
        self.take_over_calls(begun, &outbox).await;
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
        let left = self.with_keys(outbox).await.map_err(|refused| match refused {
            CommitError::Storage(error) => error,
            refused => StorageError(Arc::new(refused)),
        })?;
        let parked = self.park_again(&left, &parked);
        for message in left {
            let parked_at = parked.get(&message.envelope.envelope_id);
            self.hand_over_left(message, parked_at.map_or(&[], Vec::as_slice));
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

    /// A run that rests sleeps on; any other goes on once there is room for one more.
    pub(super) async fn take_over(
        self: &Arc<Self>,
        Waiting { summary, live, control }: Waiting,
        timers: Vec<Timer>,
    ) {
        let RunSummary { run, identity, .. } = summary;
        self.parked_runs.remove(run);
        let hold = |identity, cause| self.hold(HeldRun { run, identity, cause });
        let Some(today) = self.registry.workflow_named(&identity) else {
            return hold(identity, HeldCause::NotMounted);
        };
        let record = match self.journal.run(run).await {
            Ok(Some(record)) => record,
            Ok(None) => return,
            Err(error) => return hold(identity, error.into()),
        };
        let workflow = match today.for_plan_of(&record) {
            Ok(workflow) => workflow,
            Err(cause) => return hold(identity, cause),
        };
        let parent = record.start.parent();
        if let Some(parent) = parent {
            // What would it be a step of? It was told to stop, or nobody was left to tell it.
            match self.journal.run(parent).await {
                Ok(parent) => match parent.as_ref().map_or(Some(Told::ToStop), told_by) {
                    Some(Told::ToStop) => drop(control.cancel(STOPPED.into())),
                    Some(Told::NotToUndo) => drop(control.kill(STOPPED.into())),
                    None => {}
                },
                Err(error) => return hold(identity, error.into()),
            }
        }
        let (engine, of_run) = (Arc::clone(self), (live, control));
        match Driver::take_over(engine, workflow, &record, of_run, self.in_flight.enter()) {
            Ok(Taken::GoesOn(driver)) => {
                self.tally.runs_taken_over.add(1);
                let Err(mut driver) = driver.sleeps_on(&timers) else { return };
                if today.is_called {
                    // Behind it may be one that is a step of those for whose places it waits.
                    let (engine, workflow) = (Arc::clone(self), Arc::clone(today));
                    self.tasks.spawn(async move {
                        let permit = engine.admit_again(&workflow, parent.is_some()).await;
                        let Some(permit) = permit else { return };
                        driver.admitted(permit);
                        driver.go_on(&timers).await;
                    });
                    return;
                }
                let Some(permit) = self.admit_again(today, false).await else { return };
                driver.admitted(permit);
                // What becomes of the run is in its report and in the journal.
                self.tasks.spawn(async move { driver.go_on(&timers).await });
            }
            Ok(Taken::AtItsEnd(live)) => {
                if record.ended_unix_ms.is_none() {
                    self.parked_runs.add(run);
                }
                if let Some(report) = status::report(self, &record, self.lease.clone()) {
                    live.finish(&Ok(report));
                }
            }
            Err(cause) => hold(identity, cause),
        }
    }

    pub(super) fn hold(&self, held: HeldRun) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(held);
    }

    pub(crate) fn held_runs(&self) -> Vec<HeldRun> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
