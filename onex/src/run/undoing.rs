//! In which order the steps of a stopped run are undone, how many at once, and when that begins. Knows nothing of attempts.

use std::cmp::Reverse;
use std::num::NonZeroU32;
use std::time::Duration;

use super::plan::StepId;
use super::record::Undo;
use super::state::Run;

/// How a run is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undoing {
    /// In which order, among steps of one [priority](super::StepSpec::compensation_priority).
    pub order: UndoOrder,
    /// How long to wait before anything is undone.
    pub delay: Duration,
    /// How long it may take, from when nothing of the run is in flight any more. The driver measures it and gives
    /// [`Input::UndoingTimedOut`](super::Input::UndoingTimedOut). `None`: as long as it takes.
    pub timeout: Option<Duration>,
}

/// In which order steps are undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoOrder {
    /// The one that was dispatched last goes first.
    LatestFirst,
    /// The one that was dispatched first goes first.
    EarliestFirst,
    /// Those of one [priority](super::StepSpec::compensation_priority) are undone side by side. They begin latest dispatch
    /// first; one that waits to be tried again keeps its place.
    AtOnce {
        /// How many are under way at once.
        most: NonZeroU32,
    },
}

impl Undoing {
    /// Latest first, at once, and as long as it takes.
    pub const USUAL: Undoing =
        Undoing { order: UndoOrder::LatestFirst, delay: Duration::ZERO, timeout: None };
}

impl Run {
    /// Sorts what is to be undone: the next one is last.
    pub(super) fn order_undoing(&mut self) {
        let mut stack = std::mem::take(&mut self.undo.stack);
        let order = self.plan.policy().undoing.order;
        stack.sort_unstable_by_key(|&step| {
            let dispatch = self.record(step).dispatch;
            let turn = match order {
                UndoOrder::LatestFirst | UndoOrder::AtOnce { .. } => (dispatch, Reverse(0)),
                UndoOrder::EarliestFirst => (0, Reverse(dispatch)),
            };
            (Reverse(self.spec(step).compensation_priority), turn)
        });
        self.undo.stack = stack;
    }

    /// The step whose turn it is to be undone, if there is room for it. What comes after one that cannot be undone has no turn.
    pub(super) fn next_to_undo(&self) -> Option<StepId> {
        let Undo { stack, under_way, failed, .. } = &self.undo;
        let next = *stack.last()?;
        let before = under_way.first().map(|one| one.step).or(*failed);
        let has_turn = match self.plan.policy().undoing.order {
            UndoOrder::LatestFirst | UndoOrder::EarliestFirst => before.is_none(),
            UndoOrder::AtOnce { most } => {
                let priority = |step| self.spec(step).compensation_priority;
                under_way.len() < most.get() as usize
                    && before.is_none_or(|before| priority(before) == priority(next))
            }
        };
        (has_turn && !self.is_killed()).then_some(next)
    }

    /// How long to wait before the next step is undone, in whole milliseconds.
    pub(super) fn undo_delay_ms(&self, step: StepId) -> u64 {
        let Undoing { delay, .. } = self.plan.policy().undoing;
        let before_all = if self.undo.is_begun { Duration::ZERO } else { delay };
        let delay = before_all.saturating_add(self.spec(step).compensation_delay);
        u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)
    }
}
