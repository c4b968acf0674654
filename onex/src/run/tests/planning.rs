//! Which steps are a plan.

use super::*;

fn plan_of(steps: Vec<StepSpec>) -> Result<Plan, PlanError> {
    Plan::new(FAIL_FAST, steps)
}

fn named(name: &'static str, kind: StepKind, depends_on: &[u32]) -> StepSpec {
    let depends_on = depends_on.iter().map(|&step| (StepId(step), Need::Required)).collect();
    StepSpec { depends_on, ..StepSpec::new(name, kind) }
}

#[test]
fn what_is_no_plan_is_refused_by_name() {
    let compensable_reducer = StepSpec { compensable: true, ..StepSpec::new("sum", StepKind::Reducer) };
    let cases = [
        (
            vec![named("a", StepKind::Compute, &[]), named("a", StepKind::Compute, &[])],
            PlanError::DuplicateStep { step: "a".into() },
        ),
        (
            vec![named("a", StepKind::Compute, &[4])],
            PlanError::UnknownDependency { step: "a".into(), dependency: StepId(4), steps: 1 },
        ),
        (vec![named("a", StepKind::Compute, &[0])], PlanError::SelfDependency { step: "a".into() }),
        (
            vec![named("a", StepKind::Compute, &[]), named("b", StepKind::Compute, &[0, 0])],
            PlanError::DuplicateDependency { step: "b".into(), dependency: "a".into() },
        ),
        (
            vec![named("a", StepKind::Compute, &[]), named("b", StepKind::Entry, &[0])],
            PlanError::EntryWithDependencies { step: "b".into() },
        ),
        (
            vec![compensable_reducer],
            PlanError::CompensableNotEffect { step: "sum".into(), kind: StepKind::Reducer },
        ),
    ];
    for (steps, error) in cases {
        assert_eq!(plan_of(steps), Err(error));
    }
}

#[test]
fn a_cycle_is_refused_and_shown_without_what_only_hangs_on_it() {
    let steps = vec![
        named("after", StepKind::Compute, &[1]),
        named("a", StepKind::Compute, &[4, 2]),
        named("b", StepKind::Compute, &[3]),
        named("c", StepKind::Compute, &[1]),
        named("before", StepKind::Compute, &[]),
    ];
    let error = plan_of(steps).expect_err("a, b and c wait for each other");
    assert_eq!(error, PlanError::Cycle { steps: vec!["a".into(), "b".into(), "c".into()] });
    assert!(error.to_string().ends_with("`a` depends on `b` depends on `c` depends on `a`"), "{error}");
}

#[test]
fn dependents_are_listed_in_declaration_order() {
    let steps = vec![
        named("a", StepKind::Compute, &[3]),
        named("b", StepKind::Compute, &[]),
        named("c", StepKind::Compute, &[1, 3]),
        named("d", StepKind::Compute, &[1]),
    ];
    let plan = plan_of(steps).expect("valid");
    let of = |step| plan.dependents(StepId(step)).iter().map(|(step, _)| step.0).collect::<Vec<_>>();
    assert_eq!([of(0), of(1), of(2), of(3)], [vec![], vec![2, 3], vec![], vec![0, 2]]);
}
