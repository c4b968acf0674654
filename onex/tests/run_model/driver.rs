//! Drives the kernel and the reference through one scenario and compares them at every point.

use std::sync::Arc;

use onex::run::{
    Command, CompensationState, Decision, Fact, Input, Mode, OnFailure, Plan, Run, RunState, SkipReason,
    StepId, StepState, StepStatus, StopCause, Strategy, UndoOrder,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::reference::Reference;
use crate::scenario::{Answer, Move, Scenario, answer};

type Checked = Result<(), TestCaseError>;

/// The kernel, the reference, and a second kernel that knows only the serialised facts.
pub(crate) struct Driver<'s> {
    scenario: &'s Scenario,
    run: Run,
    replayed: Run,
    reference: Reference,
    decision: Decision,
    outstanding: Vec<Command>,
    dispatched: Vec<usize>,
    undone: Vec<StepId>,
    finishes: usize,
    /// How often it was reopened.
    reopened: usize,
}

impl<'s> Driver<'s> {
    pub(crate) fn new(scenario: &'s Scenario) -> Self {
        let plan = Plan::new(scenario.policy, scenario.steps.clone()).expect("a scenario has a valid plan");
        let run = Run::new(Arc::new(plan));
        Self {
            scenario,
            replayed: run.clone(),
            run,
            reference: Reference::new(scenario.policy, scenario.steps.clone()),
            decision: Decision::default(),
            outstanding: Vec::new(),
            dispatched: Vec::new(),
            undone: Vec::new(),
            finishes: 0,
            reopened: 0,
        }
    }

    pub(crate) fn drive(mut self) -> Checked {
        let scenario = self.scenario;
        self.give(Input::Start)?;
        self.drive_to_end(&scenario.moves)?;
        for (from, moves) in &scenario.again {
            if scenario.steps.is_empty() {
                break;
            }
            self.give(Input::Reopen { from: StepId(from.index(scenario.steps.len()) as u32) })?;
            self.drive_to_end(moves)?;
        }
        Ok(())
    }

    fn drive_to_end(&mut self, moves: &[Move]) -> Checked {
        for &next in moves {
            match next {
                Move::Give(input) => self.give(input)?,
                Move::CarryOut(_) | Move::Hold(_) if self.outstanding.is_empty() => {}
                Move::CarryOut(which) => self.carry_out(which.index(self.outstanding.len()))?,
                Move::Hold(which) => self.hold(which.index(self.outstanding.len()))?,
                Move::Evaluate(..) if self.reference.undecided().is_empty() => {}
                Move::Evaluate(which, holds) => {
                    let undecided = self.reference.undecided();
                    self.evaluate(undecided[which.index(undecided.len())], holds)?;
                }
                Move::Count(items) => {
                    if let Some(step) = self.run.uncounted() {
                        self.give(Input::Counted { step, items })?;
                    }
                }
                Move::Release(_) if self.held().is_empty() => {}
                Move::Release(which) => self.release(which.index(self.held().len()))?,
                Move::Carry => self.go_on_as_on_another_plan()?,
            }
        }
        self.give(Input::Resume)?;
        loop {
            if let Some(step) = self.run.uncounted() {
                self.give(Input::Counted { step, items: step.0 % 4 })?;
                continue;
            }
            if let Some(step) = self.run.undecided() {
                self.evaluate(step.index(), step.0.is_multiple_of(3))?;
                continue;
            }
            if !self.outstanding.is_empty() {
                self.carry_out(0)?;
                continue;
            }
            if self.run.is_ended() || self.held().is_empty() {
                return self.check_end();
            }
            self.release(0)?;
        }
    }

    /// What stands against it, `moved` checks.
    fn go_on_as_on_another_plan(&mut self) -> Checked {
        let plan = Arc::clone(self.run.plan());
        let identity: Vec<Option<StepId>> = plan.steps().map(|(step, _)| Some(step)).collect();
        let Ok(facts) = self.run.carried_to(&plan, &identity) else { return Ok(()) };
        let moved = Fact::RunMigrated { to: uuid::Uuid::nil(), version: (1, 0, 0) };
        let moved = Run::replay(plan, std::iter::once(&moved).chain(&facts));
        prop_assert!(moved.is_ok(), "{:?}", moved.err());
        self.run = moved.expect("it was asked");
        self.replayed = self.run.clone();
        self.reference.carry();
        self.give(Input::Restarted { crash_limit: u32::MAX })
    }

    fn evaluate(&mut self, step: usize, holds: bool) -> Checked {
        self.give(Input::Evaluated { step: StepId(step as u32), holds })
    }

    fn hold(&mut self, index: usize) -> Checked {
        let Command::Dispatch { step, attempt } = self.outstanding[index] else { return Ok(()) };
        self.give(Input::Held { step, attempt })
    }

    /// A dispatch that was answered by holding the step did not take place.
    fn take_back(&mut self, step: StepId, attempt: u32) {
        self.outstanding.retain(|command| *command != Command::Dispatch { step, attempt });
        let latest = self.dispatched.iter().rposition(|&index| index == step.index());
        self.dispatched.remove(latest.expect("it was dispatched"));
    }

    fn held(&self) -> Vec<StepId> {
        let held = self.all().into_iter().filter(|(_, status)| status.state == StepState::Held);
        held.map(|(step, _)| step).collect()
    }

    /// The steps of the plan, and the instances of each that was counted, by their numbers.
    fn all(&self) -> Vec<(StepId, StepStatus)> {
        self.run.all_steps().collect()
    }

    /// The step of the plan that a step is, or is an instance of.
    fn spec(&self, step: StepId) -> usize {
        self.run.instance_of(step).map_or(step, |(of, _)| of).index()
    }

    fn release(&mut self, index: usize) -> Checked {
        self.give(Input::Released { step: self.held()[index] })
    }

    fn carry_out(&mut self, index: usize) -> Checked {
        let input = match self.outstanding.remove(index) {
            Command::Dispatch { step, attempt } => {
                match answer(&self.scenario.answers[self.spec(step)], attempt) {
                    Answer::Succeed => Input::Completed { step, attempt },
                    Answer::Fail(failure, jitter) => Input::Failed { step, attempt, failure, jitter },
                }
            }
            Command::Compensate { step, attempt } => {
                match answer(&self.scenario.undo_answers[self.spec(step)], attempt) {
                    Answer::Succeed => Input::Compensated { step, attempt },
                    Answer::Fail(failure, jitter) => {
                        Input::CompensationFailed { step, attempt, failure, jitter }
                    }
                }
            }
            Command::Await { step } => match answer(&self.scenario.answers[step.index()], 1) {
                Answer::Succeed => Input::Arrived { step },
                Answer::Fail(..) => {
                    // While the run is paused the time of a gate is over in vain: it is told again.
                    if self.run.state() == RunState::Paused {
                        self.outstanding.push(Command::Await { step });
                    }
                    Input::GateTimedOut { step }
                }
            },
            Command::RetryAfter { step, attempt, compensation: false, .. } => {
                Input::RetryDue { step, attempt }
            }
            Command::RetryAfter { step, attempt, .. } => Input::CompensationRetryDue { step, attempt },
            Command::SignalCancel => Input::GraceOver,
            Command::Finish => return Ok(()),
        };
        self.give(input)
    }

    fn give(&mut self, input: Input) -> Checked {
        if matches!(input, Input::Restarted { .. }) {
            // What was in flight is gone with its process; delays are in the journal.
            let lasts =
                |command: &Command| matches!(command, Command::RetryAfter { .. } | Command::Await { .. });
            self.outstanding.retain(lasts);
        }
        let was_ended = self.run.is_ended();
        let reopens = matches!(input, Input::Reopen { from } if self.run.may_reopen(from));
        if reopens {
            // Whoever drove it is gone.
            self.outstanding.clear();
            self.undone.clear();
            self.reopened += 1;
        }
        let states_before: Vec<_> = self.all().into_iter().map(|(_, status)| status.state).collect();
        self.run.handle(input, &mut self.decision);
        prop_assert!(
            !was_ended || reopens || self.decision.is_empty(),
            "{input:?} changes a run that has ended"
        );

        let expected = self.reference.handle(input);
        prop_assert_eq!(&self.decision.commands, &expected, "commands on {:?}", input);
        self.compare(input)?;
        for (before, (step, after)) in states_before.into_iter().zip(self.all()) {
            prop_assert!(reopens || !before.is_final() || before == after.state, "{step:?} ended twice");
        }
        self.check_replay()?;
        self.check_in_flight()?;
        if let Some(&Fact::StepHeld { step, attempt }) = self.decision.facts.first() {
            self.take_back(step, attempt);
        }
        for command in self.decision.commands.clone() {
            self.take_note(command)?;
        }
        Ok(())
    }

    fn compare(&self, event: Input) -> Checked {
        prop_assert_eq!(self.run.state(), self.reference.state, "state after {:?}", event);
        if !matches!(self.run.state(), RunState::Running | RunState::Paused) {
            prop_assert_eq!(self.run.stop_cause(), self.reference.stop, "cause after {:?}", event);
        }
        let asked = |cause: &StopCause| !matches!(cause, StopCause::StepFailed { .. });
        let later: Vec<StopCause> = self.run.later_causes().filter(asked).collect();
        prop_assert_eq!(&later, &self.reference.later, "later causes after {:?}", event);
        prop_assert_eq!(self.all().len(), self.reference.steps.len());
        for ((step, status), reference) in self.all().into_iter().zip(&self.reference.steps) {
            prop_assert_eq!(status.state, reference.state, "{:?} after {:?}", step, event);
            prop_assert_eq!(status.crashes, reference.crashes, "crashes of {:?} after {:?}", step, event);
            prop_assert_eq!(status.attempt, reference.attempt, "attempt of {:?} after {:?}", step, event);
            prop_assert_eq!(status.compensation, reference.undo, "undoing {:?} after {:?}", step, event);
            prop_assert!(
                is_reason(status.skipped_because, reference.skipped),
                "{step:?} is skipped because of {:?}, and not {:?}",
                status.skipped_because,
                reference.skipped
            );
        }
        let mut being_undone: Vec<StepId> = self.run.compensating().map(|undoing| undoing.step).collect();
        being_undone.sort_unstable();
        let expected = self.reference.steps.iter().zip(0..).filter(|(step, _)| step.is_being_undone());
        let expected: Vec<StepId> = expected.map(|(_, step)| StepId(step)).collect();
        prop_assert_eq!(being_undone, expected, "being undone after {:?}", event);
        let uncounted = self.reference.uncounted().map(|step| StepId(step as u32));
        prop_assert_eq!(self.run.uncounted(), uncounted, "to be counted after {:?}", event);
        let first = self.reference.undecided().first().map(|&step| StepId(step as u32));
        prop_assert_eq!(self.run.undecided(), first, "asked for after {:?}", event);
        Ok(())
    }

    fn check_replay(&mut self) -> Checked {
        for fact in &self.decision.facts {
            let text = serde_json::to_string(fact).expect("a fact serialises");
            let read: Fact = serde_json::from_str(&text).expect("a serialised fact is read");
            prop_assert_eq!(&read, fact);
            prop_assert_eq!(self.replayed.apply(&read), Ok(()));
        }
        prop_assert_eq!(&self.replayed, &self.run, "the fold of the facts is the state");
        Ok(())
    }

    fn check_in_flight(&self) -> Checked {
        let in_flight = self.reference.count(StepState::Scheduled);
        prop_assert_eq!(self.run.in_flight() as usize, in_flight);
        let most = match self.scenario.policy.mode {
            Mode::Sequential => 1,
            Mode::Parallel { max_steps } => max_steps.get() as usize,
        };
        prop_assert!(in_flight <= most, "{in_flight} in flight, {most} allowed");
        Ok(())
    }

    fn take_note(&mut self, command: Command) -> Checked {
        match command {
            Command::Dispatch { step, .. } | Command::Await { step } => {
                for &(dependency, _) in &self.scenario.steps[self.spec(step)].depends_on {
                    let state = self.run.step(dependency).state;
                    prop_assert!(
                        state.is_final(),
                        "{step:?} is dispatched while {dependency:?} is {state:?}"
                    );
                }
                prop_assert_eq!(self.run.state(), RunState::Running);
                if matches!(command, Command::Dispatch { .. }) {
                    self.dispatched.push(step.index());
                }
            }
            // Also one that is put off has begun.
            Command::Compensate { step, .. } | Command::RetryAfter { step, compensation: true, .. } => {
                if !self.undone.contains(&step) {
                    self.undone.push(step);
                }
            }
            Command::Finish => self.finishes += 1,
            Command::RetryAfter { .. } | Command::SignalCancel => {}
        }
        self.outstanding.push(command);
        Ok(())
    }

    fn check_end(&self) -> Checked {
        prop_assert!(self.run.is_ended(), "every command is answered, yet the run is {:?}", self.run.state());
        prop_assert_eq!(self.finishes, 1 + self.reopened);
        prop_assert_eq!(&self.dispatched, &self.reference.dispatches);
        // A run that ended its process too often is left as it was.
        let is_left = self.run.state() == RunState::Parked && self.run.stop_cause().is_none();
        for (step, status) in self.all() {
            prop_assert!(is_left || status.state.is_final(), "{step:?} is left {:?}", status.state);
        }
        self.check_undone()
    }

    fn undoes(&self) -> bool {
        let decisive = match self.run.stop_cause() {
            Some(StopCause::StepFailed { step }) => self.scenario.steps[step.index()].on_failure,
            _ => None,
        };
        match decisive {
            Some(said) => said == OnFailure::Compensate,
            None => self.scenario.policy.strategy == Strategy::Compensate,
        }
    }

    /// Each effect that may have taken place was undone once, in the order of the plan, if the strategy says so.
    fn check_undone(&self) -> Checked {
        let stopped = self.run.stop_cause().is_some();
        let must_undo = |step: StepId| {
            stopped
                && self.undoes()
                && self.scenario.steps[self.spec(step)].compensable
                && (self.spec(step) != step.index() || self.scenario.steps[step.index()].each.is_none())
                && matches!(self.run.step(step).state, StepState::Completed | StepState::Indeterminate)
        };
        let mut order: Vec<StepId> =
            self.all().into_iter().map(|(step, _)| step).filter(|step| must_undo(*step)).collect();
        order.sort_by_key(|step| self.reference.undo_turn(step.index()));
        let (parked, killed) = (self.run.state() == RunState::Parked, self.reference.is_killed());
        let at_once = matches!(self.scenario.policy.undoing.order, UndoOrder::AtOnce { .. });
        prop_assert!(
            order.starts_with(&self.undone),
            "{:?} are undone, and {order:?} are to be",
            self.undone
        );
        for (step, status) in self.all() {
            let expected = match order.iter().position(|undone| *undone == step) {
                None => CompensationState::None,
                Some(turn) if turn >= self.undone.len() => CompensationState::Pending,
                Some(_) if !parked && !killed => CompensationState::Done,
                Some(turn) if !at_once && turn + 1 < self.undone.len() => CompensationState::Done,
                // What was under way, or had failed before that.
                Some(_) => {
                    prop_assert!(parked || at_once || status.compensation != CompensationState::Failed);
                    prop_assert!(killed || status.compensation != CompensationState::Pending);
                    status.compensation
                }
            };
            prop_assert_eq!(status.compensation, expected, "of {:?}", step);
        }
        Ok(())
    }
}

/// Where several outputs are absent, each of them is a reason.
fn is_reason(reason: Option<SkipReason>, reference: Option<SkipReason>) -> bool {
    match (reason, reference) {
        (Some(SkipReason::NoOutput { .. }), Some(SkipReason::NoOutput { .. })) => true,
        (reason, reference) => reason == reference,
    }
}
