//! An item of a batch ends as it would have as a run of its own.

use std::sync::Arc;

use onex::StepValue;
use onex::engine::StepReport;
use onex::run::{RunState, StepState};
use proptest::prelude::*;

use crate::orders::{Alone, Charge, Charged, Order, Orders, builder};

#[derive(Debug, PartialEq)]
struct Outcome {
    state: RunState,
    steps: Vec<(&'static str, StepState, u32, Option<String>)>,
    charged: Option<u32>,
    receipt: Option<String>,
}

fn steps<'r>(
    steps: impl Iterator<Item = &'r StepReport>,
) -> Vec<(&'static str, StepState, u32, Option<String>)> {
    steps.map(|step| (step.id, step.state, step.attempts, step.error.clone())).collect()
}

fn got<T: StepValue, U>(output: Result<Arc<T>, onex::engine::OutputError>, take: fn(&T) -> U) -> Option<U> {
    output.ok().map(|output| take(&output))
}

fn order() -> impl Strategy<Value = Order> {
    (0..1_000_u32, prop::bool::weighted(0.2), 0..4_u32, any::<bool>()).prop_map(
        |(cents, faulty, charge_fails, refused)| Order {
            cents,
            faulty,
            charge_fails,
            charge: Charge::Well,
            refused,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn r25_each_item_ends_as_a_run_of_its_own(orders in prop::collection::vec(order(), 0..24)) {
        let clock = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        clock.block_on(async {
            let runtime = builder(&Arc::default()).build().unwrap();
            let mut expected = Vec::new();
            for order in &orders {
                let report = runtime.run::<Alone>(*order, None).await.unwrap();
                expected.push(Outcome {
                    state: report.state,
                    steps: steps(report.steps.iter()),
                    charged: got(report.output("charge"), |charged: &Charged| charged.cents),
                    receipt: got(report.output("receipt"), String::clone),
                });
            }
            let report = runtime.batch::<Orders>(orders, None).await.unwrap();
            let outcomes: Vec<Outcome> = report
                .items()
                .map(|item| Outcome {
                    state: item.state(),
                    steps: steps(item.steps()),
                    charged: got(item.output("charge"), |charged: &Charged| charged.cents),
                    receipt: got(item.output("receipt"), String::clone),
                })
                .collect();
            assert_eq!(outcomes, expected);
            let all_well = expected.iter().all(|outcome| outcome.state == RunState::Completed);
            let state = if all_well { RunState::Completed } else { RunState::CompletedWithErrors };
            assert_eq!(report.state, state);
        });
    }
}
