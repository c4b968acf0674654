//! Batches and streams go on from the file.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::run::RunState;
use onex::stream::Iter;
use onex::{BatchReport, Container, Ctx, Dep, Runtime, handler, orchestrator};
use onex_sqlite::{Durable as _, Sqlite};
use tokio::time::{sleep, timeout};

use crate::support::Folder;

type Number = u64;

#[orchestrator(contract = "tests/contracts/many_items/batch.yaml")]
struct Numbers;

#[orchestrator(contract = "tests/contracts/many_items/stream.yaml")]
struct Flow;

/// Which items were kept, in which order.
#[derive(Default)]
struct Kept(Mutex<Vec<u64>>);

#[derive(Container)]
struct App {
    kept: Arc<Kept>,
}

#[handler(batch = numbers::double)]
fn double(input: &[&Number]) -> Vec<u64> {
    input.iter().map(|number| *number * 2).collect()
}

#[handler(batch = numbers::keep)]
async fn keep(double: &[&u64], ctx: &[Ctx], kept: Dep<Kept>) -> Vec<u64> {
    sleep(Duration::from_millis(20)).await;
    kept.0.lock().unwrap().extend(ctx.iter().map(|ctx| ctx.step.unwrap().item.unwrap()));
    double.iter().map(|number| **number).collect()
}

#[handler(fold = numbers::sum)]
fn sum(sum: &mut u64, keep: &u64) {
    *sum += keep;
}

mod flowing {
    use super::*;

    #[handler(step = flow::double)]
    fn double(input: &Number) -> u64 {
        input * 2
    }

    #[handler(step = flow::keep)]
    async fn keep(double: &u64, ctx: Ctx, kept: Dep<Kept>) -> u64 {
        sleep(Duration::from_millis(2)).await;
        kept.0.lock().unwrap().push(ctx.step.unwrap().item.unwrap());
        *double
    }

    #[handler(fold = flow::sum)]
    fn sum(sum: &mut u64, keep: &u64) {
        *sum += keep;
    }
}

async fn open(path: &Path, kept: &Arc<Kept>) -> Runtime<App, Sqlite> {
    let app = App { kept: Arc::clone(kept) };
    Runtime::builder(app).mount::<Numbers>().mount::<Flow>().durable(path).await.unwrap()
}

#[tokio::test]
async fn r25_a_batch_goes_on_with_the_groups_that_were_not_done() {
    let (folder, kept) = (Folder::new(), Arc::new(Kept::default()));
    let path = folder.path("numbers.db");
    let runtime = open(&path, &kept).await;
    let batch = runtime.batch::<Numbers>((0..20).collect(), Some("monday".to_owned()));
    assert!(timeout(Duration::from_millis(50), batch).await.is_err(), "dropped, as by a crash");
    let before = kept.0.lock().unwrap().len();
    assert!(before < 20 && before % 4 == 0);
    drop(runtime);

    let runtime = open(&path, &kept).await;
    let run = runtime.live_runs()[0];
    runtime.settled().await;
    let report = BatchReport::new(runtime.status(run).await.unwrap().unwrap());
    assert_eq!((report.state, report.items().len()), (RunState::Completed, 20));
    assert_eq!(*report.output::<u64>("sum").unwrap(), 380);
    assert_eq!(*report.items().nth(7).unwrap().output::<u64>("keep").unwrap(), 14);
    let kept = kept.0.lock().unwrap();
    assert!(kept.len() <= 24, "what was kept and committed is not kept again: {kept:?}");
}

#[tokio::test]
async fn r25_a_stream_goes_on_from_its_watermark_with_what_was_folded() {
    let (folder, kept) = (Folder::new(), Arc::new(Kept::default()));
    let path = folder.path("flow.db");
    let mut processes = 0;
    let sum = loop {
        processes += 1;
        let runtime = open(&path, &kept).await;
        let mut stream = runtime.durable_stream::<Flow>("one", Iter::new(0..60_u64)).open().await.unwrap();
        let patience = Duration::from_millis(15);
        let _ = timeout(patience, async { while stream.next().await.unwrap().is_some() {} }).await;
        if stream.report().state.is_final() {
            break *stream.folded::<u64>("sum").unwrap();
        }
        assert!(processes < 100, "it does not come to its end: {:?}", stream.report());
    };
    assert_eq!(sum, (0..60).map(|number| number * 2).sum::<u64>(), "each is folded once");
    assert!(processes > 1);
    let kept = kept.0.lock().unwrap();
    assert!((0..60).all(|item| kept.contains(&item)));
}
