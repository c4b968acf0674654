//! What the failure of an item, of a group and of a whole batch means for the others.

use std::sync::Arc;
use std::time::Duration;

use onex::engine::RunCause;
use onex::message::item_action_id;
use onex::run::{CompensationState, RunState, StepState};
use tokio::time::sleep;

use crate::orders::{Bank, Charge, Order, Orders, Strict, Undone, builder};
use crate::tasks::alive_tasks;

fn with(items: usize, at: usize, change: impl FnOnce(&mut Order)) -> Vec<Order> {
    let mut orders = vec![Order::PLAIN; items];
    change(&mut orders[at]);
    orders
}

/// Mutation: results that are given to items by their place although there are too few.
#[tokio::test(start_paused = true)]
async fn r25_a_group_with_too_few_results_fails_whole_and_alone() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let orders = with(10, 2, |order| order.charge = Charge::LosesOne);
    let report = runtime.batch::<Orders>(orders, None).await.unwrap();
    for item in report.items() {
        if item.position() < 5 {
            let message = "the handler of `charge` gave back 4 results for a group of 5 items";
            assert_eq!(item.error(), Some(("charge", message)), "{item:?}");
            assert_eq!(
                item.step("charge").unwrap().attempts,
                1,
                "another attempt would fail in the same way"
            );
        } else {
            assert_eq!(item.state(), RunState::Completed);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_that_panics_or_hangs_fails_whole_and_alone() {
    for (charge, message) in
        [(Charge::Panics, "one of them is poison"), (Charge::Hangs, "attempt timed out after 1000 ms")]
    {
        let runtime = builder(&Arc::default()).build().unwrap();
        let report = runtime.batch::<Orders>(with(12, 7, |order| order.charge = charge), None).await.unwrap();
        let failed: Vec<usize> =
            report.items().filter(|item| item.error().is_some()).map(|item| item.position()).collect();
        // What was retried went together again.
        assert_eq!(failed, [5, 6, 7, 8, 9], "{charge:?}");
        let item = report.items().nth(5).unwrap();
        assert_eq!(item.error(), Some(("charge", message)));
        assert_eq!(item.step("charge").unwrap().state, StepState::Indeterminate);
        assert_eq!(item.state(), RunState::CompletedWithErrors);
    }
}

#[tokio::test(start_paused = true)]
async fn an_item_that_fails_stops_a_strict_batch() {
    let tasks = alive_tasks().await;
    let bank = Arc::new(Bank::default());
    let runtime = builder(&bank).build().unwrap();
    let report = runtime.batch::<Strict>(with(30, 6, |order| order.faulty = true), None).await.unwrap();
    assert_eq!(report.state, RunState::Failed);
    let message = "an order without a name".to_owned();
    assert_eq!(report.cause, Some(RunCause::StepFailed { step: "check", message }));
    let states: Vec<RunState> = report.items().map(|item| item.state()).collect();
    assert_eq!(report.items().nth(6).unwrap().state(), RunState::Failed);
    assert_eq!(states.iter().filter(|state| **state == RunState::Cancelled).count(), 29);
    runtime.settled().await;
    assert_eq!(bank.now.lock().unwrap().0, 0);
    drop(runtime);
    assert_eq!(alive_tasks().await, tasks);
}

#[tokio::test(start_paused = true)]
async fn r19_a_batch_is_undone_item_by_item() {
    let bank = Arc::new(Bank::default());
    let runtime = builder(&bank).build().unwrap();
    let orders = with(10, 6, |order| order.charge_fails = 9);
    let report = runtime.batch::<Undone>(orders, None).await.unwrap();
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    let undone: Vec<u64> = report
        .items()
        .filter(|item| item.step("charge").unwrap().compensation == CompensationState::Done)
        .map(|item| item.position() as u64)
        .collect();
    assert_eq!(undone, [0, 1, 2, 3, 4, 5, 7, 8, 9], "all but the one that was not charged");
    let refunds = bank.refunds.lock().unwrap();
    let order: Vec<u64> = refunds.iter().map(|(item, _)| item.unwrap()).collect();
    assert_eq!(order, [9, 8, 7, 5, 4, 3, 2, 1, 0], "latest first");
    assert_eq!(refunds[0].1, item_action_id(report.run, "charge", 9, true, 0));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_cancelled_waits_for_its_workers() {
    let tasks = alive_tasks().await;
    let bank = Arc::new(Bank::default());
    let runtime = builder(&bank).build().unwrap();
    let handle = runtime.start_batch::<Orders>(vec![Order::PLAIN; 100], None).await.unwrap();
    sleep(Duration::from_millis(15)).await;
    assert!(handle.cancel("enough"));
    let report = onex::BatchReport::new(handle.await.unwrap());
    assert_eq!(report.state, RunState::Cancelled);
    assert_eq!(bank.now.lock().unwrap().0, 0);
    assert_eq!(bank.groups.lock().unwrap().len(), 4, "two were done and two were in flight");
    let charged = report.items().filter(|item| item.step("charge").unwrap().state == StepState::Completed);
    assert_eq!(charged.count(), 20);
    runtime.settled().await;
    drop(runtime);
    assert_eq!(alive_tasks().await, tasks);
}

#[tokio::test(start_paused = true)]
async fn r21_a_batch_that_is_paused_begins_nothing() {
    let bank = Arc::new(Bank::default());
    let runtime = builder(&bank).build().unwrap();
    let handle = runtime.start_batch::<Orders>(vec![Order::PLAIN; 40], None).await.unwrap();
    sleep(Duration::from_millis(15)).await;
    runtime.pause(handle.id(), "inspection").await.unwrap();
    sleep(Duration::from_secs(600)).await;
    assert_eq!(bank.groups.lock().unwrap().len(), 4);
    runtime.resume(handle.id()).await.unwrap();
    assert_eq!(handle.await.unwrap().state, RunState::Completed);
}
