//! Which steps are not to run, and why: what they lack, what they are told, what their condition says.

use serde::{Deserialize, Serialize};

use super::exchange::Decision;
use super::fact::Fact;
use super::plan::{StepId, StepKind};
use super::policy::Mode;
use super::record::StepRecord;
use super::state::Run;
use super::status::{RunState, StepState};

/// Why a step is skipped. Where there are several reasons, the first of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It is not enabled.
    Disabled,
    /// An output that it requires is absent, or all that it may take are.
    NoOutput {
        /// The step whose absent output decided it.
        of: StepId,
    },
    /// Another branch of its group runs.
    OtherBranch {
        /// That branch.
        runs: StepId,
    },
    /// It is not to run after a failure.
    AfterFailure {
        /// The first step that failed.
        of: StepId,
    },
    /// Its condition does not hold.
    ConditionFalse,
}

impl SkipReason {
    /// The other step that the reason names, if it names one.
    #[must_use]
    pub fn step(self) -> Option<StepId> {
        match self {
            Self::NoOutput { of } | Self::AfterFailure { of } => Some(of),
            Self::OtherBranch { runs } => Some(runs),
            Self::Disabled | Self::ConditionFalse => None,
        }
    }
}

impl Run {
    /// A step whose condition can be evaluated: all that it looks at is final, and nothing else speaks against the
    /// step. None once there is no such step, or the run stops.
    ///
    /// Nothing is dispatched before each of these is answered with [`Input::Evaluated`](super::Input::Evaluated).
    #[must_use]
    #[inline]
    pub fn undecided(&self) -> Option<StepId> {
        if !self.decides() {
            return None;
        }
        self.plan.turns().first(&self.undecided)
    }

    /// `step` is one of those that [`Run::undecided`] names, one after the other.
    pub(super) fn is_undecided(&self, step: StepId) -> bool {
        self.decides() && self.plan.contains(step) && self.undecided.contains(self.plan.turns().place(step))
    }

    /// Why `step`, which has not been tried, is not to run; none while nothing speaks against it.
    pub(super) fn skip_reason(&self, step: StepId) -> Option<SkipReason> {
        let record = self.record(step);
        if record.status.state == StepState::Waiting { self.speaks_against(step, record) } else { None }
    }

    /// The same of a step that waits.
    #[inline]
    fn speaks_against(&self, step: StepId, record: &StepRecord) -> Option<SkipReason> {
        let spec = self.plan.step(step);
        if !spec.enabled {
            return Some(SkipReason::Disabled);
        }
        let nothing_to_take = record.blockers == 0 && record.outputs == 0 && !spec.runs_without_inputs;
        if let Some(of) = record.lacks.or(record.misses.filter(|_| nothing_to_take)) {
            return Some(SkipReason::NoOutput { of });
        }
        if let Some(runs) = record.instead {
            return Some(SkipReason::OtherBranch { runs });
        }
        if let Some(of) = self.first_error.filter(|_| spec.skip_on_failure) {
            return Some(SkipReason::AfterFailure { of });
        }
        (record.condition == Some(false)).then_some(SkipReason::ConditionFalse)
    }

    /// Puts a step that has not been tried where it belongs by now: among those that are to be skipped, whose condition
    /// is to be evaluated, or that may start; or among none while it waits for its dependencies.
    pub(super) fn place(&mut self, step: StepId) {
        let record = self.record(step);
        if record.status.state != StepState::Waiting {
            return;
        }
        if self.is_instance(step) {
            return self.make_ready(step);
        }
        let (place, spec) = (self.plan.turns().place(step), self.plan.step(step));
        let is_doomed = self.speaks_against(step, record).is_some();
        let is_free = record.blockers == 0 && !is_doomed;
        let is_open = spec.conditional && record.condition.is_none();
        // Steps that go one by one wait for a gate, too.
        let takes_no_turn = spec.kind == StepKind::Gate && self.plan.policy().mode != Mode::Sequential;
        let may_begin = is_free && !is_open;
        self.doomed.put(place, is_doomed);
        self.undecided.put(place, is_free && is_open);
        self.gates.put(place, may_begin && takes_no_turn);
        self.ready.put(place, may_begin && !takes_no_turn);
    }

    pub(super) fn skip_what_is_doomed(&mut self, decision: &mut Decision) {
        while self.decides()
            && let Some(step) = self.plan.turns().first(&self.doomed)
            && let Some(because) = self.skip_reason(step)
        {
            self.decide(Fact::StepSkipped { step, because }, decision);
        }
    }

    /// Steps are decided about: it has begun, does not stop, and is not about to.
    pub(super) fn decides(&self) -> bool {
        self.started && self.decisive.is_none() && matches!(self.state, RunState::Running | RunState::Paused)
    }
}
