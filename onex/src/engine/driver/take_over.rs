//! A run that another engine had begun: where its facts leave it, and how it goes on from there.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Driver;
use super::alarms::Alarms;
use super::attempt::Dispatch;
use super::commit::Beside;
use super::ledger::Ledger;
use crate::engine::admission::Admitted;
use crate::engine::batch::Returned;
use crate::engine::clock;
use crate::engine::contain::contained;
use crate::engine::control::Control;
use crate::engine::core::Engine;
use crate::engine::fans::Fans;
use crate::engine::held::HeldCause;
use crate::engine::in_flight::InFlightGuard;
use crate::engine::live::LiveGuard;
use crate::engine::messages::Messages;
use crate::engine::workflow::Workflow;
use crate::failpoint::{Place, cross};
use crate::journal::{CommitError, DetailBody, Journal, RunRecord, RunStart, Timer};
use crate::message::Payload;
use crate::node::mount::ReadFn;
use crate::run::{Decision, Fact, Input, Run, RunState, StepId, StepState};

/// What comes of a run that another engine had begun.
pub(crate) enum Taken<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// It goes on, with this driver.
    GoesOn(Box<Driver<C, J>>),
    /// It is parked, or over: nobody drives it, and who waits for it is to be told.
    AtItsEnd(LiveGuard),
}

/// Why a run is not reopened.
pub(crate) enum NotReopened {
    /// This program cannot run it.
    Held(HeldCause),
    /// The journal refused.
    Refused(CommitError),
}

impl From<HeldCause> for NotReopened {
    fn from(cause: HeldCause) -> Self {
        NotReopened::Held(cause)
    }
}

impl From<CommitError> for NotReopened {
    fn from(error: CommitError) -> Self {
        NotReopened::Refused(error)
    }
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// A run as far as its record goes, expected to be of this workflow's plan, without a place among those that are
    /// driven.
    pub(crate) fn take_over(
        engine: Arc<Engine<C, J>>,
        workflow: Arc<Workflow<C>>,
        record: &RunRecord,
        (live, control): (LiveGuard, Arc<Control>),
        in_flight: InFlightGuard,
    ) -> Result<Taken<C, J>, HeldCause> {
        let run = replayed(&workflow, record)?;
        if run.is_ended() {
            return Ok(Taken::AtItsEnd(live));
        }
        fits(&workflow, record, &run)?;
        let start = RunStart::clone(&record.start);
        let mut driver =
            Self::restored(engine, workflow, (record, start), run, None, control, None, in_flight)?;
        driver.live = Some(live);
        Ok(Taken::GoesOn(driver))
    }

    /// A run that is over or parked, reopened at a step: the one of the record, or another with all that it has.
    pub(crate) async fn reopen(
        engine: Arc<Engine<C, J>>,
        workflow: Arc<Workflow<C>>,
        record: &RunRecord,
        (live, control): (LiveGuard, Arc<Control>),
        permit: Admitted,
        in_flight: InFlightGuard,
        (from, fork): (StepId, Option<RunStart>),
    ) -> Result<Box<Self>, NotReopened> {
        let run = replayed(&workflow, record)?;
        let mut reopened = run.clone();
        reopened.handle(Input::Reopen { from }, &mut Decision::default());
        fits(&workflow, record, &reopened)?;
        let is_fork = fork.is_some();
        let start = fork.unwrap_or_else(|| RunStart::clone(&record.start));
        let mut driver = Self::restored(
            engine,
            workflow,
            (record, start),
            run,
            Some(&reopened),
            control,
            Some(permit),
            in_flight,
        )?;
        driver.live = Some(live);
        // Whoever lets it go on gives it the time that it needs.
        driver.active_before = Duration::ZERO;
        driver.alarms.run = driver.started.checked_add(driver.run.plan().policy().timeout);
        if is_fork {
            driver.before = Duration::ZERO;
            driver.ledger = Ledger::default();
            driver.ledger.record(&record.facts);
            record.details.iter().for_each(|detail| driver.ledger.detail(detail.seq, detail.body.clone()));
        }
        driver.feed(Input::Reopen { from });
        driver.ask_circuits();
        driver.commit_with(Beside { is_start: is_fork, ..Beside::default() }).await?;
        if is_fork {
            driver.engine.tally.runs_started.add(1);
        }
        Ok(driver)
    }

    /// `known`: the run as it is going to be, if that is not as it is. It decides what of the record still counts.
    #[expect(clippy::too_many_arguments, reason = "all that a driver is made of, for both who make one")]
    pub(super) fn restored(
        engine: Arc<Engine<C, J>>,
        workflow: Arc<Workflow<C>>,
        (record, start): (&RunRecord, RunStart),
        run: Run,
        known: Option<&Run>,
        control: Arc<Control>,
        permit: Option<Admitted>,
        in_flight: InFlightGuard,
    ) -> Result<Box<Self>, HeldCause> {
        let input = read_input(&workflow, &record.start.input)?;
        let outputs = workflow.instance(&input).1;
        read_outputs(&workflow, record, known.unwrap_or(&run), &outputs)?;
        let start = RunStart { input, ..start };
        let mut driver = Driver::new(engine, workflow, start, permit, in_flight);
        driver.outputs = outputs;
        let fans = Fans::replay(&driver.workflow, known.unwrap_or(&run), record, &driver.outputs);
        driver.fans = fans.ok_or_else(|| HeldCause::OtherType {
            what: "a list that a step goes over".to_owned(),
            message: "it is not what it was, or what was returned for an entry cannot be read".to_owned(),
        })?;
        driver.run = run;
        driver.messages = Messages::replay(record);
        driver.ledger = Ledger::after(record.seq());
        driver.before = Duration::from_millis(clock::unix_ms().saturating_sub(driver.start.started_unix_ms));
        driver.active_before = Duration::from_millis(record.active_ms);
        driver.undone_before = undone_for(record, &driver.run);
        driver.control = control;
        Ok(driver)
    }

    /// Drives the run from where it was to its end. `timers`: those of the run that were set.
    pub(crate) async fn go_on(mut self: Box<Self>, timers: &[Timer]) {
        cross(Place::TakeOver);
        self.set_clocks(timers);
        if self.run.state() == RunState::Stopping {
            // Whether they had heard it, nobody knows.
            self.stop_sub_runs();
        }
        self.wait_for_what_was_sent().await;
        let crash_limit = self.engine.settings.crash_limit;
        self.feed(if self.run.is_started() { Input::Restarted { crash_limit } } else { Input::Start });
        self.wait_for_calls_again();
        // Whoever has found it may have told it to stop before it begins again.
        self.attend(false).await;
        self.take_orders();
        self.ask_circuits();
        // Counted before it runs again: what ends this process, too, must not do so for ever.
        match self.commit().await {
            Ok(()) => self.drive().await,
            Err(refused) => drop(self.over(Err(refused))),
        }
    }

    /// From now on its time passes. It may have waited for its turn since it was read.
    pub(super) fn set_clocks(&mut self, timers: &[Timer]) {
        self.now = Instant::now();
        self.started = self.now;
        self.before = Duration::from_millis(clock::unix_ms().saturating_sub(self.start.started_unix_ms));
        self.alarms = Alarms::default();
        let state = self.run.state();
        if matches!(state, RunState::Running | RunState::Paused) {
            // Semantics 20: the time for which nobody drove it does not count.
            let left = self.run.plan().policy().timeout.saturating_sub(self.active_before);
            self.alarms.run = self.started.checked_add(left);
        }
        if state == RunState::Paused {
            self.freeze_the_clock();
        }
        if state == RunState::Compensating {
            self.bound_undoing();
        }
        self.wait_for_retries(timers);
        self.wait_at_gates(timers);
    }

    /// Semantics 20: a backoff goes on with its remainder. Of a paused run no timer is set, and nobody knows what remained:
    /// the whole delay is waited for again, since what is tried too early is tried in vain.
    fn wait_for_retries(&mut self, timers: &[Timer]) {
        let steps = self.run.all_steps().filter(|(_, status)| status.state == StepState::RetryWaiting);
        let mut waiting: Vec<(Dispatch, u64)> = steps
            .map(|(step, status)| {
                let failed = Dispatch { step, attempt: status.attempt, compensating: false };
                (failed, status.retry_after_ms.unwrap_or_default())
            })
            .collect();
        waiting.extend(self.run.compensating().filter_map(|undoing| {
            let failed = Dispatch { step: undoing.step, attempt: undoing.attempt, compensating: true };
            Some((failed, u64::try_from(undoing.retry_after?.as_millis()).unwrap_or(u64::MAX)))
        }));
        let now = clock::unix_ms();
        for (failed, delay_ms) in waiting {
            let is_its = |timer: &&Timer| {
                timer.key.step == failed.step && timer.key.compensation == failed.compensating
            };
            let due = timers.iter().find(is_its).map(|timer| timer.due_unix_ms);
            // A wall clock that was set back does not make the delay longer than it was.
            let left_ms = due.map_or(delay_ms, |due| due.saturating_sub(now).min(delay_ms));
            self.alarms.retry_after(self.now, Duration::from_millis(left_ms), failed);
        }
    }
}

/// A run as far as its record goes.
pub(super) fn replayed<C>(workflow: &Workflow<C>, record: &RunRecord) -> Result<Run, HeldCause> {
    let input = read_input(workflow, &record.start.input)?;
    Ok(Run::replay(workflow.instance(&input).0, &record.facts)?)
}

/// Whether the functions of this program can do what is left of the run.
fn fits<C>(workflow: &Workflow<C>, record: &RunRecord, run: &Run) -> Result<(), HeldCause> {
    let steps = workflow.misfits(run);
    if steps.is_empty() { Ok(()) } else { Err(HeldCause::Unfit { version: record.start.version, steps }) }
}

/// For how long a run that is being undone has been, without the time for which nobody drove it. One of which that is not known
/// begins anew.
fn undone_for(record: &RunRecord, run: &Run) -> Duration {
    if run.state() != RunState::Compensating {
        return Duration::ZERO;
    }
    let began_ms = record.told().rev().find_map(|(fact, detail)| match (fact, &detail.body) {
        (Fact::RunCompensating, DetailBody::Output(active_ms)) => active_ms.get::<u64>().ok(),
        _ => None,
    });
    Duration::from_millis(began_ms.map_or(0, |began_ms| record.active_ms.saturating_sub(*began_ms)))
}

/// What the steps of a run have returned, in the types that they return.
fn read_outputs<C>(
    workflow: &Workflow<C>,
    record: &RunRecord,
    run: &Run,
    outputs: &Returned,
) -> Result<(), HeldCause> {
    // The latest first: a step of a run that was reopened may have completed before.
    for (fact, detail) in record.told().rev() {
        if let (DetailBody::Output(output), Some(step)) = (&detail.body, fact.completes())
            && run.instance_of(step).is_none()
            && run.step(step).state == StepState::Completed
        {
            let def = workflow.step(outputs.row(step));
            outputs.set(step, read_as(def.read, output, || format!("the output of step `{}`", def.id))?);
        }
    }
    Ok(())
}

pub(in crate::engine) fn read_input<C>(
    workflow: &Workflow<C>,
    input: &Payload,
) -> Result<Payload, HeldCause> {
    let other_type = |message| HeldCause::OtherType { what: "the input".to_owned(), message };
    match contained(|| workflow.read_input(input)) {
        Ok(read) => read.map_err(|error| other_type(error.to_string())),
        Err(panicked) => Err(other_type(panicked.message)),
    }
}

/// Decoding is the user's code, and may panic.
pub(in crate::engine) fn read_as(
    as_type: Option<ReadFn>,
    payload: &Payload,
    what: impl Fn() -> String,
) -> Result<Payload, HeldCause> {
    let Some(as_type) = as_type else { return Ok(payload.clone()) };
    let other_type = |message| HeldCause::OtherType { what: what(), message };
    match contained(|| as_type(payload)) {
        Ok(read) => read.map_err(|error| other_type(error.to_string())),
        Err(panicked) => Err(other_type(panicked.message)),
    }
}
