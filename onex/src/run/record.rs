//! What a run remembers of each step and of its compensations. Knows nothing of the other steps.

use super::fact::Failure;
use super::plan::StepId;
use super::status::{CompensationState, StepState, StepStatus};

/// What a run remembers of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StepRecord {
    pub(super) status: StepStatus,
    /// Dependencies that are not final.
    pub(super) blockers: usize,
    /// Dependencies that completed.
    pub(super) outputs: usize,
    /// A required dependency ended without output.
    pub(super) lacks_required: bool,
    /// The latest failure that leaves the outcome of an attempt unknown.
    pub(super) unknown_outcome: Option<Failure>,
    /// The place of the latest attempt in the order of all dispatches.
    pub(super) dispatch: u64,
    /// The same of the attempt before it, in case that the latest is held.
    pub(super) earlier_dispatch: u64,
}

/// The compensations still to do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Undo {
    /// The next one is last.
    pub(super) stack: Vec<StepId>,
    /// The latest attempt of the next one.
    pub(super) attempt: u32,
    /// How often the process ended while an attempt of it was in flight.
    pub(super) crashes: u32,
    pub(super) phase: UndoPhase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum UndoPhase {
    #[default]
    Idle,
    InFlight,
    RetryWaiting {
        after_ms: u64,
    },
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
            blockers,
            outputs: 0,
            lacks_required: false,
            unknown_outcome: None,
            dispatch: 0,
            earlier_dispatch: 0,
        }
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

    /// For a step that has dependencies: they are final, none that it requires is absent, and not all are absent.
    pub(super) fn may_start(&self) -> bool {
        self.status.state == StepState::Waiting
            && self.blockers == 0
            && self.outputs > 0
            && !self.lacks_required
    }

    /// For a step that has dependencies: one that it requires is absent, or all are.
    pub(super) fn must_skip(&self) -> bool {
        self.status.state == StepState::Waiting
            && (self.lacks_required || (self.blockers == 0 && self.outputs == 0))
    }
}
