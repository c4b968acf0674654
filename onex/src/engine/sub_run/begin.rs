//! How a run begins that is a step: once, in a place and under a key of its own, or not at all.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::first::{First, Stop, first, stop};
use super::waiting::Ended;
use super::{Asked, Awaited, STOPPED, SubRun, unknown};
use crate::engine::driver::Driver;
use crate::engine::driver::attempt::Failed;
use crate::engine::run_handle::RunLost;
use crate::engine::start::run_start;
use crate::engine::status;
use crate::engine::sync::AtomicBool;
use crate::journal::{Journal, RunKey, RunRecord, RunStart};
use crate::message::{Envelope, Payload, RunId};
use crate::plan::OnDuplicate;

/// Who has the identity that a run is to have.
enum Holder {
    Nobody,
    /// A run of an earlier dispatch of the same parent, which is over.
    Earlier,
    Other(RunId),
}

impl<C, J> SubRun<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) async fn begin(
        &self,
        due: Option<Instant>,
        ended: oneshot::Receiver<Ended>,
        input: Asked<C>,
    ) -> Result<Awaited, Failed> {
        let (engine, workflow) = (&self.engine, &self.workflow);
        let admitted = engine.admit_sub_run(workflow);
        let permit = match first(stop(self.cancellation.clone(), due), admitted).await {
            First::Other(Some(permit)) => permit,
            First::Other(None) => return Err(self.not_begun("this runtime starts nothing any more")),
            First::One(Stop::Parent) => return Err(self.not_begun("the run that it is a step of stops")),
            First::One(Stop::Time) => {
                let most = self.timeout.unwrap_or_default().as_millis();
                return Err(self.not_begun(&format!("its turn had not come after {most} ms")));
            }
        };
        let start = self.start(&input(&engine.container)?)?;
        let start = match self.holder(&start).await? {
            Holder::Nobody => start,
            // A key is taken for as long as its run is kept, and that run is what the step did before.
            Holder::Earlier => RunStart { on_duplicate: OnDuplicate::NewRun, ..start },
            Holder::Other(other) if start.on_duplicate == OnDuplicate::Join => return self.join(other).await,
            Holder::Other(other) => {
                let key = &start.identity.key;
                return Err(self.not_begun(&format!("run {other} has its key, `{key}`")));
            }
        };
        let (run, told) = (start.run, Arc::new(AtomicBool::new(false)));
        let in_flight = engine.in_flight.enter();
        let mut driver =
            Driver::new(Arc::clone(engine), Arc::clone(workflow), start, Some(permit), in_flight);
        let (engine, heard) = (Arc::clone(engine), Arc::clone(&told));
        // In a task of its own from here on: whoever gives up waiting leaves no run that nobody drives.
        self.engine.tasks.spawn(async move {
            match driver.begin(None, false, &[]).await {
                Ok(()) => {
                    if heard.load(Ordering::Acquire) {
                        engine.live.cancel(run, STOPPED.into());
                    }
                    // What becomes of the run is told to whoever waits for it.
                    let _ = driver.drive().await;
                }
                Err(refused) => engine.sub_runs.ended(run, &Err(RunLost { run, cause: refused.into() })),
            }
        });
        Ok(Awaited { run, ended, is_own: true, told })
    }

    /// Waits for a run that somebody else has begun.
    pub(super) async fn join(&self, run: RunId) -> Result<Awaited, Failed> {
        let engine = &self.engine;
        let ended = engine.sub_runs.wait(run, self.parent);
        if let Some(record) = self.record(run).await?.filter(|record| record.ended_unix_ms.is_some())
            && let Some(report) = status::report(engine, &record, engine.lease.clone())
        {
            engine.sub_runs.ended(run, &Ok(report));
        }
        Ok(Awaited { run, ended, is_own: false, told: Arc::default() })
    }

    /// What the run starts with: a command of its parent, under the run's own id.
    fn start(&self, input: &Payload) -> Result<RunStart, Failed> {
        let topic = self.workflow.start_topic();
        let envelope = Envelope {
            envelope_id: self.run.0,
            correlation_id: self.correlation_id,
            causation_id: Some(self.parent.0),
            traceparent: self.traceparent,
            wire_type: topic.wire_type(),
            topic,
            payload: input.clone(),
        };
        let start = run_start(&self.workflow, input, None, Some(envelope));
        let start = start.map_err(|error| self.not_begun(&error.to_string()))?;
        Ok(RunStart { run: self.run, ..start })
    }

    async fn holder(&self, start: &RunStart) -> Result<Holder, Failed> {
        if start.on_duplicate == OnDuplicate::NewRun || matches!(start.identity.key, RunKey::Envelope(_)) {
            return Ok(Holder::Nobody);
        }
        let found = self.engine.journal.find(&start.identity).await;
        let found = found.map_err(|error| unknown(format!("the journal cannot be read: {error}")))?;
        let Some(other) = found else { return Ok(Holder::Nobody) };
        let record = self.record(other).await?;
        let is_earlier =
            |record: RunRecord| record.start.parent() == Some(self.parent) && record.ended_unix_ms.is_some();
        Ok(if record.is_some_and(is_earlier) { Holder::Earlier } else { Holder::Other(other) })
    }
}
