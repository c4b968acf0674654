//! What is counted of a run that has items: a stream, or a batch.

use crate::engine::batch::items_of;
use crate::engine::report::RunReport;
use crate::run::RunState;

/// Empty for a run that has none.
pub(super) fn metrics(of: &RunReport) -> Vec<(&'static str, f64)> {
    if let Some(of) = &of.items {
        let completed = of.completed + of.completed_with_errors;
        return counts(of.taken, completed, of.failed + of.timed_out, of.cancelled).into();
    }
    if of.outputs().is_batch() {
        let [mut completed, mut failed, mut cancelled] = [0; 3];
        for item in items_of(of) {
            match item.state() {
                RunState::Completed | RunState::CompletedWithErrors => completed += 1,
                RunState::Failed | RunState::TimedOut => failed += 1,
                RunState::Cancelled => cancelled += 1,
                RunState::Running
                | RunState::Paused
                | RunState::Stopping
                | RunState::Compensating
                | RunState::Parked => {}
            }
        }
        let mut metrics = Vec::from(counts(items_of(of).len() as u64, completed, failed, cancelled));
        metrics.push(("load_balanced_operations", of.load_balanced_operations as f64));
        return metrics;
    }
    Vec::new()
}

fn counts(taken: u64, completed: u64, failed: u64, cancelled: u64) -> [(&'static str, f64); 4] {
    [
        ("items_taken_count", taken as f64),
        ("items_completed_count", completed as f64),
        ("items_failed_count", failed as f64),
        ("items_cancelled_count", cancelled as f64),
    ]
}
