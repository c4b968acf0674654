//! Who looks after the runs that are asleep: one task for all of them, which is there while any are.

use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use super::asleep::{Chore, Woken};
use super::core::Engine;
use super::driver::Driver;
use super::held::HeldRun;
use super::live::LiveRuns;
use super::run_handle::{LostCause, RunLost};
use crate::journal::Journal;

/// The task's hold on those it looks after: where it is dropped before they are woken, nobody waits for them in vain.
struct Attendant(Option<Arc<LiveRuns>>);

impl Drop for Attendant {
    fn drop(&mut self) {
        if let Some(live) = &self.0 {
            live.leave_unattended();
        }
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Expects that nobody does yet.
    pub(crate) fn look_after_sleepers(self: &Arc<Self>) {
        let (engine, attendant) = (Arc::clone(self), Attendant(Some(Arc::clone(&self.live))));
        self.tasks.spawn(async move { engine.attend(attendant).await });
    }

    async fn attend(self: Arc<Self>, mut attendant: Attendant) {
        loop {
            match self.live.chore(Instant::now()) {
                Chore::Wake(woken) => woken.into_iter().for_each(|woken| {
                    let engine = Arc::clone(&self);
                    // On the heap: tokio would copy a future of this size several times on its way into a task.
                    self.tasks.spawn(Box::pin(async move { engine.wake(woken).await }));
                }),
                Chore::Wait(None) => self.live.changed().await,
                Chore::Wait(Some(due)) => {
                    // Whichever is first: it is looked at again.
                    let _ = timeout_at(due, self.live.changed()).await;
                }
                Chore::Leave => {
                    // There may be another one by now.
                    attendant.0 = None;
                    return;
                }
            }
        }
    }

    /// Lets a run go on that was asleep, once there is room for one more.
    async fn wake(self: Arc<Self>, Woken { run, control, asleep }: Woken) {
        let live = self.live.guard(run);
        let Some(workflow) = self.registry.workflow_of_row(asleep.row) else { return };
        let Some(permit) = self.admit_again(workflow, asleep.is_sub_run).await else { return };
        let record = match self.journal.run(run).await {
            Ok(Some(record)) => record,
            Ok(None) => return,
            Err(error) => {
                let cause = LostCause::Journal(error.into());
                return live.finish(&Err(RunLost { run, cause }));
            }
        };
        let driver = match workflow.for_plan_of(&record) {
            Ok(workflow) => {
                Driver::wake(Arc::clone(&self), workflow, &record, live, (control, permit, *asleep))
            }
            Err(cause) => Err((live, cause)),
        };
        match driver {
            Ok(driver) => {
                self.tally.runs_woken.add(1);
                driver.drive().await;
            }
            Err((live, cause)) => {
                live.finish(&Err(RunLost { run, cause: LostCause::Held(cause.clone()) }));
                self.hold(HeldRun { run, identity: record.start.identity.clone(), cause });
            }
        }
    }
}
