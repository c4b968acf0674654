//! How often a run may dispatch its steps: what a limit promises is proven from steps and retries, so that no run can
//! break it.

use crate::contract::{Coordination, Mode, Step, Strategy};
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;

use super::rules::Resolved;

/// Refuses a limit that a run might reach: nothing would stop it there.
pub(super) fn defer(steps: &[Step], rules: &Resolved, sink: &mut Sink) {
    let Some(limit) = rules.coordination.max_actions else { return };
    if matches!(rules.mode, Mode::Batch | Mode::Streaming) {
        // It depends on how many items there are.
        return;
    }
    if let Some(path) = steps.iter().find_map(|step| step.for_each.as_ref()) {
        let what = "a limit of actions for a run that goes over a list";
        let unexecuted = not_in_this_version(what, limit.span).also(path.span, "nobody knows how long it is");
        return sink.defer(unexecuted);
    }
    let most: u64 = steps.iter().map(|step| attempts(step, rules)).sum();
    if most > u64::from(limit.value) {
        let what = format!("a limit of {} actions for a run that may come to {most}", limit.value);
        let unexecuted = not_in_this_version(what, limit.span);
        sink.defer(unexecuted.help(format!("allow {most}, or take away steps or retries")));
    }
}

/// The attempts of a step and of what undoes it.
fn attempts(step: &Step, rules: &Resolved) -> u64 {
    if step.entry.is_some() || step.gate.is_some() || step.sends.is_some() {
        return 0;
    }
    let by_strategy = if rules.strategy == Strategy::Retry { rules.max_retries } else { 0 };
    let forward = 1 + u64::from(step.retry_count.unwrap_or(by_strategy));
    let Coordination { compensation_plan, .. } = &rules.coordination;
    let back = step.compensation.as_ref().map_or(0, |compensation| {
        let by_plan = compensation_plan.as_ref().map_or(rules.max_retries, |plan| plan.max_retries);
        1 + u64::from(compensation.retry_count.unwrap_or(by_plan))
    });
    forward + back
}
