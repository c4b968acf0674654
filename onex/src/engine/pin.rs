//! What a run is pinned to: a fingerprint of all in a plan that its facts cannot be read without.

use std::fmt::Write as _;

use uuid::Uuid;

use crate::journal::PinnedPlan;
use crate::run::{Mode, Plan, Shape, StepSpec, UndoOrder};

/// Steps, their kinds and dependencies, how many run at once and in which order, which of them are skipped and for what,
/// which failures stop a run and what is undone, in which order. Not in it, since facts say what was decided by it: the numbers and
/// delays of retries, timeouts, what a condition compares.
pub(crate) fn pin(plan: &Plan) -> PinnedPlan {
    let policy = plan.policy();
    let at_once = match policy.mode {
        Mode::Sequential => 0,
        Mode::Parallel { max_steps } => max_steps.get(),
    };
    let mut text = format!("1 {at_once} {:?}", policy.strategy);
    match policy.undoing.order {
        UndoOrder::LatestFirst => {}
        UndoOrder::EarliestFirst => text.push_str(" earliest"),
        UndoOrder::AtOnce { most } => {
            let _ = write!(text, " undone {most} at once");
        }
    }
    if let Some(percent) = policy.min_completed_percent {
        let _ = write!(text, " of {percent}");
    }
    let mut steps = Vec::with_capacity(plan.len());
    for (_, spec) in plan.steps() {
        let _ = write!(text, "\n{:?} {:?} {} {:?}", spec.id, spec.kind, spec.compensable, spec.on_failure);
        let _ = write!(
            text,
            " {} {} {} {} {:?}",
            spec.enabled, spec.skip_on_failure, spec.runs_without_inputs, spec.conditional, spec.precedence
        );
        if let Some(at_once) = spec.each {
            let _ = write!(text, " each {at_once}");
        }
        if spec.outlives_process {
            text.push_str(" outlives");
        }
        if spec.compensation_priority != StepSpec::USUAL_PRIORITY {
            let _ = write!(text, " undone {}", spec.compensation_priority);
        }
        for (dependency, need) in &spec.depends_on {
            let _ = write!(text, " {} {need:?}", dependency.0);
        }
        steps.push(spec.id.clone());
    }
    let shape = Some(Shape::of(plan));
    PinnedPlan { fingerprint: Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()), steps, shape }
}

/// A run over many items of the same plan: it is another one, and how many items it has is said by its input.
pub(crate) fn pin_of_batch(plan: &Plan) -> PinnedPlan {
    let PinnedPlan { fingerprint, steps, .. } = pin(plan);
    PinnedPlan { fingerprint: Uuid::new_v5(&fingerprint, b"batch"), steps, shape: None }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;
    use crate::run::{
        Backoff, Need, OnFailure, Policy, StepId, StepKind, StepSpec, Strategy, UndoOrder, Undoing,
    };

    fn plan(change: impl FnOnce(&mut Policy, &mut Vec<StepSpec>)) -> PinnedPlan {
        let mut policy = Policy {
            mode: Mode::Parallel { max_steps: NonZeroU32::MIN },
            strategy: Strategy::FailFast,
            backoff: Backoff::exponential(Duration::ZERO, 1.0, Duration::ZERO),
            compensation_retries: 0,
            undoing: Undoing::USUAL,
            min_completed_percent: None,
            timeout: Duration::from_secs(1),
        };
        let mut steps = vec![StepSpec::new("a", StepKind::Effect), StepSpec::new("b", StepKind::Compute)];
        steps[1].depends_on = vec![(StepId(0), Need::Required)];
        change(&mut policy, &mut steps);
        pin(&Plan::new(policy, steps).unwrap())
    }

    #[test]
    fn what_replay_depends_on_changes_the_fingerprint() {
        let base = plan(|_, _| {});
        assert_eq!(base.steps, ["a", "b"]);
        let changed = [
            plan(|policy, _| policy.mode = Mode::Sequential),
            plan(|policy, _| policy.mode = Mode::Parallel { max_steps: NonZeroU32::MAX }),
            plan(|policy, _| policy.strategy = Strategy::ContinueOnError),
            plan(|policy, _| policy.undoing.order = UndoOrder::EarliestFirst),
            plan(|policy, _| policy.undoing.order = UndoOrder::AtOnce { most: NonZeroU32::MIN }),
            plan(|policy, _| policy.undoing.order = UndoOrder::AtOnce { most: NonZeroU32::MAX }),
            plan(|policy, _| policy.min_completed_percent = Some(90.0)),
            plan(|_, steps| steps[0].compensation_priority = 1),
            plan(|_, steps| steps[0].id = "c".into()),
            plan(|_, steps| steps[1].kind = StepKind::Effect),
            plan(|_, steps| steps[0].compensable = true),
            plan(|_, steps| steps[0].on_failure = Some(OnFailure::Stop)),
            plan(|_, steps| steps[0].on_failure = Some(OnFailure::Continue)),
            plan(|_, steps| steps[0].on_failure = Some(OnFailure::Compensate)),
            plan(|_, steps| steps[0].enabled = false),
            plan(|_, steps| steps[0].skip_on_failure = true),
            plan(|_, steps| steps[0].runs_without_inputs = true),
            plan(|_, steps| steps[0].conditional = true),
            plan(|_, steps| steps[0].each = Some(NonZeroU32::MIN)),
            plan(|_, steps| steps[0].precedence = (1, 0)),
            plan(|_, steps| steps[0].precedence = (0, 1)),
            plan(|_, steps| steps[1].depends_on = vec![]),
            plan(|_, steps| steps[1].depends_on = vec![(StepId(0), Need::Optional)]),
            plan(|_, steps| steps[1].depends_on = vec![(StepId(0), Need::Order)]),
            plan(|_, steps| steps[1].depends_on = vec![(StepId(0), Need::Else)]),
            plan(|_, steps| steps.push(StepSpec::new("d", StepKind::Compute))),
        ];
        let mut told_apart = HashSet::from([base.fingerprint]);
        for (index, changed) in changed.iter().enumerate() {
            assert!(told_apart.insert(changed.fingerprint), "change {index}");
        }
    }

    /// It is on disks: another value for the same plan would leave their runs behind.
    #[test]
    fn the_fingerprint_outlives_releases() {
        assert_eq!(plan(|_, _| {}).fingerprint.to_string(), "3e5266cb-641d-5522-9d45-01a1928f2ce8");
    }

    #[test]
    fn what_may_be_tuned_under_live_runs_does_not() {
        let base = plan(|_, _| {});
        let tuned = plan(|policy, steps| {
            policy.timeout = Duration::from_secs(2);
            policy.backoff.jitter = 1.0;
            policy.compensation_retries = 5;
            policy.undoing.delay = Duration::from_secs(1);
            policy.undoing.timeout = Some(Duration::from_secs(1));
            steps[0].compensation_delay = Duration::from_secs(1);
            steps[0].retries = 5;
            steps[0].compensation_retries = Some(5);
        });
        assert_eq!(tuned, base);
    }
}
