//! Runs that rest and have left memory: what their journal does not have of them, when each has to wake, and which do now.
//!
//! Plain data behind the mutex of the [live runs](super::live). Who wakes them is told in [`dormancy`](super::dormancy).

use std::collections::BTreeSet;
use std::fmt;
use std::mem;
use std::sync::Arc;

use tokio::time::Instant;

use super::arrivals::Arrival;
use super::control::{Control, Shown};
use super::driver::Clocks;
use super::in_flight::AsleepGuard;
use super::meters::Active;
use crate::message::RunId;
use crate::plan::WorkflowRow;

/// What memory keeps of a run that is asleep.
pub(crate) struct Asleep {
    /// Its workflow.
    pub(crate) row: &'static WorkflowRow,
    /// It is a step of another run.
    pub(crate) is_sub_run: bool,
    /// When it wakes by itself.
    pub(crate) due: Option<Instant>,
    pub(crate) clocks: Clocks,
    /// Events whose gates are not open yet.
    #[expect(clippy::box_collection, reason = "almost always there is none")]
    pub(crate) arrivals: Option<Box<Vec<Arrival>>>,
    /// Where it is shown to whoever watches it.
    pub(crate) shown: Option<Shown>,
    pub(crate) active: Active,
    pub(crate) in_flight: AsleepGuard,
}

/// A run that has to go on, and how it is told what it has to do.
#[derive(Debug)]
pub(crate) struct Woken {
    pub(crate) run: RunId,
    pub(crate) control: Arc<Control>,
    pub(crate) asleep: Box<Asleep>,
}

/// All runs that are asleep, by when they wake, and those that have been woken and that nobody has seen to yet.
#[derive(Debug, Default)]
pub(crate) struct Sleepers {
    due: BTreeSet<(Instant, RunId)>,
    woken: Vec<Woken>,
    count: usize,
    /// Somebody looks after them.
    pub(crate) attended: bool,
}

/// What whoever looks after them has to do.
#[derive(Debug)]
pub(crate) enum Chore {
    /// Let these go on.
    Wake(Vec<Woken>),
    /// Wait, until then if nothing happens before.
    Wait(Option<Instant>),
    /// Nothing any more.
    Leave,
}

impl Sleepers {
    pub(crate) fn add(&mut self, run: RunId, asleep: &Asleep) {
        self.count += 1;
        self.due.extend(asleep.due.map(|due| (due, run)));
    }

    pub(crate) fn remove(&mut self, run: RunId, asleep: &Asleep) {
        self.count -= 1;
        if let Some(due) = asleep.due {
            self.due.remove(&(due, run));
        }
    }

    pub(crate) fn wake(&mut self, woken: Woken) {
        self.remove(woken.run, &woken.asleep);
        self.woken.push(woken);
    }

    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The first that has to wake by now.
    pub(crate) fn overdue(&self, now: Instant) -> Option<RunId> {
        self.due.first().filter(|(due, _)| *due <= now).map(|(_, run)| *run)
    }

    /// Forgets all. Whoever looks after them still does. Gives back those that nobody has seen to.
    pub(crate) fn leave(&mut self) -> Vec<Woken> {
        let attended = self.attended;
        mem::replace(self, Sleepers { attended, ..Sleepers::default() }).woken
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Expects that nobody is overdue.
    pub(crate) fn chore(&mut self) -> Chore {
        if !self.woken.is_empty() {
            return Chore::Wake(mem::take(&mut self.woken));
        }
        if self.count == 0 {
            self.attended = false;
            return Chore::Leave;
        }
        Chore::Wait(self.next_due())
    }
}

impl fmt::Debug for Asleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asleep").field("due", &self.due).finish_non_exhaustive()
    }
}

#[cfg(test)]
impl Asleep {
    /// Of a run without steps, that does not wake by itself.
    pub(crate) fn for_tests(in_flight: AsleepGuard) -> Self {
        use crate::plan::{Growth, Mode, PaceRow, Said, Strategy, UndoingRow, WorkflowType};

        const ROW: WorkflowRow = WorkflowRow {
            name: "test",
            version: (1, 0, 0),
            workflow_type: WorkflowType::Standard,
            said: Said::ALL,
            mode: Mode::Sequential,
            strategy: Strategy::FailFast,
            max_retries: 0,
            timeout_ms: 1000,
            max_parallel_steps: 1,
            batch_size: 1,
            pace: PaceRow { initial_delay_ms: 1, growth: Growth::Times(1.0), max_delay_ms: 1, jitter: 0.0 },
            breaker: None,
            max_concurrent_runs: None,
            grace_ms: None,
            max_depth: 1,
            dead_letter: true,
            lasting: None,
            undoing: UndoingRow::NONE,
            min_completed_percent: None,
            steps: &[],
            entry: None,
        };
        Asleep {
            row: &ROW,
            is_sub_run: false,
            due: None,
            clocks: Clocks::for_tests(),
            arrivals: None,
            shown: None,
            active: super::meters::Meters::new().run_begins(),
            in_flight,
        }
    }
}
