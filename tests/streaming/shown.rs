//! What others see of a stream: while it goes on, and when it is over.

use std::sync::Arc;
use std::time::Duration;

use onex::Runtime;
use onex::engine::{Disclose, RunCause};
use onex::run::{RunState, StepState};
use onex::stream::{Iter, Source, SourceError};
use tokio::time::sleep;

use crate::folds::{RunningTotals, sales};
use crate::meter::{Check, Meter, Reading, Strict, builder};

/// Two sound ones, one that is tried twice, one that sets off the alert, one that is faulty.
fn mixed() -> Vec<Reading> {
    let faulty = Reading { check: Check::Faulty, ..Reading::PLAIN };
    let again = Reading { store_fails: 1, ..Reading::PLAIN };
    vec![Reading::PLAIN, again, Reading { level: 97, ..Reading::PLAIN }, faulty, Reading::PLAIN]
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_is_among_the_reports_of_runs() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let mut reports = runtime.reports();
    let stream = runtime.stream::<Meter>(Iter::new(mixed())).open().await.unwrap();
    let run = stream.id();
    let drained = stream.drain().await.unwrap();

    let report = reports.try_recv().expect("the stream has ended");
    assert!(reports.try_recv().is_none(), "items are no runs for others");
    assert_eq!((report.run, report.node, report.workflow), (run, "node_meter_orchestrator", "meter"));
    assert_eq!((report.state, report.duration), (RunState::CompletedWithErrors, drained.duration));
    let items = report.items.as_deref().expect("a stream has items");
    assert_eq!((items.taken, items.completed, items.completed_with_errors), (5, 4, 1));
    let steps: Vec<_> = (items.steps.iter())
        .map(|step| (step.id, step.completed, step.failed, step.skipped, step.attempts, step.retries))
        .collect();
    assert_eq!(
        steps,
        [
            ("check", 4, 1, 0, 5, 0),
            ("store", 4, 0, 1, 5, 1),
            ("alert", 1, 0, 4, 1, 0),
            ("label", 4, 0, 1, 4, 0)
        ]
    );
    let [error] = &items.errors[..] else { panic!("{:?}", items.errors) };
    assert_eq!(
        (error.position, error.step, error.message.as_str()),
        (3, Some("check"), "the meter is broken")
    );

    let states: Vec<StepState> = report.steps.iter().map(|step| step.state).collect();
    let completed = StepState::Completed;
    assert_eq!(states, [StepState::Failed, completed, completed, completed]);
    let told = serde_json::to_value(report.to_output(Disclose::default())).unwrap();
    assert_eq!((&told["execution_status"], &told["failed_steps"][0]), (&"failed".into(), &"check".into()));
    assert_eq!(told["metrics"]["items_taken_count"], 5.0);
    assert_eq!(told["metrics"]["retries_count"], 1.0);
    assert!(
        !told.to_string().contains("the meter is broken"),
        "a handler's words are told to who asks for them"
    );
}

#[tokio::test(start_paused = true)]
async fn a_report_keeps_the_first_errors_and_counts_the_others() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let faulty = vec![Reading { check: Check::Faulty, ..Reading::PLAIN }; 100];
    let report = runtime.stream::<Meter>(Iter::new(faulty)).open().await.unwrap().drain().await.unwrap();
    assert_eq!((report.errors.len(), report.more_errors, report.out()), (32, 68, 100));
    assert_eq!(report.errors.last().unwrap().position, 31);
}

#[tokio::test(start_paused = true)]
async fn what_stops_a_stream_is_the_cause_of_its_run() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let mut reports = runtime.reports();
    runtime.stream::<Strict>(Iter::new(mixed())).open().await.unwrap().drain().await.unwrap();
    let report = reports.try_recv().expect("it has ended");
    assert_eq!(report.state, RunState::Failed);
    let message = "the meter is broken".to_owned();
    assert_eq!(report.cause, Some(RunCause::StepFailed { step: "check", message }));

    runtime.stream::<Meter>(Broken).open().await.unwrap().drain().await.unwrap();
    let report = reports.try_recv().expect("it has ended");
    assert_eq!(report.cause, Some(RunCause::SourceFailed { message: "the cable is cut".to_owned() }));
    let states: Vec<StepState> = report.steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::NotRun; 4], "nothing came to them");
    let told = serde_json::to_string(&report.to_output(Disclose::default())).unwrap();
    assert!(told.contains("the source failed") && !told.contains("cable"), "{told}");
}

struct Broken;

impl Source for Broken {
    type Item = Reading;

    async fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        Err("the cable is cut".into())
    }
}

#[tokio::test(start_paused = true)]
async fn what_reducers_have_folded_is_the_output_of_the_run() {
    let runtime = Runtime::builder(()).mount::<RunningTotals>().build().unwrap();
    let mut reports = runtime.reports();
    runtime.stream::<RunningTotals>(sales(3)).open().await.unwrap().drain().await.unwrap();
    let report = reports.try_recv().expect("it has ended");
    let disclose = Disclose { outputs: true, ..Disclose::default() };
    let told = serde_json::to_value(report.to_output(disclose)).unwrap();
    assert_eq!(told["step_outputs"]["total"]["numbers"], serde_json::json!([0, 1, 2]));
}

#[tokio::test(start_paused = true)]
async fn who_watches_a_stream_sees_its_items_and_its_end() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let slow = vec![Reading { store_takes: 500, ..Reading::PLAIN }; 40];
    let stream = runtime.stream::<Meter>(Iter::new(slow)).open().await.unwrap();
    let run = stream.id();
    let driving = tokio::spawn(stream.drain());
    sleep(Duration::from_millis(100)).await;

    let mut watch = runtime.watch(run).await.unwrap();
    let first = watch.next().await.expect("where it is now");
    assert_eq!(first.state, RunState::Running);
    assert_eq!(first.items.map(|items| (items.taken, items.completed)), Some((16, 0)));
    assert_eq!(first.steps[0].state, StepState::Waiting, "nothing has come out");

    runtime.pause(run, "inspection").await.unwrap();
    let mut seen = vec![first];
    while let Some(progress) = watch.next().await {
        let last = seen.last().expect("the first");
        assert!(
            progress.seq > last.seq
                && progress.items.map(|items| items.taken) >= last.items.map(|items| items.taken),
            "{progress:?} after {last:?}"
        );
        if progress.state == RunState::Paused {
            runtime.resume(run).await.unwrap();
        }
        seen.push(progress);
    }
    assert!(seen.iter().any(|progress| progress.state == RunState::Paused));
    assert!(seen.len() > 5, "{}", seen.len());
    let last = seen.last().expect("the first");
    assert_eq!(last.state, RunState::Completed);
    assert_eq!(last.items.map(|items| (items.completed, items.in_flight)), Some((40, 0)));
    driving.await.unwrap().unwrap();
    assert!(runtime.watch(run).await.is_err(), "it is over");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_ends_the_watching_without_an_end() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let stream = runtime.stream::<Meter>(Iter::new(mixed())).open().await.unwrap();
    let mut reports = runtime.reports();
    let run = stream.id();
    let watching = tokio::spawn({
        let runtime = runtime.clone();
        async move { runtime.watch(run).await.is_err() }
    });
    sleep(Duration::from_millis(10)).await;
    drop(stream);
    assert!(watching.await.unwrap(), "nobody drove it");
    assert!(reports.try_recv().is_none());
}
