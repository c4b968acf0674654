//! The state of a run, and what can be read from it. Nothing here changes it.

use std::sync::Arc;
use std::time::Duration;

use super::fact::{Fact, StopCause};
use super::fans::Fans;
use super::fits::FactError;
use super::plan::{OnFailure, Plan, StepId, StepKind};
use super::policy::{Mode, Strategy};
use super::ready::ReadySet;
use super::record::{StepRecord, Undo, UndoPhase};
use super::status::{Compensating, RunState, StepState, StepStatus};

/// One execution of a plan. Two runs are equal when their plans and their facts are.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub(super) plan: Arc<Plan>,
    pub(super) state: RunState,
    pub(super) started: bool,
    /// It goes on from another plan, and is told where its steps were.
    pub(super) carrying: bool,
    pub(super) stop: Option<StopCause>,
    /// What was asked for while it stopped.
    pub(super) later: Vec<StopCause>,
    /// The first step whose failure stops the run: at once, or as soon as the run is not paused any more.
    pub(super) decisive: Option<StepId>,
    /// The step for which it is parked.
    pub(super) parked_for: Option<StepId>,
    pub(super) steps: Vec<StepRecord>,
    /// Waiting steps that nothing speaks against any more, and steps whose retry is due; by their turns.
    pub(super) ready: ReadySet,
    /// Gates of which the same is true, where they are opened whatever else is under way.
    pub(super) gates: ReadySet,
    /// Waiting steps of which only the condition is not known yet; by their turns.
    pub(super) undecided: ReadySet,
    /// Waiting steps that are to be skipped; by their turns.
    pub(super) doomed: ReadySet,
    /// Steps that are scheduled.
    pub(super) in_flight: u32,
    /// How often a second step joined one that was in flight.
    pub(super) overlaps: u32,
    /// Steps that are waiting for a retry, are held, or are open gates.
    pub(super) set_aside: u32,
    /// Steps that are not final.
    pub(super) open: usize,
    /// The first step that failed or is indeterminate.
    pub(super) first_error: Option<StepId>,
    /// How many attempts were dispatched so far.
    pub(super) dispatches: u64,
    pub(super) undo: Undo,
    pub(super) fans: Fans,
}

impl Run {
    /// A run that has not started.
    #[must_use]
    pub fn new(plan: Arc<Plan>) -> Self {
        let steps: Vec<_> = plan.steps().map(|(_, spec)| StepRecord::new(spec.depends_on.len())).collect();
        Self {
            state: RunState::Running,
            started: false,
            carrying: false,
            stop: None,
            later: Vec::new(),
            decisive: None,
            parked_for: None,
            ready: ReadySet::new(steps.len()),
            gates: ReadySet::new(steps.len()),
            undecided: ReadySet::new(steps.len()),
            doomed: ReadySet::new(steps.len()),
            in_flight: 0,
            overlaps: 0,
            set_aside: 0,
            open: steps.len(),
            first_error: None,
            dispatches: 0,
            undo: Undo::default(),
            fans: Fans::new(plan.lists()),
            steps,
            plan,
        }
    }

    /// The run that these facts, in this order, tell of. Those before the last [`Fact::RunMigrated`] are of other plans, and are
    /// passed over.
    ///
    /// # Errors
    /// The first fact that no run of `plan` could have decided there.
    pub fn replay<'f>(
        plan: Arc<Plan>,
        facts: impl IntoIterator<Item = &'f Fact, IntoIter: Clone>,
    ) -> Result<Self, FactError> {
        let facts = facts.into_iter();
        let moves = facts.clone().zip(0..).filter(|(fact, _)| matches!(fact, Fact::RunMigrated { .. }));
        let since = moves.last().map_or(0, |(_, place)| place);
        let mut run = Self::new(plan);
        facts.skip(since).try_for_each(|fact| run.apply(fact))?;
        Ok(run)
    }

    /// What it executes.
    #[must_use]
    #[inline]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Where it is. [`RunState::Running`] also before it starts.
    #[must_use]
    #[inline]
    pub fn state(&self) -> RunState {
        self.state
    }

    /// True once it took [`Input::Start`](super::Input::Start).
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.started
    }

    /// True once it gave [`Command::Finish`](super::Command::Finish): it is over, or parked. No input changes it.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.state.is_final() || self.state == RunState::Parked
    }

    /// All that is known of a step.
    ///
    /// # Panics
    /// When `step` is not of this run's plan ([`Plan::contains`]), and no instance of one of its steps.
    #[must_use]
    #[inline]
    pub fn step(&self, step: StepId) -> StepStatus {
        self.record(step).status
    }

    /// All that is known of all steps, in declaration order.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (StepId, StepStatus)> + Clone {
        self.steps[..self.plan.len()]
            .iter()
            .enumerate()
            .map(|(index, record)| (StepId(index as u32), record.status))
    }

    /// Which dispatch of the run its latest attempt is, counted from 1; what was retried by a person counts on. The same in
    /// each process that replays the run, of a step that is not dispatched anew there.
    ///
    /// # Panics
    /// As [`step`](Self::step).
    #[must_use]
    pub fn dispatch_of(&self, step: StepId) -> u64 {
        self.record(step).dispatch
    }

    /// How many steps have an attempt in flight. Compensations do not count.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// How often steps were in flight together: from when a second one is, until no more than one is.
    #[must_use]
    pub fn parallel_executions(&self) -> u32 {
        self.overlaps
    }

    /// The compensations in progress, in the order in which they began: one, or several if they are undone
    /// [at once](super::UndoOrder::AtOnce).
    pub fn compensating(&self) -> impl ExactSizeIterator<Item = Compensating> {
        self.undo.under_way.iter().map(|one| Compensating {
            step: one.step,
            attempt: one.attempt,
            retry_after: match one.phase {
                UndoPhase::InFlight => None,
                UndoPhase::Waiting { after_ms } => Some(Duration::from_millis(after_ms)),
            },
        })
    }

    #[inline]
    pub(super) fn record(&self, step: StepId) -> &StepRecord {
        &self.steps[step.index()]
    }

    pub(super) fn is_running(&self) -> bool {
        self.started && self.state == RunState::Running
    }

    /// It has not begun to stop.
    pub(super) fn goes_on(&self) -> bool {
        self.started && matches!(self.state, RunState::Running | RunState::Paused)
    }

    /// The final failure of `step` does not stop the run.
    pub(super) fn tolerates(&self, step: StepId) -> bool {
        match self.spec(step).on_failure {
            Some(OnFailure::Continue) => true,
            Some(OnFailure::Stop | OnFailure::Compensate) => false,
            None => self.plan.policy().strategy == Strategy::ContinueOnError,
        }
    }

    /// A run that stops for this cause is undone.
    fn undoes(&self, cause: StopCause) -> bool {
        let said = match cause {
            StopCause::StepFailed { step } => self.plan.step(step).on_failure,
            StopCause::RunTimedOut
            | StopCause::Cancelled
            | StopCause::Killed
            | StopCause::TooFewCompleted => None,
        };
        match said {
            Some(on_failure) => on_failure == OnFailure::Compensate,
            None => self.plan.policy().strategy == Strategy::Compensate,
        }
    }

    pub(super) fn is_at(&self, step: StepId, state: StepState, attempt: u32) -> bool {
        self.steps
            .get(step.index())
            .is_some_and(|record| record.status.state == state && record.status.attempt == attempt)
    }

    /// Only effects act on something that can be left alone. All others begin as soon as they are dispatched.
    pub(super) fn may_hold(&self, step: StepId, attempt: u32) -> bool {
        (self.goes_on() || self.state == RunState::Stopping)
            && self.is_at(step, StepState::Scheduled, attempt)
            && self.acts(step)
    }

    pub(super) fn may_release(&self, step: StepId) -> bool {
        let record = self.steps.get(step.index());
        self.goes_on() && record.is_some_and(|record| record.status.state == StepState::Held)
    }

    pub(super) fn has_free_slot(&self) -> bool {
        match self.plan.policy().mode {
            Mode::Sequential => self.in_flight == 0 && self.set_aside == 0,
            Mode::Parallel { max_steps } => self.in_flight < max_steps.get(),
        }
    }

    /// The step whose turn it is, if there is room for it. A gate takes none, but where steps go one by one.
    pub(super) fn next_to_begin(&self) -> Option<StepId> {
        if !self.is_running() || !self.undecided.is_empty() {
            return None;
        }
        let has_turn = || self.has_free_slot() && !self.holds_others_back();
        let ready = || if has_turn() { self.plan.turns().first(&self.ready) } else { None };
        self.plan.turns().first(&self.gates).or_else(ready).or_else(|| self.next_instance())
    }

    /// `step` is a gate, or is none, and may begin now.
    pub(super) fn may_begin(&self, step: StepId, as_gate: bool) -> bool {
        if !self.is_running() || !self.undecided.is_empty() {
            return false;
        }
        if self.instance_of(step).is_some() {
            return !as_gate && self.may_begin_instance(step);
        }
        let (spec, place) = (self.plan.step(step), self.plan.turns().place(step));
        let has_turn = self.has_free_slot() && !self.holds_others_back() && self.ready.contains(place);
        spec.each.is_none()
            && (self.gates.contains(place) || has_turn)
            && as_gate == (spec.kind == StepKind::Gate)
    }

    /// Completed and indeterminate effects are both undone: the one took place, the other may have.
    pub(super) fn is_to_be_undone(&self, step: StepId) -> bool {
        self.spec(step).compensable
            && self.acts(step)
            && matches!(self.record(step).status.state, StepState::Completed | StepState::Indeterminate)
    }

    pub(super) fn needs_compensation(&self) -> bool {
        self.stop.is_some_and(|cause| self.undoes(cause)) && self.all().any(|step| self.is_to_be_undone(step))
    }

    /// How the run ends, if it ends now.
    pub(super) fn end(&self) -> Option<RunState> {
        if !self.started || self.open > 0 {
            return None;
        }
        match self.state {
            RunState::Running | RunState::Paused if self.decisive.is_some() => None,
            RunState::Running | RunState::Paused if self.has_completed_too_few() => None,
            RunState::Running | RunState::Paused if self.first_error.is_some() => {
                Some(RunState::CompletedWithErrors)
            }
            RunState::Running | RunState::Paused => Some(RunState::Completed),
            RunState::Stopping if !self.needs_compensation() => self.stop.map(end_after),
            RunState::Compensating if self.undo.is_done() || self.is_killed() => self.stop.map(end_after),
            _ => None,
        }
    }
}

fn end_after(cause: StopCause) -> RunState {
    match cause {
        StopCause::StepFailed { .. } | StopCause::TooFewCompleted => RunState::Failed,
        StopCause::RunTimedOut => RunState::TimedOut,
        StopCause::Cancelled | StopCause::Killed => RunState::Cancelled,
    }
}
