//! Reducers of a stream: what has come out is folded in order, and kept with the watermark.

use std::sync::Arc;
use std::time::Duration;

use onex::journal::Memory;
use onex::run::{RunState, StepState};
use onex::stream::Iter;
use onex::{Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Sale {
    number: u64,
    faulty: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Total {
    numbers: Vec<u64>,
}

#[orchestrator(contract = "contracts/streaming/totals.yaml")]
pub(crate) struct RunningTotals;

#[handler(step = running_totals::price)]
async fn price(input: &Sale) -> Result<u64, String> {
    sleep(Duration::from_millis(input.number * 7 % 31)).await;
    Ok(input.number)
}

#[handler(fold = running_totals::total)]
fn total(total: &mut Total, price: &u64, input: &Sale) -> Result<(), String> {
    total.numbers.push(*price);
    if input.faulty { Err("it is not to be counted".to_owned()) } else { Ok(()) }
}

pub(crate) fn sales(items: u64) -> Iter<std::vec::IntoIter<Sale>> {
    Iter::new((0..items).map(|number| Sale { number, faulty: number % 10 == 3 }).collect::<Vec<_>>())
}

fn counted(items: u64) -> Vec<u64> {
    (0..items).filter(|number| number % 10 != 3).collect()
}

#[tokio::test(start_paused = true)]
async fn r25_items_are_folded_in_the_order_of_the_source() {
    let runtime = Runtime::builder(()).mount::<RunningTotals>().build().unwrap();
    let mut stream = runtime.stream::<RunningTotals>(sales(50)).open().await.unwrap();
    assert_eq!(stream.folded::<Total>("total"), None);
    while let Some(item) = stream.next().await.unwrap() {
        let so_far = counted(item.position() + 1);
        assert_eq!(stream.folded::<Total>("total").unwrap().numbers, so_far);
        if item.position() % 10 == 3 {
            // A fold that fails leaves what it was given as it was.
            assert_eq!(item.step("total").unwrap().state, StepState::Failed);
            assert_eq!(item.state(), RunState::CompletedWithErrors);
        } else {
            assert_eq!(item.output::<Total>("total").unwrap().numbers, so_far);
        }
    }
    assert_eq!(stream.report().state, RunState::CompletedWithErrors);
}

/// Mutation: a state that is journalled with another watermark than its own.
#[tokio::test(start_paused = true)]
async fn r25_what_was_folded_goes_on_with_the_watermark() {
    let journal = Arc::new(Memory::default());
    let mut processes = 0;
    loop {
        processes += 1;
        let builder = Runtime::builder(()).mount::<RunningTotals>();
        let runtime = builder.build_on(Arc::clone(&journal), "a process").await.unwrap();
        let stream = runtime.durable_stream::<RunningTotals>("till 1", sales(60)).window(5);
        let mut stream = stream.open().await.unwrap();
        let before = stream.report().watermark;
        let folded = stream.folded::<Total>("total").map(|total| total.numbers.clone());
        assert_eq!(folded.unwrap_or_default(), counted(before), "process {processes}");
        let patience = Duration::from_millis(40 + processes % 5);
        let _ = timeout(patience, async { while stream.next().await.unwrap().is_some() {} }).await;
        if stream.report().state.is_final() {
            assert_eq!(stream.folded::<Total>("total").unwrap().numbers, counted(60));
            break;
        }
    }
    assert!(processes > 3, "{processes}");
}
