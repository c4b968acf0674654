//! An item of a stream ends as it would have as a run of its own.

use std::sync::Arc;

use onex::engine::RunCause;
use onex::run::{RunState, StepState};
use onex::stream::Iter;
use onex::{RunReport, Runtime};
use proptest::prelude::*;

use crate::meter::{Alone, App, Check, Meter, Reading, Strict, StrictAlone, builder};

/// What is compared: the state, and of each step the state, the attempts and whether there is an output.
#[derive(Debug, PartialEq)]
struct Outcome {
    state: RunState,
    steps: Vec<(StepState, u32)>,
    label: Option<String>,
    error: Option<String>,
}

const STEPS: [&str; 4] = ["check", "store", "alert", "label"];

fn of_run(report: &RunReport) -> Outcome {
    let step = |id| report.step(id).unwrap();
    let failed =
        report.steps.iter().find(|step| matches!(step.state, StepState::Failed | StepState::Indeterminate));
    Outcome {
        state: report.state,
        steps: STEPS.map(|id| (step(id).state, step(id).attempts)).to_vec(),
        label: report.output::<String>("label").ok().map(|label| label.to_string()),
        error: match &report.cause {
            Some(RunCause::StepFailed { message, .. }) => Some(message.clone()),
            _ => failed.and_then(|step| step.error.clone()),
        },
    }
}

fn of_item(item: &onex::stream::ItemReport) -> Outcome {
    let step = |id| item.step(id).unwrap();
    Outcome {
        state: item.state(),
        steps: STEPS.map(|id| (step(id).state, step(id).attempt)).to_vec(),
        label: item.output::<String>("label").ok().map(|label| label.to_string()),
        error: item.error().map(|(_, message)| message.to_owned()),
    }
}

fn reading() -> impl Strategy<Value = Reading> {
    let check = prop_oneof![6 => Just(Check::Sound), 1 => Just(Check::Faulty), 1 => Just(Check::Panics)];
    let takes = prop_oneof![4 => 0..50_u64, 1 => Just(2000)];
    (85..100_u32, check, 0..4_u32, takes, any::<bool>()).prop_map(
        |(level, check, store_fails, store_takes, refused)| Reading {
            level,
            check,
            store_fails,
            store_takes,
            refused,
        },
    )
}

fn paused_clock() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

async fn each_alone(runtime: &Runtime<App>, readings: &[Reading]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for reading in readings {
        outcomes.push(of_run(&runtime.run::<Alone>(*reading, None).await.unwrap()));
    }
    outcomes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn r25_each_item_ends_as_a_run_of_its_own(
        readings in prop::collection::vec(reading(), 0..24),
        window in 1..12_usize,
    ) {
        paused_clock().block_on(async {
            let runtime = builder(&Arc::default()).build().unwrap();
            let expected = each_alone(&runtime, &readings).await;
            let mut stream = runtime.stream::<Meter>(Iter::new(readings.clone())).window(window).open().await.unwrap();
            let mut outcomes = Vec::new();
            while let Some(item) = stream.next().await.unwrap() {
                assert_eq!(item.position(), outcomes.len() as u64);
                outcomes.push(of_item(&item));
            }
            assert_eq!(outcomes, expected);
            let report = stream.report();
            assert_eq!((report.taken, report.in_flight), (readings.len() as u64, 0));
            let all_well = expected.iter().all(|outcome| outcome.state == RunState::Completed);
            let state = if all_well { RunState::Completed } else { RunState::CompletedWithErrors };
            assert_eq!(report.state, state);
        });
    }

    #[test]
    fn r25_a_strict_stream_comes_as_far_as_its_first_failure(
        readings in prop::collection::vec(reading(), 0..12),
        window in 1..6_usize,
    ) {
        paused_clock().block_on(async {
            let runtime = builder(&Arc::default()).build().unwrap();
            let mut expected = Vec::new();
            for reading in &readings {
                let report = runtime.run::<StrictAlone>(*reading, None).await.unwrap();
                expected.push(of_run(&report));
                if report.state == RunState::Failed {
                    break;
                }
            }
            let mut stream = runtime.stream::<Strict>(Iter::new(readings)).window(window).open().await.unwrap();
            let mut outcomes = Vec::new();
            while let Some(item) = stream.next().await.unwrap() {
                outcomes.push(of_item(&item));
            }
            let behind = outcomes.split_off(expected.len());
            assert_eq!(outcomes, expected);
            assert!(behind.len() < window);
            let failed = expected.last().is_some_and(|last| last.state == RunState::Failed);
            let state = if failed { RunState::Failed } else { RunState::Completed };
            assert_eq!(stream.report().state, state);
            let done = if failed { expected.len() - 1 } else { expected.len() };
            assert_eq!(stream.report().watermark, done as u64);
        });
    }
}
