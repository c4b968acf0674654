//! What a program holds of a run that it has started.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::live::LiveRuns;
use super::report::RunReport;
use crate::journal::CommitError;
use crate::message::RunId;

/// A run that a program has started. Await it for its report; dropping it lets the run go on.
#[must_use = "await it for the run's report, or drop it to let the run go on by itself"]
pub struct RunHandle {
    id: RunId,
    live: Arc<LiveRuns>,
    report: Report,
}

enum Report {
    Awaited(oneshot::Receiver<Result<RunReport, RunLost>>),
    Known(Option<Box<RunReport>>),
}

impl RunHandle {
    pub(crate) fn awaited(
        id: RunId,
        live: Arc<LiveRuns>,
        report: oneshot::Receiver<Result<RunReport, RunLost>>,
    ) -> Self {
        RunHandle { id, live, report: Report::Awaited(report) }
    }

    pub(crate) fn known(live: Arc<LiveRuns>, report: RunReport) -> Self {
        RunHandle { id: report.run, live, report: Report::Known(Some(Box::new(report))) }
    }

    /// The run.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.id
    }

    /// Asks the run to stop: steps in flight are told and get a grace period, then the contract's strategy decides
    /// whether anything is undone. The report says `reason`. False if the run is over, or was asked before.
    pub fn cancel(&self, reason: impl Into<Arc<str>>) -> bool {
        self.live.cancel(self.id, reason.into())
    }

    /// As [`cancel`](Self::cancel), and nothing is undone; a run that is being undone ends at once, as far as that has come.
    /// What was left is [`Pending`](crate::run::CompensationState::Pending) in the report. False if the run is over, or was
    /// killed before.
    pub fn kill(&self, reason: impl Into<Arc<str>>) -> bool {
        self.live.kill(self.id, reason.into())
    }
}

impl Future for RunHandle {
    type Output = Result<RunReport, RunLost>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let run = self.id;
        match &mut self.report {
            Report::Awaited(report) => Pin::new(report)
                .poll(cx)
                .map(|report| report.unwrap_or(Err(RunLost { run, cause: LostCause::Dropped }))),
            Report::Known(report) => match report.take() {
                Some(report) => Poll::Ready(Ok(*report)),
                None => Poll::Pending,
            },
        }
    }
}

impl fmt::Debug for RunHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunHandle").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A run that this engine has stopped driving before its end. What it committed stands in the journal.
#[derive(Debug, Clone, thiserror::Error)]
#[error("run {run} is not driven to its end here: {cause}")]
pub struct RunLost {
    /// The run.
    pub run: RunId,
    /// Why.
    #[source]
    pub cause: LostCause,
}

/// Why a run is not driven any more.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LostCause {
    /// The journal refused a commit.
    #[error(transparent)]
    Journal(#[from] CommitError),
    /// The runtime was shut down and did not wait any longer.
    #[error("the runtime was shut down")]
    Dropped,
}
