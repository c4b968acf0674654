//! Two steps that compete for one worker.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::{Container, Ctx, Dep, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Parcel {
    torn: bool,
}

#[orchestrator(contract = "contracts/batch/fair.yaml")]
struct Parcels;

#[derive(Default)]
struct Served(Mutex<Vec<String>>);

impl Served {
    async fn serve(&self, step: &str, ctx: &Ctx) {
        self.0.lock().unwrap().push(format!("{step} {}", ctx.step.unwrap().item.unwrap()));
        sleep(Duration::from_millis(40)).await;
    }
}

#[derive(Container)]
struct App {
    served: Arc<Served>,
}

#[handler(step = parcels::pack)]
async fn pack(input: &Parcel, ctx: Ctx, served: Dep<Served>) -> Result<bool, String> {
    served.serve("pack", &ctx).await;
    if input.torn && ctx.attempt == 1 { Err("it is torn".to_owned()) } else { Ok(true) }
}

#[handler(step = parcels::ship)]
async fn ship(pack: &bool, ctx: Ctx, served: Dep<Served>) -> bool {
    served.serve("ship", &ctx).await;
    *pack
}

/// The first parcel is packed again 140 ms after the beginning: behind what came to the worker at 80 and 120 ms, and before what
/// came at 160 ms. Whoever prefers the one step or the other serves it earlier or later.
#[tokio::test(start_paused = true)]
async fn r25_two_steps_are_served_by_one_worker_in_the_order_in_which_their_items_come_to_it() {
    let served = Arc::<Served>::default();
    let app = App { served: Arc::clone(&served) };
    let runtime = Runtime::builder(app).mount::<Parcels>().build().unwrap();
    let parcels = (0..4).map(|item| Parcel { torn: item == 0 }).collect();
    runtime.batch::<Parcels>(parcels, None).await.unwrap();
    assert_eq!(
        *served.0.lock().unwrap(),
        ["pack 0", "pack 1", "pack 2", "pack 3", "ship 1", "ship 2", "pack 0", "ship 3", "ship 0"]
    );
}
