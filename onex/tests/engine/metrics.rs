//! The metrics of a runtime, as a recorder has them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::support::*;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use onex::Runtime;
use tokio::time::sleep;

workflow!(saga { workflow_type: WorkflowType::Saga, strategy: Strategy::Compensate, } [
    a Effect [] undo take_back; b Compute [0]; c Effect [1] { retry_count: Some(1) }
]);

/// The metrics of one runtime. A snapshot takes away what it shows, so it is added up.
struct Measured(Snapshotter, RefCell<BTreeMap<String, f64>>);

/// A runtime whose metrics only this test sees.
fn measured<N: onex::node::mount::Mount<World>>() -> (World, Runtime<World>, Measured) {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let (world, runtime) = metrics::with_local_recorder(&recorder, on::<N>);
    (world, runtime, Measured(snapshotter, RefCell::default()))
}

/// What is there and not zero, as `name{label=value,..}` with a number; of a histogram, how many values and their sum.
fn seen(Measured(snapshotter, all): &Measured) -> Vec<(String, f64)> {
    let mut seen: Vec<(String, f64)> = Vec::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let labels: Vec<_> =
            key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let name = format!("{}{{{}}}", key.key().name(), labels.join(","));
        match value {
            DebugValue::Counter(count) => seen.push((name, count as f64)),
            DebugValue::Gauge(value) => seen.push((name, value.into_inner())),
            DebugValue::Histogram(values) => {
                seen.push((format!("{name} count"), values.len() as f64));
                seen.push((format!("{name} sum"), values.iter().map(|value| value.into_inner()).sum()));
            }
        }
    }
    let mut all = all.borrow_mut();
    for (name, value) in seen {
        *all.entry(name).or_default() += value;
    }
    all.iter().filter(|(_, value)| **value != 0.0).map(|(name, value)| (name.clone(), *value)).collect()
}

fn is(name: &str, value: f64) -> (String, f64) {
    (name.to_owned(), value)
}

#[tokio::test(start_paused = true)]
async fn a_run_is_active_while_it_is_driven_and_measured_when_it_is_over() {
    let (world, runtime, snapshotter) = measured::<saga::Node>();
    assert_eq!(seen(&snapshotter), [is("workflow_step_count{workflow=saga}", 3.0)]);
    world.scripts.on("c", |_| async {
        sleep(ms(2500)).await;
        Ok(1)
    });
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    breathe().await;
    assert!(seen(&snapshotter).contains(&is("active_workflows{}", 1.0)));
    handle.await.unwrap();
    runtime.settled().await;
    let mut seen = seen(&snapshotter);
    seen.retain(|(name, _)| !name.starts_with("actions"));
    assert_eq!(
        seen,
        [
            is("workflow_duration_seconds{workflow_type=saga,execution_status=completed} count", 1.0),
            is("workflow_duration_seconds{workflow_type=saga,execution_status=completed} sum", 2.5),
            is("workflow_step_count{workflow=saga}", 3.0),
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn actions_are_counted_once_for_all_attempts_and_errors_by_their_type() {
    let (world, runtime, snapshotter) = measured::<saga::Node>();
    world.scripts.on("c", |_| async { Err(fail("busy")) });
    let report = run::<saga::Node>(&runtime).await;
    assert_eq!(report.retries(), 1);
    let seen = seen(&snapshotter);
    for expected in [
        is("actions_emitted_total{action_type=compute}", 1.0),
        // Two steps, and what undoes one of them.
        is("actions_emitted_total{action_type=effect}", 3.0),
        is("workflow_errors_total{error_type=error,workflow_type=saga}", 1.0),
        is("workflow_duration_seconds{workflow_type=saga,execution_status=failed} count", 1.0),
    ] {
        assert!(seen.contains(&expected), "{expected:?} is not in {seen:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_lost_is_not_active_any_more() {
    let (world, runtime, snapshotter) = measured::<saga::Node>();
    world.scripts.on("a", |_| std::future::pending());
    let running = runtime.clone();
    let task = tokio::spawn(async move { running.run::<saga::Node>(0_u64, None).await.map(drop) });
    breathe().await;
    assert!(seen(&snapshotter).contains(&is("active_workflows{}", 1.0)));
    task.abort();
    breathe().await;
    assert!(seen(&snapshotter).iter().all(|(name, _)| !name.starts_with("active_workflows")));
}
