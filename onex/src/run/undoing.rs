//! In which order the steps of a stopped run are undone, and when that begins. Knows nothing of attempts.

use std::cmp::Reverse;
use std::time::Duration;

use super::plan::StepId;
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
                UndoOrder::LatestFirst => (dispatch, Reverse(0)),
                UndoOrder::EarliestFirst => (0, Reverse(dispatch)),
            };
            (Reverse(self.spec(step).compensation_priority), turn)
        });
        self.undo.stack = stack;
    }

    /// How long to wait before the next step is undone, in whole milliseconds.
    pub(super) fn undo_delay_ms(&self, step: StepId) -> u64 {
        let Undoing { delay, .. } = self.plan.policy().undoing;
        let before_all = if self.undo.is_begun { Duration::ZERO } else { delay };
        let delay = before_all.saturating_add(self.spec(step).compensation_delay);
        u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)
    }
}
