//! A stream as others see it: how far it has come, and what it came to, as a run among others.

use std::mem;
use std::sync::Arc;

use tokio::sync::watch;

use super::super::batch::Returned;
use super::super::control::{Shown, Watcher};
use super::super::report::{RunCause, RunReport, StepReport};
use super::super::watch::{ItemsProgress, RunProgress, StepProgress};
use super::super::workflow::Workflow;
use super::flow::Folded;
use super::report::{StreamCause, StreamReport, StreamStep};
use crate::journal::{Lease, RunKey};
use crate::node::step::Outputs;
use crate::run::{CompensationState, StepId, StepState};

/// Who watches the stream, and who is about to.
#[derive(Debug, Default)]
pub(super) struct Audience {
    shown: Option<Shown>,
    coming: Vec<Watcher>,
    /// How often something new was shown.
    seq: u64,
}

impl Audience {
    pub(super) fn comes(&mut self, watcher: Watcher) {
        self.coming.push(watcher);
    }

    pub(super) fn is_there(&self) -> bool {
        !self.coming.is_empty() || self.shown.as_ref().is_some_and(|shown| shown.receiver_count() > 0)
    }

    /// Shows this, if it is new.
    pub(super) fn show(&mut self, progress: RunProgress) {
        let progress = RunProgress { seq: self.seq, ..progress };
        let is_new = self.shown.as_ref().is_some_and(|shown| *shown.borrow() != progress);
        if is_new {
            self.seq += 1;
        }
        let progress = RunProgress { seq: self.seq, ..progress };
        let shown = self.shown.get_or_insert_with(|| watch::Sender::new(progress.clone()));
        if is_new {
            shown.send_replace(progress);
        }
        for watcher in mem::take(&mut self.coming) {
            // Whoever does not wait any more does not care.
            let _ = watcher.send(shown.subscribe());
        }
    }

    /// There is nothing more to see.
    pub(super) fn leave(&mut self) {
        *self = Audience { seq: self.seq, ..Audience::default() };
    }
}

pub(super) fn progress(of: &StreamReport) -> RunProgress {
    let steps = of.steps.iter().map(|step| StepProgress {
        id: step.id,
        kind: step.kind,
        state: state(step, of),
        attempts: attempts(step),
        compensation: CompensationState::None,
    });
    RunProgress {
        run: of.run,
        node: of.node,
        workflow: of.workflow,
        state: of.state,
        seq: 0,
        steps: steps.collect(),
        items: Some(ItemsProgress {
            taken: of.taken,
            completed: of.completed,
            completed_with_errors: of.completed_with_errors,
            failed: of.failed,
            timed_out: of.timed_out,
            cancelled: of.cancelled,
            in_flight: of.in_flight,
            watermark: of.watermark,
        }),
    }
}

/// The worst that a step came to, of all items that have come out.
fn state(step: &StreamStep, of: &StreamReport) -> StepState {
    match step {
        StreamStep { failed: 1.., .. } => StepState::Failed,
        StreamStep { completed: 1.., .. } => StepState::Completed,
        StreamStep { stopped: 1.., attempts: 1.., .. } => StepState::Cancelled,
        StreamStep { skipped: 1.., .. } => StepState::Skipped,
        _ if of.state.is_final() => StepState::NotRun,
        _ => StepState::Waiting,
    }
}

fn attempts(step: &StreamStep) -> u32 {
    u32::try_from(step.attempts).unwrap_or(u32::MAX)
}

/// The report of the stream among those of runs: each step once, with what reducers have made of all items as their outputs.
pub(super) fn as_run<C>(
    workflow: &Workflow<C>,
    of: StreamReport,
    folded: &Folded,
    lease: Lease,
) -> RunReport {
    let outputs = Outputs::new(workflow.steps.len());
    for (index, step) in workflow.steps.iter().enumerate() {
        if let (Some(output), Ok(index)) = (folded.get(step.id), u32::try_from(index)) {
            outputs.set(index, output.clone());
        }
    }
    let steps = of.steps.iter().zip(0..).map(|(step, index)| StepReport {
        id: step.id,
        kind: step.kind,
        item: None,
        state: state(step, &of),
        attempts: attempts(step),
        crashes: 0,
        sub_run: None,
        compensation: CompensationState::None,
        error: step.error.clone(),
        failure: step.failure,
        is_last: workflow.plan.dependents(StepId(index)).is_empty(),
        revision: 0,
        undoing: None,
        waits_for: None,
        skipped_because: step.skipped_because,
        compensation_error: None,
        instances: Vec::new(),
    });
    let cause = of.cause.as_ref().map(|cause| match cause {
        StreamCause::ItemFailed { step: Some(step), message, .. } => {
            RunCause::StepFailed { step, message: message.clone() }
        }
        StreamCause::ItemFailed { step: None, .. } => RunCause::TimedOut {
            after_ms: u64::try_from(workflow.plan.policy().timeout.as_millis()).unwrap_or(u64::MAX),
        },
        StreamCause::SourceFailed { message } => RunCause::SourceFailed { message: message.clone() },
        StreamCause::Cancelled { reason } => RunCause::Cancelled { reason: reason.clone() },
    });
    RunReport {
        run: of.run,
        node: of.node,
        workflow: of.workflow,
        version: workflow.row.version,
        key: RunKey::Envelope(of.run.0),
        correlation_id: of.run.0,
        envelope_id: of.run.0,
        parent: None,
        lease,
        state: of.state,
        compensation: CompensationState::None,
        paused: of.paused.clone(),
        cause,
        later_causes: Vec::new(),
        steps: steps.collect(),
        started_unix_ms: of.started_unix_ms,
        duration: of.duration,
        parallel_executions: 0,
        load_balanced_operations: 0,
        items: Some(Box::new(of)),
        outputs: Returned::folded(workflow.steps.len(), outputs),
        // Each item has actions of its own, and there is no end of items.
        action_rows: Arc::from([]),
    }
}
