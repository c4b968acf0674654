//! A run that goes on on another plan: what of it is carried over, and what stands against it.
//!
//! The facts of a run that was moved begin anew: [`Fact::RunMigrated`] in place of [`Fact::RunStarted`], then where each step
//! was that had come further than waiting. So they are read with the new plan alone, whatever the old one was.

use std::fmt;

use super::fact::{Fact, Failure};
use super::plan::{Need, OnFailure, Plan, StepId, StepKind, StepSpec};
use super::policy::Strategy;
use super::record::StepRecord;
use super::skip::SkipReason;
use super::state::Run;
use super::status::{RunState, StepState};

/// What stands against moving a run to another plan. Steps of the old plan are named by `step`, those of the new one by `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It is over, about to be, or was never begun.
    NotGoingOn {
        /// Where it is.
        state: RunState,
    },
    /// It went over a list: its instances have no place in another plan.
    WentOverAList {
        /// The step that did.
        step: StepId,
    },
    /// It is given up with the old plan, and is neither completed nor skipped nor unreached.
    DroppedUnderWay {
        /// The step.
        step: StepId,
        /// Where it is.
        state: StepState,
    },
    /// Two steps become one.
    Twice {
        /// The second.
        step: StepId,
        /// What it becomes.
        to: StepId,
    },
    /// It has begun, and is another kind of step in the new plan.
    OtherKind {
        /// The step.
        step: StepId,
        /// What it becomes.
        to: StepId,
    },
    /// What it did outside is known under a key that is made of its name.
    RenamedUnderWay {
        /// The step.
        step: StepId,
        /// What it becomes.
        to: StepId,
    },
    /// It has been tried, and depends in the new plan on what has not come to its end.
    NeedsFirst {
        /// The step.
        step: StepId,
        /// What it becomes.
        to: StepId,
        /// The step of the new plan that it depends on.
        needs: StepId,
    },
    /// It took place, or may have, could be undone, and cannot be in the new plan.
    NotUndone {
        /// The step.
        step: StepId,
        /// What it becomes.
        to: StepId,
    },
    /// It failed, and in the new plan that stops the run.
    FailureCounts {
        /// The step.
        step: StepId,
        /// What it becomes.
        to: StepId,
    },
    /// It was skipped because of a step that is given up.
    SkippedFor {
        /// The step.
        step: StepId,
        /// The step that is given up.
        of: StepId,
    },
    /// Runs of the new plan begin with it, and this one did not.
    NewEntry {
        /// The step.
        to: StepId,
    },
}

impl Run {
    /// The facts with which this run goes on on the plan `to`, after [`Fact::RunMigrated`]: one for each of its steps that had
    /// come further than waiting. `map`: what each step of its plan becomes, by its number; `None`: it is given up.
    ///
    /// Expects that nothing of it is in flight any more: what it had scheduled has crashed with its process.
    ///
    /// # Errors
    /// All that stands against it, in the order of the steps.
    ///
    /// # Panics
    /// When `map` is shorter than this run's plan, or names a step that `to` does not have.
    pub fn carried_to(&self, to: &Plan, map: &[Option<StepId>]) -> Result<Vec<Fact>, Vec<Obstacle>> {
        // One that is parked for what could not be undone has stopped for good.
        let parked = self.parked_for.filter(|_| self.stop.is_none());
        if !self.goes_on() && parked.is_none() {
            return Err(vec![Obstacle::NotGoingOn { state: self.state }]);
        }
        let mut obstacles = Vec::new();
        let mut taken = vec![false; to.len()];
        for (step, _) in self.plan.steps() {
            if let Some(becomes) = map[step.index()]
                && std::mem::replace(&mut taken[becomes.index()], true)
            {
                obstacles.push(Obstacle::Twice { step, to: becomes });
            }
            obstacles.extend(self.obstacle(step, map[step.index()], to, map));
        }
        let begins_anew = |spec: &StepSpec| spec.kind == StepKind::Entry;
        let entries = to.steps().filter(|(entry, spec)| begins_anew(spec) && !taken[entry.index()]);
        obstacles.extend(entries.map(|(entry, _)| Obstacle::NewEntry { to: entry }));
        if !obstacles.is_empty() {
            return Err(obstacles);
        }
        // What failed first decides what is skipped for it.
        let first = self.first_error;
        let others = self.plan.steps().map(|(step, _)| step).filter(|step| Some(*step) != first);
        let mut facts: Vec<Fact> = first
            .into_iter()
            .chain(others)
            .filter_map(|step| Some((step, map[step.index()]?)))
            .flat_map(|(step, becomes)| self.carried(step, becomes, map))
            .collect();
        if self.state == RunState::Paused {
            facts.push(Fact::RunPaused);
        }
        facts.extend(parked.and_then(|step| map[step.index()]).map(|step| Fact::RunParked { step }));
        Ok(facts)
    }

    fn obstacle(
        &self,
        step: StepId,
        becomes: Option<StepId>,
        plan: &Plan,
        map: &[Option<StepId>],
    ) -> Option<Obstacle> {
        let (was, record) = (self.plan.step(step), self.record(step));
        let state = record.status.state;
        if record.latest_fan.is_some() {
            return Some(Obstacle::WentOverAList { step });
        }
        let begun = match state {
            StepState::Waiting | StepState::Skipped => false,
            StepState::Held => record.was_tried(),
            _ => true,
        };
        let Some(to) = becomes else {
            let may_go = !begun || state == StepState::Completed;
            return (!may_go).then_some(Obstacle::DroppedUnderWay { step, state });
        };
        if let Some(of) = record.status.skipped_because.and_then(SkipReason::step)
            && state == StepState::Skipped
            && map[of.index()].is_none()
        {
            return Some(Obstacle::SkippedFor { step, of });
        }
        let is = plan.step(to);
        // A gate may have sent intents, under ids that are made of its name.
        let may_have_acted = matches!(was.kind, StepKind::Effect | StepKind::Gate);
        if !begun {
            // It was tried before somebody wanted it done again, and its key stays.
            let keeps_name = may_have_acted && record.dispatch > 0 && was.id != is.id;
            return keeps_name.then_some(Obstacle::RenamedUnderWay { step, to });
        }
        let may_be_undone = was.compensable && state != StepState::Failed;
        let failed = matches!(state, StepState::Failed | StepState::Indeterminate);
        // The run that it is goes on, and nothing else may be done in its place.
        let is_other_work = state == StepState::Scheduled && was.outlives_process != is.outlives_process;
        if was.kind != is.kind || was.each.is_some() != is.each.is_some() || is_other_work {
            Some(Obstacle::OtherKind { step, to })
        } else if may_have_acted && was.id != is.id && !state.is_final() {
            Some(Obstacle::RenamedUnderWay { step, to })
        } else if !state.is_final()
            && let Some(needs) = self.needed_first(to, plan, map)
        {
            Some(Obstacle::NeedsFirst { step, to, needs })
        } else if may_be_undone && !is.compensable {
            Some(Obstacle::NotUndone { step, to })
        } else if failed && !tolerates(plan, to) {
            Some(Obstacle::FailureCounts { step, to })
        } else {
            None
        }
    }

    /// What the step `to` depends on and what has not come to its end, or not to the output that it requires.
    fn needed_first(&self, to: StepId, plan: &Plan, map: &[Option<StepId>]) -> Option<StepId> {
        let has_ended = |(on, need): &(StepId, Need)| {
            let was = map.iter().position(|becomes| becomes == &Some(*on));
            let state = was.map(|step| self.steps[step].status.state);
            match need {
                Need::Required => state == Some(StepState::Completed),
                Need::Optional | Need::Order | Need::Else => state.is_some_and(StepState::is_final),
            }
        };
        let mut open = plan.step(to).depends_on.iter().filter(|dependency| !has_ended(dependency));
        open.next().map(|(on, _)| *on)
    }

    /// Where a step is, as facts of the plan in which it is `to`.
    fn carried(
        &self,
        step: StepId,
        to: StepId,
        map: &[Option<StepId>],
    ) -> impl Iterator<Item = Fact> + use<> {
        let record = self.record(step);
        let status = record.status;
        let (mut state, mut attempt, mut crashes) = (status.state, status.attempt, status.crashes);
        let (mut unknown, mut skipped) = (record.unknown_outcome, None);
        match state {
            StepState::Held => {
                state = if record.was_tried() { StepState::RetryDue } else { StepState::Waiting };
            }
            // The run that it is goes on, and is waited for on the new plan.
            StepState::Scheduled if self.plan.step(step).outlives_process => {}
            StepState::Scheduled => {
                // As when its process ends while its run is paused.
                (state, attempt) = (StepState::RetryDue, attempt.saturating_sub(1));
                // Of a run that is parked it was counted.
                crashes += u32::from(self.state != RunState::Parked);
                unknown = Some(Failure::ABANDONED);
            }
            StepState::Skipped => {
                state = StepState::Waiting;
                let of = |of: StepId| map[of.index()].unwrap_or(of);
                let because = status.skipped_because.map(|because| match because {
                    SkipReason::NoOutput { of: step } => SkipReason::NoOutput { of: of(step) },
                    SkipReason::OtherBranch { runs } => SkipReason::OtherBranch { runs: of(runs) },
                    SkipReason::AfterFailure { of: step } => SkipReason::AfterFailure { of: of(step) },
                    as_it_was @ (SkipReason::Disabled | SkipReason::ConditionFalse) => as_it_was,
                });
                let revision = small(record.revision);
                skipped = because.map(|because| Fact::SkipCarried { step: to, because, revision });
            }
            _ => {}
        }
        let carried = Fact::StepCarried {
            step: to,
            state,
            attempt,
            crashes,
            revision: small(record.revision),
            dispatch: small(record.dispatch),
            failure: status.failure,
            unknown,
            retry_after_ms: small(status.retry_after_ms.unwrap_or_default()),
        };
        // Of one that was not tried, what it was before somebody wanted it done again.
        let was_before = record.dispatch > 0 || unknown.is_some();
        let is_told = state != StepState::Waiting || was_before || (skipped.is_none() && record.revision > 0);
        is_told.then_some(carried).into_iter().chain(skipped)
    }

    /// `fact` says where a step was on the plan before; it may follow only [`Fact::RunMigrated`] and its like.
    pub(super) fn may_carry(&self, fact: &Fact) -> bool {
        let is_untouched = |step: StepId| {
            self.carrying
                && self.plan.contains(step)
                && self.record(step).status.state == StepState::Waiting
                && self.record(step).status.attempt == 0
        };
        match *fact {
            Fact::SkipCarried { step, .. } => {
                is_untouched(step) && self.plan.step(step).kind != StepKind::Entry
            }
            Fact::StepCarried { step, state, attempt, failure, .. } => {
                let spec_fits = match (self.plan.step(step).kind, state) {
                    (_, StepState::Completed) => true,
                    (StepKind::Entry, _) => false,
                    (StepKind::Gate, StepState::Awaiting | StepState::Failed) => true,
                    (_, StepState::Waiting) => attempt == 0,
                    (StepKind::Gate, _) => false,
                    (StepKind::Effect, StepState::Indeterminate) => true,
                    (StepKind::Effect, StepState::Scheduled) => self.plan.step(step).outlives_process,
                    (_, StepState::Failed | StepState::RetryDue | StepState::RetryWaiting) => true,
                    _ => false,
                };
                let is_bad = matches!(state, StepState::Failed | StepState::Indeterminate);
                is_untouched(step) && spec_fits && (!is_bad || failure.is_some())
            }
            _ => false,
        }
    }

    /// The run begins where it was on the plan before.
    pub(super) fn carry_skip(&mut self, step: StepId, because: SkipReason, revision: u32) {
        let record = &mut self.steps[step.index()];
        record.revision = revision.into();
        record.status.skipped_because = Some(because);
        if because == SkipReason::ConditionFalse {
            record.condition = Some(false);
        }
        self.finish(step, StepState::Skipped);
        if let SkipReason::OtherBranch { runs } = because {
            self.stays_chosen(runs);
        }
    }

    /// Others were skipped in favour of this branch: its condition is not asked for again.
    fn stays_chosen(&mut self, branch: StepId) {
        if !self.plan.step(branch).conditional {
            return;
        }
        if self.record(branch).status.state == StepState::Waiting {
            self.evaluate(branch, true);
        } else {
            self.steps[branch.index()].condition = Some(true);
        }
    }

    pub(super) fn carry(&mut self, step: StepId, state: StepState, like: &StepRecord) {
        if self.plan.step(step).conditional && state != StepState::Waiting {
            // It has begun, so its condition held.
            self.evaluate(step, true);
        }
        self.dispatches = self.dispatches.max(like.dispatch);
        let condition = self.record(step).condition;
        let record = &mut self.steps[step.index()];
        let (blockers, outputs) = (record.blockers, record.outputs);
        let (lacks, misses, instead) = (record.lacks, record.misses, record.instead);
        *record = StepRecord { blockers, outputs, lacks, misses, instead, condition, ..like.clone() };
        match (state, record.status.failure) {
            // What is new in front of it may be waited for.
            (StepState::Waiting, _) => {}
            (StepState::Failed | StepState::Indeterminate, Some(failure)) => {
                self.finish_badly(step, state, failure);
            }
            (
                StepState::RetryDue | StepState::RetryWaiting | StepState::Awaiting | StepState::Scheduled,
                _,
            ) => {
                let place = self.plan.turns().place(step);
                for set in [&mut self.ready, &mut self.gates, &mut self.undecided, &mut self.doomed] {
                    set.remove(place);
                }
                self.steps[step.index()].status.state = state;
                match state {
                    StepState::RetryDue => self.make_ready(step),
                    StepState::Scheduled => self.in_flight += 1,
                    _ => self.set_aside += 1,
                }
            }
            _ => self.finish(step, state),
        }
    }
}

/// The final failure of `step` does not stop a run of `plan`.
fn tolerates(plan: &Plan, step: StepId) -> bool {
    match plan.step(step).on_failure {
        Some(on_failure) => on_failure == OnFailure::Continue,
        None => plan.policy().strategy == Strategy::ContinueOnError,
    }
}

/// What a run counts does not come to more.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl fmt::Display for Obstacle {
    /// With the numbers of steps; who knows their names says it with those.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explain(f, |step| format!("step {}", step.0), |step| format!("step {}", step.0))
    }
}

impl Obstacle {
    /// Writes what stands against it, with `old` for the steps of the old plan and `new` for those of the new one.
    ///
    /// # Errors
    /// Those of `into`.
    pub fn explain(
        &self,
        into: &mut dyn fmt::Write,
        old: impl Fn(StepId) -> String,
        new: impl Fn(StepId) -> String,
    ) -> fmt::Result {
        match *self {
            Self::NotGoingOn { state } => {
                write!(into, "it is {state:?}: only what goes on, is paused or parked for crashes is moved")
            }
            Self::WentOverAList { step } => {
                write!(into, "{} went over a list, whose instances have no place in another plan", old(step))
            }
            Self::DroppedUnderWay { step, state } => write!(
                into,
                "{} is {state:?}: what is given up must have completed or not have begun",
                old(step)
            ),
            Self::Twice { step, to } => {
                write!(into, "{} would become {}, as another step does", old(step), new(to))
            }
            Self::OtherKind { step, to } => {
                write!(into, "{} has begun, and {} is another kind of step", old(step), new(to))
            }
            Self::RenamedUnderWay { step, to } => write!(
                into,
                "{} has been tried, and what it did is known outside under a key made of its name: as {} it would be \
                 done a second time",
                old(step),
                new(to)
            ),
            Self::NeedsFirst { step, to, needs } => write!(
                into,
                "{} has been tried, and as {} it comes after {}, which has not come to its end",
                old(step),
                new(to),
                new(needs)
            ),
            Self::NotUndone { step, to } => {
                write!(into, "{} may have to be undone, and {} has no compensation", old(step), new(to))
            }
            Self::FailureCounts { step, to } => {
                write!(into, "{} failed, and a failure of {} stops the run", old(step), new(to))
            }
            Self::SkippedFor { step, of } => {
                write!(into, "{} was skipped because of {}, which is given up", old(step), old(of))
            }
            Self::NewEntry { to } => write!(into, "runs begin with {} now, and this one did not", new(to)),
        }
    }
}
