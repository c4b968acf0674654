//! What is behind a facade runs.

use std::sync::Arc;

use onex_hygiene_behind_facade::{App, Cabinet, Dispatch, Printer};
use onex_hygiene_facade::engine::Runtime;
use onex_hygiene_facade::events::ParcelSent;
use onex_hygiene_facade::tokio;

#[test]
fn events_intents_and_steps_find_their_way() {
    let app = App { cabinet: Arc::new(Cabinet(3)) };
    let runtime = Runtime::builder(app).mount::<Dispatch>().mount::<Printer>().build().expect("it is whole");
    let mut reports = runtime.reports();
    let scheduler = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a scheduler");
    scheduler.block_on(async {
        runtime.publish(ParcelSent { parcel: 7 }).await.expect("it is routed");
        runtime.settled().await;
    });
    assert_eq!(runtime.counters().handled, 3);
    let report = reports.try_recv().expect("a run has ended");
    assert_eq!(*report.output::<i64>("count").expect("it ran"), 2);
}
