//! Workflows in workflows, as deep as a contract that does not say allows: ten, and no eleventh.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::BuildProblem;
use onex::message::RunId;
use onex::run::{RunState, StepState};
use onex::{Call, Container, Ctx, Dep, RunReport, Runtime, RuntimeBuilder, handler, orchestrator};
use tokio::time::{Instant, sleep, timeout};

/// The levels that were marked on the way down, and what was taken back.
#[derive(Default)]
struct Marks {
    set: Mutex<Vec<u32>>,
    taken_back: Mutex<Vec<u32>>,
}

#[derive(Container)]
struct Shaft {
    marks: Arc<Marks>,
}

#[orchestrator(contract = "contracts/nested/level_0.yaml")]
struct Level0;

/// It takes a second, and stops at once when it is told to.
#[handler(step = level0::work)]
async fn work(ctx: Ctx) -> Result<u32, String> {
    match timeout(Duration::from_secs(1), ctx.cancellation.cancelled()).await {
        Ok(()) => Err("told to stop".to_owned()),
        Err(_) => Ok(42),
    }
}

macro_rules! level {
    ($level:literal $node:ident $module:ident $contract:literal is above $inner:ident in $functions:ident) => {
        #[orchestrator(contract = $contract)]
        struct $node;

        mod $functions {
            use super::*;

            #[handler(step = $module::mark)]
            async fn mark(marks: Dep<Marks>) -> u32 {
                marks.set.lock().unwrap().push($level);
                $level
            }

            #[handler(compensation = $module::unmark)]
            async fn unmark(marks: Dep<Marks>) {
                marks.taken_back.lock().unwrap().push($level);
            }

            #[handler(call = $module::down)]
            fn down() -> Call<$inner> {
                Call::with(())
            }
        }
    };
}

level!(1 Level1 level1 "contracts/nested/level_1.yaml" is above Level0 in of_1);
level!(2 Level2 level2 "contracts/nested/level_2.yaml" is above Level1 in of_2);
level!(3 Level3 level3 "contracts/nested/level_3.yaml" is above Level2 in of_3);
level!(4 Level4 level4 "contracts/nested/level_4.yaml" is above Level3 in of_4);
level!(5 Level5 level5 "contracts/nested/level_5.yaml" is above Level4 in of_5);
level!(6 Level6 level6 "contracts/nested/level_6.yaml" is above Level5 in of_6);
level!(7 Level7 level7 "contracts/nested/level_7.yaml" is above Level6 in of_7);
level!(8 Level8 level8 "contracts/nested/level_8.yaml" is above Level7 in of_8);
level!(9 Level9 level9 "contracts/nested/level_9.yaml" is above Level8 in of_9);
level!(10 Level10 level10 "contracts/nested/level_10.yaml" is above Level9 in of_10);
level!(11 Level11 level11 "contracts/nested/level_11.yaml" is above Level10 in of_11);

fn builder(marks: &Arc<Marks>) -> RuntimeBuilder<Shaft> {
    let builder = Runtime::builder(Shaft { marks: Arc::clone(marks) });
    let builder = builder.mount::<Level0>().mount::<Level1>().mount::<Level2>().mount::<Level3>();
    let builder = builder.mount::<Level4>().mount::<Level5>().mount::<Level6>().mount::<Level7>();
    builder.mount::<Level8>().mount::<Level9>().mount::<Level10>()
}

/// A run and those in it, from the top to the bottom.
async fn all_the_way_down(runtime: &Runtime<Shaft>, top: RunId) -> Vec<RunReport> {
    let (mut next, mut found) = (Some(top), Vec::new());
    while let Some(run) = next {
        let report = runtime.status(run).await.unwrap().unwrap();
        next = report.step("down").and_then(|down| down.sub_run);
        found.push(report);
    }
    found
}

#[tokio::test(start_paused = true)]
async fn r27_ten_deep_each_run_gives_what_the_one_in_it_gives() {
    let marks = Arc::<Marks>::default();
    let runtime = builder(&marks).build().unwrap();
    let report = runtime.run::<Level10>((), None).await.unwrap();
    assert_eq!((report.state, *report.last::<Level10>().unwrap()), (RunState::Completed, 42));
    let runs = all_the_way_down(&runtime, report.run).await;
    assert_eq!(runs.len(), 11, "ten in one");
    assert!(runs.windows(2).all(|pair| pair[1].parent == Some(pair[0].run)));
    assert_eq!(*marks.set.lock().unwrap(), (1..=10).rev().collect::<Vec<u32>>());
}

#[tokio::test(start_paused = true)]
async fn r27_a_cancel_of_the_top_reaches_ten_deep_and_what_was_done_is_undone_from_there() {
    let marks = Arc::<Marks>::default();
    let runtime = builder(&marks).build().unwrap();
    let handle = runtime.start::<Level10>((), None).await.unwrap();
    sleep(Duration::from_millis(500)).await;
    assert_eq!(marks.set.lock().unwrap().len(), 10, "it is at work in the deepest");
    let told = Instant::now();
    assert!(handle.cancel("enough"));
    let report = handle.await.unwrap();
    assert_eq!(told.elapsed(), Duration::ZERO, "nobody waits for a grace period to pass");

    let runs = all_the_way_down(&runtime, report.run).await;
    let names: Vec<&str> = runs.iter().map(|run| run.workflow).collect();
    assert_eq!((names.len(), names[0], names[10]), (11, "level_10", "level_0"));
    assert!(runs.iter().all(|run| run.state == RunState::Cancelled), "{runs:?}");
    let work = runs[10].step("work").unwrap();
    assert_eq!((work.state, work.error.as_deref()), (StepState::Failed, Some("told to stop")));
    assert_eq!(*marks.taken_back.lock().unwrap(), (1..=10).collect::<Vec<u32>>(), "the deepest first");
    assert_eq!(runtime.load().runs, 0);
}

#[test]
fn r27_a_workflow_that_is_eleven_deep_is_not_built_where_its_contract_does_not_say() {
    let error = builder(&Arc::default()).mount::<Level11>().build().unwrap_err();
    let [BuildProblem::TooDeep { workflow: "level_11", depth: 11, max: 10, steps, .. }] = &error.problems[..]
    else {
        panic!("{error}")
    };
    assert_eq!((steps.len(), steps[10].1), (11, "level_0"));
}
