//! The rules of a run once more, written to be read: everything is recomputed by looking at all steps, every time.

use onex::run::{
    Command, CompensationState, Failure, FailureCause, FailureClass, Input, OnFailure, Policy, RunState,
    SkipReason, StepId, StepKind, StepSpec, StepState, StopCause, Strategy,
};
use std::time::Duration;

/// What it knows of a step.
#[derive(Debug, Clone)]
pub(crate) struct RefStep {
    pub(crate) state: StepState,
    pub(crate) attempt: u32,
    pub(crate) undo: CompensationState,
    pub(crate) failures: Vec<Failure>,
    pub(crate) crashes: u32,
    pub(crate) undo_crashes: u32,
    pub(crate) undo_attempt: u32,
    pub(crate) undo_in_flight: bool,
    pub(crate) undo_waiting: bool,
    pub(crate) condition: Option<bool>,
    pub(crate) skipped: Option<SkipReason>,
    /// Of an instance: the step that it is of.
    pub(crate) of: Option<usize>,
    /// Of an instance: its step is done again, with others.
    pub(crate) is_over: bool,
    /// What it may have done before it was done again.
    pub(crate) acted_before: bool,
}

/// A run of these steps.
pub(crate) struct Reference {
    pub(crate) specs: Vec<StepSpec>,
    pub(crate) policy: Policy,
    pub(crate) started: bool,
    pub(crate) stop: Option<StopCause>,
    /// What was asked for after that.
    pub(crate) later: Vec<StopCause>,
    pub(crate) state: RunState,
    pub(crate) steps: Vec<RefStep>,
    /// Something was undone, or is about to be.
    pub(crate) undo_begun: bool,
    /// Each dispatch so far, in order.
    pub(crate) dispatches: Vec<usize>,
    /// Each list that was counted: of which step, the first of its instances, and how many there are.
    pub(crate) lists: Vec<(usize, usize, usize)>,
    /// Each step that failed or is indeterminate, in order.
    pub(crate) errors: Vec<usize>,
}

impl RefStep {
    pub(crate) fn may_have_happened(&self) -> bool {
        self.acted_before
            || self.crashes > 0
            || self.failures.iter().any(|failure| failure.cause != FailureCause::Error)
    }

    pub(crate) fn is_being_undone(&self) -> bool {
        self.undo_in_flight || self.undo_waiting
    }

    /// Of a step that is not in flight.
    pub(crate) fn was_tried(&self) -> bool {
        self.attempt > 0 || self.crashes > 0
    }
}

impl Reference {
    pub(crate) fn new(policy: Policy, specs: Vec<StepSpec>) -> Self {
        let step = RefStep {
            state: StepState::Waiting,
            attempt: 0,
            undo: CompensationState::None,
            failures: Vec::new(),
            crashes: 0,
            undo_crashes: 0,
            undo_attempt: 0,
            undo_in_flight: false,
            undo_waiting: false,
            condition: None,
            skipped: None,
            of: None,
            is_over: false,
            acted_before: false,
        };
        let steps = vec![step; specs.len()];
        Self {
            specs,
            policy,
            started: false,
            stop: None,
            later: vec![],
            state: RunState::Running,
            steps,
            undo_begun: false,
            dispatches: vec![],
            lists: vec![],
            errors: vec![],
        }
    }

    /// Takes an input and returns the commands that follow.
    pub(crate) fn handle(&mut self, input: Input) -> Vec<Command> {
        let mut commands = Vec::new();
        let running = self.started && self.state == RunState::Running;
        let paused = self.state == RunState::Paused;
        if self.state.is_final() || self.state == RunState::Parked {
            if let Input::Reopen { from } = input
                && self.may_reopen(from)
            {
                self.reopen(from.index());
                self.proceed(&mut commands);
            }
            return commands;
        }
        match input {
            Input::Start if !self.started => {
                self.started = true;
                for (spec, step) in self.specs.iter().zip(&mut self.steps) {
                    if spec.kind == StepKind::Entry {
                        step.state = StepState::Completed;
                    }
                }
            }
            Input::Held { step, attempt }
                if self.is_current(step.index(), StepState::Scheduled, attempt)
                    && self.specs[step.index()].kind == StepKind::Effect =>
            {
                let held = &mut self.steps[step.index()];
                held.attempt -= 1;
                held.state = match (running || paused, held.was_tried()) {
                    (true, _) => StepState::Held,
                    (false, false) => StepState::NotRun,
                    (false, true) if held.may_have_happened() => StepState::Indeterminate,
                    (false, true) => StepState::Cancelled,
                };
                if held.state == StepState::Indeterminate {
                    self.errors.push(held.of.unwrap_or(step.index()));
                }
                let latest = self.dispatches.iter().rposition(|&index| index == step.index());
                self.dispatches.remove(latest.expect("it was dispatched"));
            }
            Input::Released { step }
                if (running || paused)
                    && self.steps.get(step.index()).is_some_and(|step| step.state == StepState::Held) =>
            {
                let released = &mut self.steps[step.index()];
                released.state = if released.was_tried() { StepState::RetryDue } else { StepState::Waiting };
            }
            Input::Evaluated { step, holds } if self.undecided().contains(&step.index()) => {
                self.steps[step.index()].condition = Some(holds);
            }
            Input::Undecidable { step, .. } if self.undecided().contains(&step.index()) => {
                self.end_badly(step.index(), StepState::Failed);
            }
            Input::Counted { step, items } if self.uncounted() == Some(step.index()) => {
                self.steps[step.index()].state = StepState::FannedOut;
                let before = self.latest_instances(step.index());
                self.lists.push((step.index(), self.steps.len(), items as usize));
                for number in 0..items as usize {
                    self.specs.push(StepSpec {
                        depends_on: vec![],
                        conditional: false,
                        skip_on_failure: false,
                        each: None,
                        ..self.specs[step.index()].clone()
                    });
                    let acted_before =
                        before.get(number).is_some_and(|&instance| self.steps[instance].may_have_happened());
                    self.steps.push(RefStep { of: Some(step.index()), acted_before, ..self.blank() });
                }
            }
            Input::Uncountable { step, .. } if self.uncounted() == Some(step.index()) => {
                self.end_badly(step.index(), StepState::Failed);
            }
            Input::Arrived { step } if (running || paused) && self.is_awaiting(step) => {
                self.steps[step.index()].state = StepState::Completed;
            }
            Input::GateTimedOut { step } if running && self.is_awaiting(step) => {
                self.fail(step.index(), Failure::TIMED_OUT);
            }
            Input::Completed { step, attempt }
                if self.is_current(step.index(), StepState::Scheduled, attempt) =>
            {
                self.steps[step.index()].state = StepState::Completed;
            }
            Input::Failed { step, attempt, failure, jitter }
                if self.is_current(step.index(), StepState::Scheduled, attempt) =>
            {
                if self.fail(step.index(), failure) {
                    let after = whole_milliseconds(self.policy.backoff.delay(attempt, jitter));
                    commands.push(Command::RetryAfter { step, attempt, after, compensation: false });
                }
            }
            Input::RetryDue { step, attempt }
                if self.is_current(step.index(), StepState::RetryWaiting, attempt) =>
            {
                self.steps[step.index()].state = StepState::RetryDue;
            }
            Input::Pause if running => self.state = RunState::Paused,
            Input::Resume if paused => self.state = RunState::Running,
            Input::RunTimedOut if running => self.stop = Some(StopCause::RunTimedOut),
            Input::Cancel if running || paused => {
                self.state = RunState::Running;
                self.asked_for(StopCause::Cancelled);
            }
            Input::Kill if running || paused => {
                self.state = RunState::Running;
                self.asked_for(StopCause::Killed);
            }
            Input::Cancel | Input::Kill if !self.started => {}
            Input::Cancel if !self.is_killed() => self.asked_for(StopCause::Cancelled),
            Input::Kill if !self.is_killed() => {
                self.asked_for(StopCause::Killed);
                for step in &mut self.steps {
                    (step.undo_in_flight, step.undo_waiting) = (false, false);
                }
            }
            Input::GraceOver if self.state == RunState::Stopping => self.give_up_in_flight(),
            Input::Restarted { crash_limit } if self.started => self.restart(crash_limit, &mut commands),
            Input::Compensated { step, attempt } if self.is_undoing(step.index(), attempt) => {
                self.steps[step.index()].undo_in_flight = false;
                self.steps[step.index()].undo = CompensationState::Done;
            }
            Input::CompensationFailed { step, attempt, failure, jitter }
                if self.is_undoing(step.index(), attempt) =>
            {
                let undone = &mut self.steps[step.index()];
                undone.undo_in_flight = false;
                let again = failure.class == FailureClass::Retryable
                    || matches!(failure.cause, FailureCause::TimedOut | FailureCause::Panicked);
                let retries = self.specs[step.index()].compensation_retries;
                if again && attempt <= retries.unwrap_or(self.policy.compensation_retries) {
                    undone.undo_waiting = true;
                    let after = whole_milliseconds(self.policy.backoff.delay(attempt, jitter));
                    commands.push(Command::RetryAfter { step, attempt, after, compensation: true });
                } else {
                    undone.undo = CompensationState::Failed;
                }
            }
            Input::CompensationRetryDue { step, attempt }
                if self.steps.get(step.index()).is_some_and(|step| step.undo_waiting)
                    && self.steps[step.index()].undo_attempt == attempt =>
            {
                self.try_to_undo(step.index(), &mut commands);
            }
            Input::UndoingTimedOut if self.state == RunState::Compensating => {
                for step in self.steps.iter_mut().filter(|step| step.is_being_undone()) {
                    (step.undo_in_flight, step.undo_waiting) = (false, false);
                    step.undo = CompensationState::Failed;
                }
                self.state = RunState::Parked;
                commands.push(Command::Finish);
            }
            _ => return commands,
        }
        self.proceed(&mut commands);
        commands
    }

    pub(crate) fn blank(&self) -> RefStep {
        Reference::new(self.policy, self.specs[..1].to_vec()).steps.remove(0)
    }

    fn is_current(&self, step: usize, state: StepState, attempt: u32) -> bool {
        self.steps.get(step).is_some_and(|step| step.state == state && step.attempt == attempt)
    }

    fn is_awaiting(&self, step: StepId) -> bool {
        self.steps.get(step.index()).is_some_and(|step| step.state == StepState::Awaiting)
    }

    fn is_undoing(&self, step: usize, attempt: u32) -> bool {
        self.steps.get(step).is_some_and(|step| step.undo_in_flight && step.undo_attempt == attempt)
    }

    /// True when the step is to be tried again.
    fn fail(&mut self, index: usize, failure: Failure) -> bool {
        let spec = &self.specs[index];
        let step = &mut self.steps[index];
        step.failures.push(failure);
        let again = (failure.class == FailureClass::Retryable || failure.cause == FailureCause::TimedOut)
            && spec.kind != StepKind::Gate
            && step.failures.len() <= spec.retries as usize;
        let goes_on = matches!(self.state, RunState::Running | RunState::Paused);
        if again && goes_on {
            step.state = StepState::RetryWaiting;
            return true;
        }
        let end = if spec.kind == StepKind::Effect && step.may_have_happened() {
            StepState::Indeterminate
        } else if !goes_on && (again || failure.cause == FailureCause::Abandoned) {
            StepState::Cancelled
        } else {
            StepState::Failed
        };
        self.end_badly(index, end);
        false
    }

    pub(crate) fn tolerates(&self, index: usize) -> bool {
        match self.specs[index].on_failure {
            Some(said) => said == OnFailure::Continue,
            None => self.policy.strategy == Strategy::ContinueOnError,
        }
    }

    pub(crate) fn end_badly(&mut self, index: usize, end: StepState) {
        let goes_on = matches!(self.state, RunState::Running | RunState::Paused);
        self.steps[index].state = end;
        let of = self.steps[index].of.unwrap_or(index);
        if matches!(end, StepState::Indeterminate | StepState::Failed) {
            self.errors.push(of);
        }
        if goes_on && !self.tolerates(index) {
            self.stop = self.stop.or(Some(StopCause::StepFailed { step: StepId(of as u32) }));
        }
    }

    /// The first cause is what stops the run, each further one is told once.
    fn asked_for(&mut self, cause: StopCause) {
        if self.stop.is_none() {
            self.stop = Some(cause);
        } else if self.stop != Some(cause) && !self.later.contains(&cause) {
            self.later.push(cause);
        }
    }

    pub(crate) fn is_killed(&self) -> bool {
        self.stop == Some(StopCause::Killed) || self.later.contains(&StopCause::Killed)
    }
}

pub(crate) fn whole_milliseconds(delay: Duration) -> Duration {
    let floor = Duration::from_millis(delay.as_millis() as u64);
    if floor < delay { floor + Duration::from_millis(1) } else { floor }
}
