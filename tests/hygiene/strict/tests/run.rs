//! What is strict runs.

use std::sync::Arc;

use onex_hygiene_strict::shop::{App, Bell, Books, OrderPlaced, Pricing, Returns, Shop, Till};
use renamed::Runtime;

#[test]
fn every_node_is_mounted_and_answers() {
    let app = App { till: Arc::new(Till { taken: 0, limit: 100 }) };
    let runtime = Runtime::builder(app)
        .mount::<Shop>()
        .mount::<Returns>()
        .mount::<Bell>()
        .mount::<Pricing>()
        .mount::<Books>()
        .build()
        .expect("it is whole");
    let mut reports = runtime.reports();
    let scheduler = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a scheduler");
    scheduler.block_on(async {
        runtime.publish(OrderPlaced { order_id: 7, cents: 42 }).await.expect("it is routed");
        runtime.settled().await;
    });
    // Both orchestrators, the start of the run, the pricing, the books, and the bell twice (once from the books).
    assert_eq!(runtime.counters().handled, 7);
    let report = reports.try_recv().expect("a run has ended");
    assert_eq!(*report.output::<Option<u64>>("receipt").expect("it ran"), Some(42));
}
