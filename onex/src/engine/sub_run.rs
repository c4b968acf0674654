//! Runs that are steps of other runs: begun once for each dispatch of the step, waited for, told to stop with it.
//!
//! Such a run is one like any other: its id follows from the dispatch, so that whichever process drives the parent finds it,
//! begun, going on or over, and does not begin it twice.

use std::collections::HashMap;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout};

use super::completed::without_output;
use super::contain::contained;
use super::core::Engine;
use super::driver::Driver;
use super::driver::attempt::Failed;
use super::report::{OutputError, RunCause, RunReport, StepReport};
use super::run_handle::{LostCause, RunLost};
use super::start::run_start;
use super::status;
use super::sync::{Mutex, MutexGuard};
use super::workflow::Workflow;
use crate::journal::{CommitError, Journal, RunKey, RunRecord, RunStart};
use crate::message::{Envelope, Payload, RunId, TraceParent, action_id, sub_run_id};
use crate::node::Cancellation;
use crate::node::mount::ReadFn;
use crate::plan::{Kind, OnDuplicate};
use crate::run::{CompensationState, Failure, FailureCause, FailureClass, Run, RunState, StepId, StepState};

/// How a run ended, or that it is not driven to its end.
type Ended = Result<RunReport, RunLost>;

/// Who waits for runs that are steps of theirs. A run that is parked has not ended: a person may let it go on.
#[derive(Debug, Default)]
pub(crate) struct SubRuns {
    waiting: Mutex<HashMap<RunId, Vec<Waits>>>,
    /// Somebody has ever waited: spares the lock where no run is a step. Whoever waits says so before the journal is asked, so
    /// whoever comes from the commit of a run's end sees it.
    any: AtomicBool,
}

/// One of them.
#[derive(Debug)]
struct Waits {
    parent: RunId,
    is_told: oneshot::Sender<Ended>,
}

/// Which run a step waits for, once that has begun.
pub(crate) type AwaitedRun = Arc<Mutex<Option<RunId>>>;

impl SubRuns {
    fn wait(&self, run: RunId, parent: RunId) -> oneshot::Receiver<Ended> {
        let (is_told, ended) = oneshot::channel();
        let mut waiting = self.lock();
        let waiters = waiting.entry(run).or_default();
        waiters.retain(|waiter| !waiter.is_told.is_closed());
        waiters.push(Waits { parent, is_told });
        self.any.store(true, Ordering::Release);
        ended
    }

    /// Tells whoever waits for a run what became of it.
    pub(crate) fn ended(&self, run: RunId, outcome: &Ended) {
        if !self.any.load(Ordering::Acquire) || outcome.as_ref().is_ok_and(|report| !report.state.is_final())
        {
            return;
        }
        let waiters = self.lock().remove(&run);
        for waiter in waiters.into_iter().flatten() {
            // Whoever does not wait any more does not care.
            let _ = waiter.is_told.send(outcome.clone());
        }
    }

    /// Those of which a step waits for a run, or did when they fell asleep.
    pub(crate) fn parents(&self, run: RunId) -> Vec<RunId> {
        self.lock().get(&run).into_iter().flatten().map(|waiter| waiter.parent).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Vec<Waits>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a run starts with that is a step, made of what the step takes. The function is the user's.
pub(crate) type Asked<C> = Box<dyn FnOnce(&C) -> Result<Payload, Failed> + Send>;

/// One dispatch of a step that is a workflow.
pub(crate) struct SubRun<C, J> {
    pub(crate) engine: Arc<Engine<C, J>>,
    pub(crate) workflow: Arc<Workflow<C>>,
    /// The step of it whose output is that of a run.
    pub(crate) last: StepId,
    pub(crate) run: RunId,
    pub(crate) parent: RunId,
    pub(crate) awaited: AwaitedRun,
    pub(crate) correlation_id: uuid::Uuid,
    pub(crate) traceparent: Option<TraceParent>,
    /// Of the parent's attempts.
    pub(crate) cancellation: Cancellation,
    pub(crate) input: Option<Asked<C>>,
    /// How the output is read if it comes from a journal.
    pub(crate) read: Option<ReadFn>,
    /// Of the step, if its contract says so; the run has one of its own.
    pub(crate) timeout: Option<Duration>,
    /// How long the run may take to stop when that time is over.
    pub(crate) grace: Duration,
}

/// Why a run is to stop that is a step.
#[derive(Debug, Clone, Copy)]
enum Stop {
    /// The run that it is a step of stops.
    Parent,
    /// The step's time is over.
    Time,
}

/// The run that a dispatch waits for.
struct Awaited {
    run: RunId,
    ended: oneshot::Receiver<Ended>,
    /// It was begun for this step, and not for somebody else.
    is_own: bool,
    /// It was told to stop, perhaps before it could hear it.
    told: Arc<AtomicBool>,
}

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
    /// From the dispatch to the output of the run, or to why there is none.
    pub(crate) async fn go(mut self) -> Result<Payload, Failed> {
        let due = self.timeout.and_then(|time| Instant::now().checked_add(time));
        let own = self.run;
        // Before the journal is asked: an end in between is not missed.
        let ended = self.engine.sub_runs.wait(own, self.parent);
        match self.record(own).await? {
            Some(record) if record.ended_unix_ms.is_some() => self.over(&record),
            Some(_) => {
                let awaited = Awaited { run: own, ended, is_own: true, told: Arc::default() };
                self.wait(due, awaited).await
            }
            None => {
                let awaited = self.begin(due, ended).await?;
                self.wait(due, awaited).await
            }
        }
    }

    async fn record(&mut self, run: RunId) -> Result<Option<RunRecord>, Failed> {
        let engine = Arc::clone(&self.engine);
        let record = engine.journal.run(run).await;
        record.map_err(|error| unknown(format!("the journal cannot be read: {error}")))
    }

    async fn begin(
        &mut self,
        due: Option<Instant>,
        ended: oneshot::Receiver<Ended>,
    ) -> Result<Awaited, Failed> {
        let (engine, workflow) = (Arc::clone(&self.engine), Arc::clone(&self.workflow));
        let admitted = engine.admit_sub_run(&workflow);
        let permit = match first(stop(self.cancellation.clone(), due), admitted).await {
            First::Other(Some(permit)) => permit,
            First::Other(None) => return Err(self.not_begun("this runtime starts nothing any more")),
            First::One(Stop::Parent) => return Err(self.not_begun("the run that it is a step of stops")),
            First::One(Stop::Time) => {
                let most = self.timeout.unwrap_or_default().as_millis();
                return Err(self.not_begun(&format!("its turn had not come after {most} ms")));
            }
        };
        let Some(input) = self.input.take() else { return Err(self.not_begun("it was begun before")) };
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
        let mut driver = Driver::new(Arc::clone(&engine), workflow, start, Some(permit), in_flight);
        let heard = Arc::clone(&told);
        // In a task of its own from here on: whoever gives up waiting leaves no run that nobody drives.
        Arc::clone(&engine).tasks.spawn(async move {
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
    async fn join(&mut self, run: RunId) -> Result<Awaited, Failed> {
        let engine = Arc::clone(&self.engine);
        let ended = engine.sub_runs.wait(run, self.parent);
        if let Some(record) = self.record(run).await?.filter(|record| record.ended_unix_ms.is_some())
            && let Some(report) = status::report(&engine, &record, engine.lease.clone())
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

    async fn holder(&mut self, start: &RunStart) -> Result<Holder, Failed> {
        if start.on_duplicate == OnDuplicate::NewRun || matches!(start.identity.key, RunKey::Envelope(_)) {
            return Ok(Holder::Nobody);
        }
        let engine = Arc::clone(&self.engine);
        let found = engine.journal.find(&start.identity).await;
        let found = found.map_err(|error| unknown(format!("the journal cannot be read: {error}")))?;
        let Some(other) = found else { return Ok(Holder::Nobody) };
        let record = self.record(other).await?;
        let is_earlier =
            |record: RunRecord| record.start.parent() == Some(self.parent) && record.ended_unix_ms.is_some();
        Ok(if record.is_some_and(is_earlier) { Holder::Earlier } else { Holder::Other(other) })
    }

    async fn wait(mut self, due: Option<Instant>, awaited: Awaited) -> Result<Payload, Failed> {
        let Awaited { run, ended, is_own, told } = awaited;
        *self.awaited.lock().unwrap_or_else(PoisonError::into_inner) = Some(run);
        let mut ended = pin!(async move {
            match ended.await {
                Ok(ended) => ended,
                // Its task was dropped: this engine ends.
                Err(_) => pending().await,
            }
        });
        let because = match first(ended.as_mut(), stop(self.cancellation.clone(), due)).await {
            First::One(ended) => match self.overtaken_by(&ended) {
                Some(other) => {
                    let awaited = self.join(other).await?;
                    return Box::pin(self.wait(due, awaited)).await;
                }
                None => return self.ended(ended),
            },
            First::Other(because) => because,
        };
        if is_own {
            told.store(true, Ordering::Release);
            self.engine.live.cancel(run, STOPPED.into());
        }
        match because {
            // The parent gives up waiting when its own grace is over.
            Stop::Parent => {
                let ended = ended.await;
                self.ended(ended)
            }
            Stop::Time => {
                let (grace, most) = (self.grace, self.timeout.unwrap_or_default().as_millis());
                match timeout(grace, ended).await {
                    Ok(ended) => self.ended(ended).map_err(|failed| Failed {
                        failure: Failure::TIMED_OUT,
                        message: failed.message.map(|why| format!("timed out after {most} ms; {why}").into()),
                    }),
                    Err(_) => Err(unknown(format!(
                        "timed out after {most} ms, and run {run} of `{}` has not stopped {} ms later",
                        self.workflow.row.name,
                        grace.as_millis()
                    ))),
                }
            }
        }
    }

    /// The run that somebody else began with the same key at the same moment, if it may be joined.
    fn overtaken_by(&self, ended: &Ended) -> Option<RunId> {
        match ended {
            Err(RunLost { cause: LostCause::Journal(CommitError::DuplicateRun { run, .. }), .. }) => {
                (self.workflow.on_duplicate() == OnDuplicate::Join).then_some(*run)
            }
            _ => None,
        }
    }

    fn ended(&mut self, ended: Ended) -> Result<Payload, Failed> {
        match ended {
            Ok(report) => self.output(&report),
            Err(RunLost { cause: LostCause::Journal(CommitError::DuplicateRun { run, key }), .. }) => {
                Err(self.not_begun(&format!("run {run} has its key, `{key}`")))
            }
            Err(lost) => Err(unknown(lost.to_string())),
        }
    }

    /// Of a run that was over before it was waited for.
    fn over(&mut self, record: &RunRecord) -> Result<Payload, Failed> {
        match status::report(&self.engine, record, self.engine.lease.clone()) {
            Some(report) => self.output(&report),
            None => Err(unknown(format!(
                "run {} of `{}` is over, and this program cannot read it",
                record.start.run, record.start.identity.workflow
            ))),
        }
    }

    fn output(&mut self, report: &RunReport) -> Result<Payload, Failed> {
        let row = &self.workflow.row.steps[self.last.index()];
        let output = report.outputs().of(self.last).get(self.last.0);
        let completed = matches!(report.state, RunState::Completed | RunState::CompletedWithErrors);
        match output.filter(|_| completed && report.workflow == self.workflow.row.name) {
            Some(output) => match self.read {
                Some(read) => contained(|| read(output))
                    .map_err(|panicked| unknown(panicked.message))?
                    .map_err(|error| {
                        unknown(format!("what run {} returned is of another type: {error}", report.run))
                    }),
                None => Ok(output.clone()),
            },
            None => {
                let state = report.step(row.id).map_or(StepState::NotRun, |step| step.state);
                let missing = OutputError::NoOutput { step: row.id, state };
                Err(Failed {
                    failure: failure(report),
                    message: Some(without_output(report, &missing).into()),
                })
            }
        }
    }

    /// A run that certainly did nothing.
    fn not_begun(&self, because: &str) -> Failed {
        let failure = Failure { class: FailureClass::Permanent, cause: FailureCause::Error };
        let message = format!("no run of `{}` begins: {because}", self.workflow.row.name);
        Failed { failure, message: Some(message.into()) }
    }
}

/// The run that the latest dispatch of a step of `parent` began, or is to begin.
pub(crate) fn id_of(parent: RunId, id: &str, run: &Run, step: StepId) -> RunId {
    sub_run_id(action_id(parent, id, false, 0), run.dispatch_of(step))
}

/// What is said to a run whose parent stops, or gives it up.
pub(crate) const STOPPED: &str = "the step that it is was told to stop";

/// Nobody here knows what became of the run, so it is not begun again either.
fn unknown(message: String) -> Failed {
    let failure = Failure { class: FailureClass::Permanent, cause: FailureCause::PartlyDone };
    Failed { failure, message: Some(message.into()) }
}

/// What the end of a run without an output means to the step that it is.
fn failure(report: &RunReport) -> Failure {
    let of_step = |id: &str| report.step(id).and_then(|step| step.failure);
    let class = match &report.cause {
        Some(RunCause::TimedOut { .. }) => return Failure::TIMED_OUT,
        Some(RunCause::StepFailed { step, .. }) => of_step(step).map(|failure| failure.class),
        Some(
            RunCause::Cancelled { .. }
            | RunCause::Killed { .. }
            | RunCause::SourceFailed { .. }
            | RunCause::TooFewCompleted { .. },
        )
        | None => None,
    };
    let cause = if report.steps.iter().any(stands) { FailureCause::PartlyDone } else { FailureCause::Error };
    Failure { class: class.unwrap_or(FailureClass::Permanent), cause }
}

/// It did something outside, or may have, and that is not undone.
fn stands(step: &StepReport) -> bool {
    let acted = |state, attempts, compensation| {
        // Of one that crashed, and was stopped before it was made again, no attempt counts.
        (attempts > 0 || state == StepState::Indeterminate)
            && !matches!(
                state,
                StepState::Failed | StepState::NotRun | StepState::Cancelled | StepState::Skipped
            )
            && compensation != CompensationState::Done
    };
    matches!(step.kind, Kind::Effect | Kind::Orchestrator)
        && (acted(step.state, step.attempts, step.compensation)
            || step.instances.iter().any(|of| acted(of.state, of.attempts, of.compensation)))
}

async fn stop(cancellation: Cancellation, due: Option<Instant>) -> Stop {
    let time = async {
        match due {
            Some(due) => sleep_until(due).await,
            None => pending().await,
        }
    };
    match first(cancellation.cancelled(), time).await {
        First::One(()) => Stop::Parent,
        First::Other(()) => Stop::Time,
    }
}

/// Which of two was first.
enum First<A, B> {
    One(A),
    Other(B),
}

/// Waits for the first of two; of both at once, the one.
async fn first<A: Future, B: Future>(one: A, other: B) -> First<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|cx| {
        if let Poll::Ready(output) = one.as_mut().poll(cx) {
            return Poll::Ready(First::One(output));
        }
        other.as_mut().poll(cx).map(First::Other)
    })
    .await
}

#[cfg(test)]
mod tests;
