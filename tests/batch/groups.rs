//! Which items are taken together, by how many workers, and under which keys.

use std::collections::HashSet;
use std::sync::Arc;

use onex::engine::Disclose;
use onex::run::RunState;
use serde_json::{Value, json};

use crate::orders::{Bank, Order, Orders, builder};

#[tokio::test(start_paused = true)]
async fn r25_items_are_taken_in_groups_by_so_many_workers() {
    let bank = Arc::new(Bank::default());
    let runtime = builder(&bank).build().unwrap();
    let report = runtime.batch::<Orders>(vec![Order::PLAIN; 23], None).await.unwrap();
    assert_eq!((report.state, report.items().len()), (RunState::Completed, 23));
    let groups = bank.items_of_groups();
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    assert_eq!(sizes, [5, 5, 5, 5, 3]);
    assert_eq!(groups.concat(), (0..23).collect::<Vec<u64>>(), "each once, first come first served");
    assert_eq!(bank.now.lock().unwrap().1, 2, "two workers");
    let keys: HashSet<_> = bank.groups.lock().unwrap().iter().flat_map(|group| group.keys.clone()).collect();
    assert_eq!(keys.len(), 23, "a key for each item");
    // Five groups are priced and five are charged.
    assert_eq!(report.load_balanced_operations, 10);
}

/// What leaves the process of a batch speaks of steps, not of items: each step is in one list, once.
#[tokio::test(start_paused = true)]
async fn a_batch_is_told_with_each_step_once_and_a_list_of_what_it_returned() {
    let all = Disclose { outputs: true, ..Disclose::default() };
    let runtime = builder(&Arc::default()).build().unwrap();
    let report = runtime.batch::<Orders>(vec![Order::PLAIN; 23], None).await.unwrap();
    let output = report.to_output(all);
    assert_eq!(output.load_balanced_operations, 10);
    let told = serde_json::to_value(output).unwrap();
    // No order is dear enough for `notify`.
    assert_eq!(told["completed_steps"], json!(["check", "price", "charge", "receipt"]));
    assert_eq!((&told["skipped_steps"], &told["errors"]), (&json!(["notify"]), &json!([])));
    assert_eq!(told["step_outputs"]["price"], json!({ "value": vec![101; 23] }));
    assert_eq!(told["final_result"].as_array().unwrap().len(), 23);
    assert_eq!(told["metrics"]["load_balanced_operations"], 10.0);

    let mut orders = vec![Order { cents: 600, ..Order::PLAIN }; 4];
    orders[1].faulty = true;
    (orders[2].charge_fails, orders[3].charge_fails) = (9, 9);
    let report = runtime.batch::<Orders>(orders, None).await.unwrap();
    let told = serde_json::to_value(report.to_output(all)).unwrap();
    assert_eq!(told["execution_status"], "failed");
    assert_eq!(told["completed_steps"], json!(["price", "notify", "receipt"]));
    assert_eq!((&told["failed_steps"], &told["skipped_steps"]), (&json!(["check", "charge"]), &json!([])));
    assert_eq!(told["step_outputs"]["charge"], json!({ "value": [{ "cents": 601 }, null, null, null] }));
    let errors: Vec<_> = told["errors"].as_array().unwrap().iter().map(|error| &error["message"]).collect();
    assert_eq!(
        errors,
        [1, 2, 3].map(|item| Value::from(format!("item {item}: the handler returned an error"))).each_ref()
    );
    let counts =
        ["taken", "completed", "failed", "cancelled"].map(|of| &told["metrics"][format!("items_{of}_count")]);
    assert_eq!(counts, [4.0, 4.0, 0.0, 0.0].map(Value::from).each_ref());
}

#[tokio::test(start_paused = true)]
async fn r25_a_retry_regroups_the_items_that_failed() {
    let bank = Arc::new(Bank::default());
    let runtime = builder(&bank).build().unwrap();
    let mut orders = vec![Order::PLAIN; 10];
    for item in [0, 2, 3, 8] {
        orders[item].charge_fails = 1;
    }
    orders[2].charge_fails = 2;
    let report = runtime.batch::<Orders>(orders, None).await.unwrap();
    assert_eq!(report.state, RunState::Completed);
    let groups = bank.groups.lock().unwrap();
    let items: Vec<_> = groups.iter().map(|group| group.items.clone()).collect();
    assert_eq!(items, [vec![0, 1, 2, 3, 4], vec![5, 6, 7, 8, 9], vec![0, 2, 3, 8], vec![2]]);
    assert_eq!(groups[2].attempts, [2; 4]);
    assert_eq!(groups[2].keys[0], groups[0].keys[0], "with the key that it had");
    let item = report.items().nth(2).unwrap();
    assert_eq!((item.state(), item.step("charge").unwrap().attempts), (RunState::Completed, 3));
}

#[tokio::test(start_paused = true)]
async fn a_batch_without_items_completes() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let report = runtime.batch::<Orders>(Vec::new(), None).await.unwrap();
    assert_eq!((report.state, report.items().len()), (RunState::Completed, 0));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_was_started_is_known_by_its_key_and_its_run() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let key = || Some("monday".to_owned());
    let handle = runtime.start_batch::<Orders>(vec![Order::PLAIN; 12], key()).await.unwrap();
    let run = handle.id();
    assert!(runtime.batch::<Orders>(Vec::new(), key()).await.is_err(), "there is one already");
    let report = onex::BatchReport::new(handle.await.unwrap());
    let journalled = onex::BatchReport::new(runtime.status(run).await.unwrap().unwrap());
    for (item, same) in report.items().zip(journalled.items()) {
        assert_eq!(item.steps().collect::<Vec<_>>(), same.steps().collect::<Vec<_>>());
        assert_eq!(item.output::<String>("receipt").unwrap(), same.output::<String>("receipt").unwrap());
    }
    assert_eq!(journalled.items().len(), 12);
}
