//! Shapes that are unusual and right: names that the expansion uses itself, keywords, many inputs, many dependencies.

// Expanded code must not try to allow what a user's crate forbids.
#![forbid(missing_docs)]

use std::sync::Arc;

use onex::{Container, Ctx, Dep, Emit, Event, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

mod events {
    #[derive(onex::Event, serde::Serialize, serde::Deserialize)]
    #[event(name = "Placed")]
    pub(crate) struct Placed {
        pub(crate) id: u64,
    }
}

#[derive(Event, Serialize, Deserialize)]
struct Begun;

/// Its module is a keyword.
#[orchestrator(contract = "contracts/shapes.yaml")]
struct Match;

/// A pattern, where the name says nothing.
#[handler(event = r#match::Placed)]
async fn message(events::Placed { id: _ }: &events::Placed, _: Ctx) -> Emit<r#match::Placed> {
    Emit::nothing()
}

#[handler(step = r#match::inputs)]
async fn inputs(_begun: &Begun, ctx: Ctx, again: Ctx) -> u64 {
    u64::from(ctx.attempt == again.attempt)
}

#[handler(step = r#match::deps)]
#[allow(clippy::too_many_arguments)]
async fn deps(
    a: Dep<A<0>>,
    b: Dep<A<1>>,
    c: Dep<A<2>>,
    d: Dep<A<3>>,
    e: Dep<A<4>>,
    f: Dep<A<5>>,
    g: Dep<A<6>>,
    h: Dep<A<7>>,
    i: Dep<A<8>>,
) -> u64 {
    a.0 + b.0 + c.0 + d.0 + e.0 + f.0 + g.0 + h.0 + i.0
}

#[handler(step = r#match::ctx)]
async fn ctx() -> u64 {
    1
}

#[handler(step = r#match::bool)]
fn a_bool() -> u64 {
    1
}

#[handler(step = r#match::r#type)]
fn a_type(_begun: &Begun) -> u64 {
    1
}

#[handler(step = r#match::a_message)]
fn a_message() -> u64 {
    1
}

#[handler(step = r#match::returned)]
fn returned() -> Result<u64, String> {
    Ok(1)
}

macro_rules! borrowed {
    ($($step:ident $taken:ty;)*) => { $(
        #[handler(step = r#match::$step)]
        fn $step(begun: $taken) -> u64 {
            let _ = begun;
            1
        }
    )* };
}

borrowed! { s0 &Begun; s1 &Begun; s2 &Begun; s3 &Begun; s4 &Begun; s5 Option<&Begun>; }

#[handler(step = r#match::all)]
#[allow(clippy::too_many_arguments)]
async fn all(
    inputs: &u64,
    deps: &u64,
    ctx: &u64,
    bool: &u64,
    _type: &u64,
    a_message: &u64,
    returned: &u64,
    s0: &u64,
    s1: &u64,
    s2: &u64,
    s3: Option<&u64>,
    s4: &u64,
    s5: &u64,
) -> u64 {
    inputs + deps + ctx + bool + _type + a_message + returned + s0 + s1 + s2 + s3.unwrap_or(&0) + s4 + s5
}

struct A<const N: u64>(u64);

#[derive(Container)]
struct App {
    a0: Arc<A<0>>,
    a1: Arc<A<1>>,
    a2: Arc<A<2>>,
    a3: Arc<A<3>>,
    a4: Arc<A<4>>,
    a5: Arc<A<5>>,
    a6: Arc<A<6>>,
    a7: Arc<A<7>>,
    a8: Arc<A<8>>,
}

fn app() -> App {
    App {
        a0: Arc::new(A(1)),
        a1: Arc::new(A(1)),
        a2: Arc::new(A(1)),
        a3: Arc::new(A(1)),
        a4: Arc::new(A(1)),
        a5: Arc::new(A(1)),
        a6: Arc::new(A(1)),
        a7: Arc::new(A(1)),
        a8: Arc::new(A(1)),
    }
}

#[tokio::test]
async fn unusual_shapes_run() {
    let runtime = Runtime::builder(app()).mount::<Match>().build().unwrap();
    let report = runtime.run::<Match>(Begun, None).await.unwrap();
    assert_eq!(*report.output::<u64>("all").unwrap(), 21, "{report:#?}");
    runtime.publish(events::Placed { id: 1 }).await.unwrap();
    runtime.settled().await;
    assert_eq!(runtime.counters().handled, 1);
}
