//! A batch outlives its process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use onex::BatchReport;
use onex::journal::{Journal, Memory};
use onex::run::{Fact, RunState};
use tokio::time::timeout;

use crate::orders::{Bank, Order, Orders, builder};

#[tokio::test(start_paused = true)]
async fn r25_the_next_process_goes_on_with_the_items_that_were_not_done() {
    let (journal, bank) = (Arc::new(Memory::default()), Arc::new(Bank::default()));
    let runtime = builder(&bank).build_on(Arc::clone(&journal), "one").await.unwrap();
    let batch = runtime.batch::<Orders>(vec![Order::PLAIN; 50], None);
    assert!(timeout(Duration::from_millis(25), batch).await.is_err(), "dropped, as by a crash");
    let run = journal.unfinished().await.unwrap()[0].run;

    let record = journal.run(run).await.unwrap().unwrap();
    let completed = record.facts.iter().filter(|fact| matches!(fact, Fact::StepCompleted { .. })).count();
    assert!(completed > 100, "each is checked and priced, and some are charged: {completed}");
    let before = bank.groups.lock().unwrap().len();

    let runtime = builder(&bank).build_on(Arc::clone(&journal), "another").await.unwrap();
    runtime.settled().await;
    let report = BatchReport::new(runtime.status(run).await.unwrap().unwrap());
    assert_eq!(report.state, RunState::Completed);
    assert!(report.items().all(|item| item.state() == RunState::Completed));

    let groups = bank.groups.lock().unwrap();
    assert!(groups.len() > before);
    let mut keys: HashMap<u64, Vec<_>> = HashMap::new();
    for group in groups.iter() {
        group.items.iter().zip(&group.keys).for_each(|(item, key)| keys.entry(*item).or_default().push(*key));
    }
    assert_eq!(keys.len(), 50);
    let again = keys.values().filter(|keys| keys.len() > 1).count();
    assert!(again > 0 && again <= 10, "only what was in flight ran again: {again}");
    assert!(keys.values().all(|keys| keys.iter().all(|key| *key == keys[0])), "with the key that it had");
}
