//! Readings of a meter, the same steps in four modes: what an item does is said by the item itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::{Container, Ctx, Dep, RuntimeBuilder, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use uuid::Uuid;

/// One reading, and what its steps will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) level: u32,
    /// The check finds it faulty, or panics.
    pub(crate) check: Check,
    /// So many attempts to store it fail.
    pub(crate) store_fails: u32,
    /// Each attempt takes so many milliseconds; above 1,000 it times out.
    pub(crate) store_takes: u64,
    /// The alert is refused.
    pub(crate) refused: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Check {
    Sound,
    Faulty,
    Panics,
}

impl Reading {
    pub(crate) const PLAIN: Self =
        Reading { level: 50, check: Check::Sound, store_fails: 0, store_takes: 10, refused: false };
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Checked {
    pub(crate) level: u32,
}

/// Where readings are stored: who called, and with which key.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) calls: Mutex<Vec<(Option<u64>, u32, Uuid)>>,
    pub(crate) running: Mutex<Running>,
}

#[derive(Default)]
pub(crate) struct Running {
    pub(crate) now: usize,
    pub(crate) most: usize,
}

#[derive(Container)]
pub(crate) struct App {
    pub(crate) store: Arc<Store>,
}

/// Counts a call for as long as it lives.
struct Call(Dep<Store>);

impl Call {
    fn new(store: Dep<Store>) -> Self {
        {
            let mut running = store.running.lock().expect("no test panics while it holds this");
            running.now += 1;
            running.most = running.most.max(running.now);
        }
        Call(store)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.running.lock().expect("no test panics while it holds this").now -= 1;
    }
}

fn checked(reading: &Reading) -> Result<Checked, String> {
    match reading.check {
        Check::Sound => Ok(Checked { level: reading.level }),
        Check::Faulty => Err("the meter is broken".to_owned()),
        Check::Panics => panic!("nobody expected that"),
    }
}

async fn stored(reading: &Reading, ctx: Ctx, store: Dep<Store>) -> Result<u32, String> {
    let _call = Call::new(store.clone());
    let item = ctx.step.and_then(|step| step.item);
    store.calls.lock().expect("no test panics while it holds this").push((
        item,
        ctx.attempt,
        ctx.idempotency_key(),
    ));
    sleep(Duration::from_millis(reading.store_takes)).await;
    if ctx.attempt <= reading.store_fails { Err(format!("busy, {}", ctx.attempt)) } else { Ok(ctx.attempt) }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Refused;

impl onex::Classify for Refused {
    fn class(&self) -> onex::FaultClass {
        onex::FaultClass::Refused
    }
}

fn labelled(store: Option<&u32>, alert: Option<&bool>) -> String {
    format!("stored {store:?}, alert {alert:?}")
}

macro_rules! meter {
    ($module:ident, $functions:ident) => {
        mod $functions {
            use super::*;

            #[handler(step = $module::check)]
            fn check(input: &Reading) -> Result<Checked, String> {
                checked(input)
            }

            #[handler(step = $module::store)]
            async fn store(
                _check: &Checked,
                input: &Reading,
                ctx: Ctx,
                store: Dep<Store>,
            ) -> Result<u32, String> {
                stored(input, ctx, store).await
            }

            #[handler(step = $module::alert)]
            async fn alert(check: &Checked, input: &Reading) -> Result<bool, Refused> {
                if input.refused { Err(Refused) } else { Ok(check.level > 95) }
            }

            #[handler(step = $module::label)]
            fn label(store: Option<&u32>, alert: Option<&bool>) -> String {
                labelled(store, alert)
            }
        }
    };
}

#[orchestrator(contract = "contracts/streaming/meter.yaml")]
pub(crate) struct Meter;
meter!(meter, of_the_meter);

#[orchestrator(contract = "contracts/streaming/strict.yaml")]
pub(crate) struct Strict;
meter!(strict, of_the_strict_one);

#[orchestrator(contract = "contracts/streaming/alone.yaml")]
pub(crate) struct Alone;
meter!(alone, of_one_alone);

#[orchestrator(contract = "contracts/streaming/strict_alone.yaml")]
pub(crate) struct StrictAlone;
meter!(strict_alone, of_a_strict_one_alone);

pub(crate) fn builder(store: &Arc<Store>) -> RuntimeBuilder<App> {
    onex::Runtime::builder(App { store: Arc::clone(store) })
        .mount::<Meter>()
        .mount::<Strict>()
        .mount::<Alone>()
        .mount::<StrictAlone>()
}

impl Store {
    /// How often each item was stored, by its position.
    pub(crate) fn attempts(&self) -> HashMap<u64, usize> {
        let mut attempts = HashMap::new();
        for (item, _, _) in self.calls.lock().expect("no test panics while it holds this").iter() {
            *attempts.entry(item.expect("in a stream there are items")).or_default() += 1;
        }
        attempts
    }
}
