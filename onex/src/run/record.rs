//! What a run remembers of each step and of its compensations. Knows nothing of the other steps.

use super::fact::{Fact, Failure};
use super::plan::StepId;
use super::status::{CompensationState, StepState, StepStatus};

/// What a run remembers of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StepRecord {
    pub(super) status: StepStatus,
    /// Of an instance: which list it is of.
    pub(super) fan: Option<u32>,
    /// Of a step that goes over a list: the one that was counted last.
    pub(super) latest_fan: Option<u32>,
    /// Dependencies that are not final.
    pub(super) blockers: usize,
    /// Outputs that it may take: those of its required and optional dependencies that completed.
    pub(super) outputs: usize,
    /// The first required dependency that ended without output.
    pub(super) lacks: Option<StepId>,
    /// The latest optional dependency that ended without output.
    pub(super) misses: Option<StepId>,
    /// The branch that runs instead.
    pub(super) instead: Option<StepId>,
    /// What became of its condition.
    pub(super) condition: Option<bool>,
    /// The latest failure that leaves the outcome of an attempt unknown.
    pub(super) unknown_outcome: Option<Failure>,
    /// The place of the latest attempt in the order of all dispatches.
    pub(super) dispatch: u64,
    /// The same of the attempt before it, in case that the latest is held.
    pub(super) earlier_dispatch: u64,
    /// How many facts are about it.
    pub(super) revision: u64,
    /// The latest attempt to undo it.
    pub(super) undo_attempt: u32,
    /// How many facts are about its being undone.
    pub(super) undo_revision: u64,
}

/// The compensations still to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Undo {
    /// Those that have not begun; the next one is last.
    pub(super) stack: Vec<StepId>,
    /// Those that have begun and are not over, in the order in which they began.
    pub(super) under_way: Vec<UnderWay>,
    /// The first step that cannot be undone.
    pub(super) failed: Option<StepId>,
    /// An attempt was scheduled.
    pub(super) is_begun: bool,
}

/// A compensation that has begun: it was put off, or scheduled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnderWay {
    pub(super) step: StepId,
    /// The latest attempt.
    pub(super) attempt: u32,
    /// How often the process ended while an attempt was in flight.
    pub(super) crashes: u32,
    pub(super) phase: UndoPhase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UndoPhase {
    InFlight,
    /// The next attempt waits, also the first one.
    Waiting {
        after_ms: u64,
    },
}

impl Undo {
    /// Nothing is left, and nothing has failed.
    pub(super) fn is_done(&self) -> bool {
        self.stack.is_empty() && self.under_way.is_empty() && self.failed.is_none()
    }

    pub(super) fn of(&self, step: StepId) -> Option<&UnderWay> {
        self.under_way.iter().find(|one| one.step == step)
    }

    pub(super) fn of_mut(&mut self, step: StepId) -> Option<&mut UnderWay> {
        self.under_way.iter_mut().find(|one| one.step == step)
    }

    pub(super) fn is_in_flight(&self, step: StepId, attempt: u32) -> bool {
        self.of(step).is_some_and(|one| one.phase == UndoPhase::InFlight && one.attempt == attempt)
    }

    pub(super) fn waits_after(&self, step: StepId, attempt: u32) -> bool {
        self.of(step)
            .is_some_and(|one| matches!(one.phase, UndoPhase::Waiting { .. }) && one.attempt == attempt)
    }

    /// The next one begins, or one that has begun goes on.
    pub(super) fn enter(&mut self, step: StepId, attempt: u32, phase: UndoPhase) {
        if let Some(one) = self.of_mut(step) {
            (one.attempt, one.phase) = (attempt, phase);
        } else {
            self.stack.pop();
            self.under_way.push(UnderWay { step, attempt, crashes: 0, phase });
        }
    }
}

impl StepRecord {
    pub(super) fn new(blockers: usize) -> Self {
        let status = StepStatus {
            state: StepState::Waiting,
            attempt: 0,
            failure: None,
            crashes: 0,
            skipped_because: None,
            retry_after_ms: None,
            compensation: CompensationState::None,
        };
        Self {
            status,
            fan: None,
            latest_fan: None,
            blockers,
            outputs: 0,
            lacks: None,
            misses: None,
            instead: None,
            condition: None,
            unknown_outcome: None,
            dispatch: 0,
            earlier_dispatch: 0,
            revision: 0,
            undo_attempt: 0,
            undo_revision: 0,
        }
    }

    /// The same action, which has not been tried in this go: what an attempt may have done outside, it may have done still.
    pub(super) fn again(&self) -> Self {
        Self {
            unknown_outcome: self.unknown_outcome,
            dispatch: self.dispatch,
            earlier_dispatch: self.earlier_dispatch,
            revision: self.revision,
            ..Self::new(0)
        }
    }

    /// An action whose place another one has taken.
    pub(super) fn superseded(&self) -> Self {
        let mut superseded = self.again();
        superseded.status.state = StepState::NotRun;
        superseded
    }

    /// What a [`Fact::StepCarried`] tells of a step, which is nothing of those that it depends on; `None` for another fact.
    pub(super) fn carried(fact: &Fact) -> Option<Self> {
        let Fact::StepCarried {
            state,
            attempt,
            crashes,
            revision,
            dispatch,
            failure,
            unknown,
            retry_after_ms,
            ..
        } = *fact
        else {
            return None;
        };
        let mut record = Self::new(0);
        record.status.attempt = attempt;
        record.status.crashes = crashes;
        record.status.failure = failure;
        record.status.retry_after_ms = (state == StepState::RetryWaiting).then_some(retry_after_ms.into());
        record.unknown_outcome = unknown;
        record.revision = revision.into();
        record.dispatch = dispatch.into();
        record.earlier_dispatch = dispatch.into();
        Some(record)
    }

    /// It was tried, and may be again.
    pub(super) fn is_between_attempts(&self) -> bool {
        match self.status.state {
            StepState::RetryWaiting | StepState::RetryDue => true,
            StepState::Held => self.was_tried(),
            _ => false,
        }
    }

    /// It has not been tried.
    pub(super) fn is_untried(&self) -> bool {
        match self.status.state {
            StepState::Waiting => true,
            StepState::Held => !self.was_tried(),
            _ => false,
        }
    }

    /// For a step that has no attempt in flight: one was begun. The number of one that crashed is used again.
    pub(super) fn was_tried(&self) -> bool {
        self.status.attempt > 0 || self.status.crashes > 0
    }
}
