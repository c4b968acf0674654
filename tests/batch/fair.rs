//! Steps that compete for one worker.

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
    async fn serve(&self, step: &str, ctx: &[Ctx], ms: u64) {
        let items: Vec<_> = ctx.iter().map(|ctx| ctx.step.unwrap().item.unwrap().to_string()).collect();
        self.0.lock().unwrap().push(format!("{step} {}", items.join(" ")));
        sleep(Duration::from_millis(ms)).await;
    }
}

#[derive(Container)]
struct App {
    served: Arc<Served>,
}

#[handler(batch = parcels::pack)]
async fn pack(input: &[&Parcel], ctx: &[Ctx], served: Dep<Served>) -> Vec<Result<bool, String>> {
    served.serve("pack", ctx, 40).await;
    let packed = |(parcel, ctx): (&&Parcel, &Ctx)| {
        if parcel.torn && ctx.attempt == 1 { Err("it is torn".to_owned()) } else { Ok(true) }
    };
    input.iter().zip(ctx).map(packed).collect()
}

#[handler(step = parcels::ship)]
async fn ship(pack: &bool, ctx: Ctx, served: Dep<Served>) -> bool {
    served.serve("ship", &[ctx], 80).await;
    *pack
}

#[handler(step = parcels::bill)]
async fn bill(pack: &bool, ctx: Ctx, served: Dep<Served>) -> bool {
    served.serve("bill", &[ctx], 80).await;
    *pack
}

/// Four may be with the worker or wait for it. While the last of a group are not told of, those before them take the places that
/// are free: so the first bill comes before the second parcel. The first parcel is packed again as soon as there is room among them: behind what has come
/// before it, of whichever step, and before what comes behind it.
#[tokio::test(start_paused = true)]
async fn r25_steps_that_compete_for_one_worker_are_served_in_the_order_in_which_they_come_to_it() {
    let served = Arc::<Served>::default();
    let app = App { served: Arc::clone(&served) };
    let runtime = Runtime::builder(app).mount::<Parcels>().build().unwrap();
    let parcels = (0..4).map(|item| Parcel { torn: item == 0 }).collect();
    runtime.batch::<Parcels>(parcels, None).await.unwrap();
    assert_eq!(
        *served.0.lock().unwrap(),
        [
            "pack 0 1 2 3",
            "ship 1",
            "bill 1",
            "ship 2",
            "ship 3",
            "bill 2",
            "pack 0",
            "bill 3",
            "ship 0",
            "bill 0"
        ]
    );
}
