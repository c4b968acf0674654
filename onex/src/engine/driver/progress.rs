//! Shows the run to whoever watches it, each time that something of it is committed.

use std::mem;

use tokio::sync::watch;

use super::Driver;
use crate::engine::control::{Shown, Watcher};
use crate::engine::watch::{RunProgress, StepProgress};
use crate::journal::Journal;

/// Who watches the run, and who is about to.
#[derive(Debug, Default)]
pub(super) struct Audience {
    shown: Option<Shown>,
    /// They are shown what is committed, so they wait for that.
    pub(super) coming: Vec<Watcher>,
}

impl Audience {
    /// Where it is shown, if anybody watches.
    pub(super) fn take_shown(&mut self) -> Option<Shown> {
        self.shown.take().filter(|shown| shown.receiver_count() > 0)
    }

    pub(super) fn resume(&mut self, shown: Option<Shown>) {
        self.shown = shown;
    }
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Expects that nothing is ahead of the journal. It costs as much as the run has steps, if somebody watches.
    pub(super) fn show_progress(&mut self) {
        let watched = self.audience.shown.as_ref().is_some_and(|shown| shown.receiver_count() > 0);
        if !watched && self.audience.coming.is_empty() {
            self.audience.shown = None;
            return;
        }
        let shown = match self.audience.shown.take() {
            Some(shown) => {
                if shown.borrow().seq != self.ledger.next_seq() {
                    shown.send_replace(self.progress());
                }
                shown
            }
            None => watch::Sender::new(self.progress()),
        };
        for watcher in mem::take(&mut self.audience.coming) {
            // Whoever does not wait any more does not care.
            let _ = watcher.send(shown.subscribe());
        }
        self.audience.shown = Some(shown);
    }

    fn progress(&self) -> RunProgress {
        let rows = self.workflow.row.steps;
        let steps = self.run.steps().map(|(step, status)| (&rows[self.outputs.row(step).index()], status));
        let steps = steps.map(|(row, status)| StepProgress {
            id: row.id,
            kind: row.kind,
            state: status.state,
            attempts: status.attempt,
            compensation: status.compensation,
        });
        RunProgress {
            run: self.start.run,
            node: self.workflow.node,
            workflow: self.workflow.row.name,
            state: self.run.state(),
            seq: self.ledger.next_seq(),
            steps: steps.collect(),
            items: None,
        }
    }
}
