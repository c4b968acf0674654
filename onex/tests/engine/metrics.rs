//! The metrics of a runtime, as a recorder has them.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::{self, Future};
use std::sync::Arc;

use crate::support::*;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use onex::engine::{Disclose, ErrorType};
use onex::message::Payload;
use onex::node::call::Callee;
use onex::node::mount::{Mount, Mounted};
use onex::node::step::{Attempt, Step, StepHandler};
use onex::node::{Ctx, Fault, Node as _};
use onex::plan::{FailureRow, Kind, NodeTable, StepRow, WorkflowRow};
use onex::stream::Iter;
use onex::{RunReport, Runtime};
use tokio::time::sleep;

workflow!(saga { workflow_type: WorkflowType::Saga, strategy: Strategy::Compensate, } [
    a Effect [] undo take_back; b Compute [0]; c Effect [1] { retry_count: Some(1) }
]);

workflow!(fragile {} [work Effect []]);
workflow!(sensors { mode: Mode::Streaming, } [check Compute []; store Effect [0]]);

impl onex::node::StreamWorkflow for sensors::Node {
    type Input = u64;
}

workflow!(half {} [begin Effect []; finish Effect [0]]);

/// A node with one step, which is a run of `half`.
struct Caller;
enum CallHalf {}

impl onex::node::Node for Caller {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "node_caller",
        kind: Kind::Orchestrator,
        contract: "test.yaml",
        events: &[],
        routes: &[],
        intents: &[],
        failures: FailureRow::NONE,
        workflow: Some(&WorkflowRow {
            name: "caller",
            steps: &[StepRow { id: "call", kind: Kind::Orchestrator, workflow: Some("half"), ..STEP }],
            ..WORKFLOW
        }),
    };
}

impl onex::node::Workflow for Caller {
    type Input = u64;
}

impl Step for CallHalf {
    type Node = Caller;
    const ID: &'static str = "call";
    const INDEX: u32 = 0;
}

impl<X> StepHandler<X> for CallHalf {
    type Output = u64;
    type Gives = u64;
    type Inputs = ();
    type Deps = ();
    const ASYNC: bool = false;
    const CALLS: Option<Callee> =
        Some(Callee { node: TypeId::of::<half::Node>, table: half::Node::TABLE, last: 1 });
    fn run<'a>((): (), _: Ctx, (): ()) -> Attempt<u64, impl Future<Output = Result<u64, Fault>> + Send + 'a> {
        Attempt::<_, future::Ready<_>>::Done(Err(Fault::permanent("it is a workflow")))
    }
    fn call((): (), _: Ctx) -> Result<Payload, Fault> {
        Ok(Payload::new(0_u64))
    }
}

impl Mount<World> for Caller {
    fn mounted() -> Mounted<World> {
        Mounted::new(Self::TABLE).step::<CallHalf>()
    }
}

/// The metrics of one runtime. A snapshot takes away what it shows, so it is added up.
struct Measured(Snapshotter, RefCell<BTreeMap<String, f64>>);

/// A runtime whose metrics only this test sees.
fn measured<N: Mount<World>>() -> (World, Runtime<World>, Measured) {
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
    world.scripts.on("a", |_| future::pending());
    let running = runtime.clone();
    let task = tokio::spawn(async move { running.run::<saga::Node>(0_u64, None).await.map(drop) });
    breathe().await;
    assert!(seen(&snapshotter).contains(&is("active_workflows{}", 1.0)));
    task.abort();
    breathe().await;
    assert!(seen(&snapshotter).iter().all(|(name, _)| !name.starts_with("active_workflows")));
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_active_until_it_is_over_and_measured_like_a_run() {
    let (world, runtime, metrics) = measured::<sensors::Node>();
    world.scripts.on("store", |ctx| async move {
        sleep(ms(100)).await;
        if ctx.step.unwrap().item == Some(2) { Err(permanent("no")) } else { Ok(1) }
    });
    let is_active = || seen(&metrics).contains(&is("active_workflows{}", 1.0));
    let mut stream = runtime.stream::<sensors::Node>(Iter::new(0..3_u64)).open().await.unwrap();
    assert!(is_active());
    assert_eq!(runtime.health().await.active_workflows, 1);
    while stream.next().await.unwrap().is_some() {}
    assert!(!is_active(), "it is over, though it is still there");
    drop(stream);
    let expected = [
        is("actions_emitted_total{action_type=compute}", 3.0),
        is("actions_emitted_total{action_type=effect}", 3.0),
        is("workflow_duration_seconds{workflow_type=standard,execution_status=failed} count", 1.0),
        is("workflow_duration_seconds{workflow_type=standard,execution_status=failed} sum", 0.1),
        is("workflow_errors_total{error_type=error,workflow_type=standard}", 1.0),
        is("workflow_step_count{workflow=sensors}", 2.0),
    ];
    assert_eq!(seen(&metrics), expected);

    let dropped = runtime.stream::<sensors::Node>(Iter::new(0..3_u64)).open().await.unwrap();
    assert!(is_active());
    drop(dropped);
    assert_eq!(seen(&metrics), expected, "without an end it is not measured, and not active");
}

/// A run that ends with an error of this type, and all that its runtime has counted.
async fn ends_with(of: ErrorType) -> (RunReport, BTreeMap<String, f64>) {
    let (world, journal) = (World::default(), Recording::new());
    let recorder = DebuggingRecorder::new();
    let metrics = Measured(recorder.snapshotter(), RefCell::default());
    let _recorded = metrics::set_default_local_recorder(&recorder);
    let build = || {
        let builder = Runtime::builder(world.clone()).settings(quick());
        let builder = builder.mount::<fragile::Node>().mount::<saga::Node>();
        builder.mount::<half::Node>().mount::<Caller>().build_on(Arc::clone(&journal), "tests")
    };
    let runtime = build().await.unwrap();
    let report = match of {
        ErrorType::Timeout | ErrorType::Error | ErrorType::Refused | ErrorType::Panic => {
            world.scripts.on("work", move |_| async move {
                match of {
                    ErrorType::Timeout => future::pending().await,
                    ErrorType::Panic => panic!("the work panics"),
                    ErrorType::Refused => Err(refused("no")),
                    _ => Err(fail("no")),
                }
            });
            runtime.run::<fragile::Node>(0_u64, None).await.unwrap()
        }
        ErrorType::Abandoned | ErrorType::Cancelled => {
            world.scripts.on("work", |_| future::pending());
            let handle = runtime.start::<fragile::Node>(0_u64, None).await.unwrap();
            breathe().await;
            handle.cancel("no longer wanted");
            handle.await.unwrap()
        }
        ErrorType::Crashed => {
            world.scripts.on("work", |_| future::pending());
            let run = runtime.start::<fragile::Node>(0_u64, None).await.unwrap().id();
            sleep(ms(1)).await;
            for _ in 0..3 {
                build().await.unwrap();
                sleep(ms(1)).await;
            }
            runtime.status(run).await.unwrap().unwrap()
        }
        ErrorType::CompensationFailed => {
            world.scripts.on("c", |_| async { Err(permanent("no")) });
            world.scripts.on("take_back", |_| async { Err(permanent("no")) });
            runtime.run::<saga::Node>(0_u64, None).await.unwrap()
        }
        ErrorType::PartlyDone => {
            world.scripts.on("finish", |_| async { Err(permanent("no")) });
            runtime.run::<Caller>(0_u64, None).await.unwrap()
        }
    };
    (report, seen(&metrics).into_iter().collect())
}

#[tokio::test(start_paused = true)]
async fn an_error_of_each_type_is_told_and_counted_by_the_same_word() {
    expect_panic("the work panics");
    for of in ErrorType::ALL {
        let (report, counted) = ends_with(of).await;
        let output = serde_json::to_value(report.to_output(Disclose::default())).unwrap();
        let told =
            output["errors"].as_array().unwrap().iter().filter(|error| error["error_type"] == of.as_str());
        assert!(told.count() > 0, "{of} is not in {output:#}");
        let workflow_type = if of == ErrorType::CompensationFailed { "saga" } else { "standard" };
        let name = format!("workflow_errors_total{{error_type={of},workflow_type={workflow_type}}}");
        assert_eq!(counted.get(&name), Some(&1.0), "{name} in {counted:#?}");
    }
}
