//! Any workflow, any behaviour of its steps: what must hold of every run that the engine drives.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[macro_use]
mod engine_support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine_support::Recording;
use engine_support::stage::*;
use onex::engine::Settings;
use onex::journal::Journal;
use onex::node::FaultClass;
use onex::plan::{Kind, Strategy};
use onex::run::{CompensationState, RunState, StepState};
use onex::{RunReport, Runtime};
use proptest::prelude::{Just, ProptestConfig, any, prop, prop_oneof, proptest};
use proptest::strategy::Strategy as Generate;

fn act() -> impl Generate<Value = Act> {
    let class = prop_oneof![Just(None), Just(Some(FaultClass::Retryable)), Just(Some(FaultClass::Permanent))];
    prop_oneof![
        6 => prop_oneof![Just(0), 1..200_u64].prop_map(Act::Succeeds),
        3 => (prop_oneof![Just(0), 1..200_u64], class).prop_map(|(after, class)| Act::Fails(after, class)),
        1 => prop_oneof![Just(0), 1..200_u64].prop_map(Act::Panics),
        1 => Just(Act::Hangs),
        1 => Just(Act::StopsWhenTold),
    ]
}

fn shaped(index: usize) -> impl Generate<Value = Shaped> {
    let kind = prop_oneof![3 => Just(Kind::Effect), 2 => Just(Kind::Compute), 1 => Just(Kind::Reducer)];
    let depends_on = prop::collection::btree_set(0..index.max(1) as u32, 0..=index.min(3));
    let flags = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.2));
    let retries = prop::option::weighted(0.3, 0..3_u32);
    let acts = || prop::collection::vec(act(), 1..4);
    (kind, depends_on, flags, retries, 50..300_u64, acts(), acts()).prop_map(
        |(
            kind,
            depends_on,
            (optional, compensable, continue_on_error),
            retry_count,
            timeout_ms,
            acts,
            undo,
        )| {
            Shaped {
                kind,
                depends_on,
                optional,
                compensable: compensable && kind == Kind::Effect,
                continue_on_error,
                retry_count,
                timeout_ms,
                acts,
                undo,
            }
        },
    )
}

fn shape() -> impl Generate<Value = Shape> {
    let strategy = prop_oneof![
        Just(Strategy::FailFast),
        Just(Strategy::ContinueOnError),
        Just(Strategy::Retry),
        Just(Strategy::Compensate),
    ];
    let steps = (1..9_usize).prop_flat_map(|count| (0..count).map(shaped).collect::<Vec<_>>());
    let parallel = prop::option::weighted(0.7, 1..4_u32);
    let cancel = prop::option::weighted(0.3, 0..500_u64);
    let timeout = prop_oneof![100..1000_u64, Just(100_000)];
    let commit = prop_oneof![3 => Just(0), 1 => 1..40_u64];
    (steps, parallel, strategy, 0..3_u32, timeout, cancel, commit).prop_map(
        |(steps, parallel, strategy, max_retries, timeout_ms, cancel_after_ms, commit_ms)| Shape {
            steps,
            parallel,
            strategy,
            max_retries,
            timeout_ms,
            cancel_after_ms,
            commit_ms,
        },
    )
}

async fn simulate(shape: Shape) {
    set_shape(&shape);
    let stage = Arc::new(Stage { shape: shape.clone(), seen: Mutex::new(Vec::new()) });
    let settings = Settings { grace: Duration::from_millis(100), ..Settings::default() };
    let journal = Recording::new();
    journal.slow(Duration::from_millis(shape.commit_ms));
    let builder = Runtime::builder(Arc::clone(&stage)).settings(settings).mount::<Simulated>();
    let runtime = builder.build_on(Arc::clone(&journal), "simulation").await.unwrap();
    let handle = runtime.start::<Simulated>(0_u64, None).await.unwrap();
    let id = handle.id();
    if let Some(after_ms) = shape.cancel_after_ms {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            wait(after_ms).await;
            runtime.cancel(id);
        });
    }
    let report = tokio::time::timeout(Duration::from_secs(3600), handle).await;
    let report = report.expect("every run comes to its end").unwrap();
    runtime.settled().await;

    let seen = stage.seen.lock().unwrap().clone();
    let facts = journal.run(id).await.unwrap().unwrap().facts;
    assert_eq!(facts, journal.commits().concat());
    check_report(&shape, &report);
    check_concurrency(&shape, &seen);
    check_order(&shape, &seen);
    check_compensations(&shape, &report, &seen);
    let status = runtime.status(id).await.unwrap().unwrap();
    assert_eq!((status.state, &status.cause, &status.steps), (report.state, &report.cause, &report.steps));
    assert!(journal.timers().await.unwrap().is_empty(), "a timer outlived the run");
    assert!(runtime.live_runs().is_empty());
    let began = seen.iter().filter(|seen| matches!(seen, Seen::Began { .. })).count();
    assert!(runtime.counters().attempts >= began as u64);
}

fn check_report(shape: &Shape, report: &RunReport) {
    assert!(report.state.is_final() || report.state == RunState::Parked, "{:?}", report.state);
    for (index, (step, shaped)) in report.steps.iter().zip(&shape.steps).enumerate() {
        assert!(step.state.is_final(), "{step:?}");
        let retries = match (shaped.retry_count, shape.strategy) {
            (Some(count), _) => count,
            (None, Strategy::Retry) => shape.max_retries,
            (None, _) => 0,
        };
        assert!(step.attempts <= 1 + retries, "{step:?}");
        let output = report.output::<u64>(step.id);
        assert_eq!(output.is_ok(), step.state == StepState::Completed, "{step:?}");
        assert!(output.is_err() || output.is_ok_and(|output| *output == index as u64));
        let failed = matches!(step.state, StepState::Failed | StepState::Indeterminate);
        assert!(!failed || step.error.is_some(), "{step:?}");
        let may_be_unknown = shaped.kind == Kind::Effect;
        assert!(may_be_unknown || step.state != StepState::Indeterminate, "{step:?}");
    }
}

/// No more at once than the mode allows, and nothing left when the run is over.
fn check_concurrency(shape: &Shape, seen: &[Seen]) {
    let mut running = 0;
    for seen in seen {
        match seen {
            Seen::Began { .. } => running += 1,
            Seen::Ended { .. } => running -= 1,
        }
        assert!(running <= shape.parallel.unwrap_or(1), "{running} at once");
    }
    assert_eq!(running, 0, "an attempt outlived its run");
}

/// A step begins when what it depends on is over, and undoing when everything is.
fn check_order(shape: &Shape, seen: &[Seen]) {
    for (position, now) in seen.iter().enumerate() {
        let Seen::Began { step, undo: false } = *now else { continue };
        for dependency in &shape.steps[step as usize].depends_on {
            let later = |seen: &Seen| matches!(seen, Seen::Began { step, undo: false } if step == dependency);
            assert!(!seen[position..].iter().any(later), "s{dependency} began after s{step}");
        }
    }
    let first_undo = seen.iter().position(|seen| matches!(seen, Seen::Began { undo: true, .. }));
    let last_done = seen.iter().rposition(|seen| matches!(seen, Seen::Ended { undo: false, .. }));
    assert!(first_undo.is_none() || first_undo > last_done, "undone while steps were in flight");
}

/// What took effect, or may have, is undone: once each, latest dispatch first.
fn check_compensations(shape: &Shape, report: &RunReport, seen: &[Seen]) {
    let last_began = |step: usize| {
        seen.iter()
            .rposition(|seen| matches!(seen, Seen::Began { step: at, undo: false } if *at == step as u32))
    };
    let stopped = report.cause.is_some();
    let mut to_undo: Vec<usize> = (0..shape.steps.len())
        .filter(|step| shape.strategy == Strategy::Compensate && stopped && shape.steps[*step].compensable)
        .filter(|step| matches!(report.steps[*step].state, StepState::Completed | StepState::Indeterminate))
        .collect();
    to_undo.sort_by_key(|step| std::cmp::Reverse(last_began(*step)));
    let mut undone: Vec<usize> = Vec::new();
    for seen in seen {
        if let Seen::Began { step, undo: true } = seen
            && undone.last() != Some(&(*step as usize))
        {
            undone.push(*step as usize);
        }
    }
    match report.state {
        RunState::Parked => assert!(to_undo.starts_with(&undone), "{undone:?} of {to_undo:?}"),
        _ => assert_eq!(undone, to_undo),
    }
    for (index, step) in report.steps.iter().enumerate() {
        let succeeded = seen.contains(&Seen::Ended { step: index as u32, undo: true, succeeded: true });
        assert_eq!(step.compensation == CompensationState::Done, succeeded, "{step:?}");
        assert_eq!(step.compensation == CompensationState::None, !to_undo.contains(&index), "{step:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_run_comes_to_a_consistent_end(shape in shape()) {
        std::panic::set_hook(Box::new(|info| {
            if !info.to_string().contains("it panicked") {
                eprintln!("{info}");
            }
        }));
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        tokio.unwrap().block_on(simulate(shape));
    }
}
