//! What the orders of the simulation do outside, and what the outside has seen: it outlives every program, and no disk of ours fails
//! for it.

use std::collections::HashMap;
use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use onex::node::FaultClass;
use onex::run::Fact;
use onex::{Classify, Container, Ctx, Dep, Event, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::sleep;
use uuid::Uuid;

use crate::bells::Belfry;
use crate::ledger::Ledger;
use crate::program::Program;

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order_id: String,
    pub cents: u64,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct OrderPaid {
    pub order_id: String,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct OrderShipped {
    pub order_id: String,
}

#[orchestrator(contract = "tests/contracts/orders.yaml")]
pub struct Orders;

#[handler(step = orders::price)]
fn price(placed: &OrderPlaced) -> u64 {
    placed.cents + 1
}

#[handler(step = orders::reserve)]
async fn reserve(placed: &OrderPlaced, outside: Dep<Outside>, ctx: Ctx) -> Result<String, Refused> {
    outside.act(ctx).await?;
    Ok(format!("{} {}", placed.order_id, "reserved ".repeat(placed.cents as usize % 50)))
}

#[handler(compensation = orders::release)]
async fn release(outside: Dep<Outside>, ctx: Ctx) -> Result<(), Refused> {
    outside.act(ctx).await
}

#[handler(step = orders::charge)]
async fn charge(price: &u64, outside: Dep<Outside>, ctx: Ctx) -> Result<u64, Refused> {
    outside.act(ctx).await?;
    Ok(*price)
}

#[handler(compensation = orders::refund)]
async fn refund(outside: Dep<Outside>, ctx: Ctx) -> Result<(), Refused> {
    outside.act(ctx).await
}

#[handler(step = orders::ship)]
async fn ship(paid: &OrderPaid, outside: Dep<Outside>, ctx: Ctx) -> Result<OrderShipped, Refused> {
    outside.act(ctx).await?;
    Ok(OrderShipped { order_id: paid.order_id.clone() })
}

#[handler(compensation = orders::recall)]
async fn recall(outside: Dep<Outside>, ctx: Ctx) -> Result<(), Refused> {
    outside.act(ctx).await
}

#[handler(step = orders::receipt)]
fn receipt(ship: &OrderShipped) -> OrderShipped {
    ship.clone()
}

/// What the outside says in place of doing what it is asked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Refused {
    Busy,
    Impossible,
    Declined,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Classify for Refused {
    fn class(&self) -> FaultClass {
        match self {
            Refused::Busy => FaultClass::Retryable,
            Refused::Impossible => FaultClass::Permanent,
            Refused::Declined => FaultClass::Refused,
        }
    }
}

#[derive(Container)]
pub struct App {
    pub outside: Arc<Outside>,
}

/// The outside, as far as one program reaches it.
pub struct Outside {
    pub world: Arc<World>,
    pub program: Arc<Program>,
    pub crash_limit: u32,
    /// Told when the program has ended.
    pub ended: Arc<Notify>,
}

pub struct World {
    seed: u64,
    pub ledger: Arc<Ledger>,
    pub belfry: Belfry,
    /// How often each key was asked for, and how often that took place.
    seen: Mutex<HashMap<Uuid, (u64, u64)>>,
}

/// What one call does.
enum Act {
    Succeeds,
    Fails(Refused),
    /// It takes place, and nobody is told.
    Panics,
    Hangs,
}

impl World {
    pub fn new(seed: u64, ledger: &Arc<Ledger>, belfry: Belfry) -> Arc<Self> {
        Arc::new(World { seed, ledger: Arc::clone(ledger), belfry, seen: Mutex::default() })
    }

    fn with<T>(&self, key: Uuid, look: impl FnOnce(&mut (u64, u64)) -> T) -> T {
        look(self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
    }

    pub fn took_place(&self, key: Uuid) -> bool {
        self.with(key, |(_, took_place)| *took_place > 0)
    }

    pub fn calls(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).values().map(|(calls, _)| calls).sum()
    }

    /// How long a call takes, and what it comes to: the same for the same call.
    fn act(&self, key: Uuid, call: u64, compensates: bool) -> (u64, Act) {
        let (high, low) = key.as_u64_pair();
        let seed = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ high ^ low.rotate_left(17);
        let mut random = fastrand::Rng::with_seed(seed.wrapping_add(call));
        let takes_ms = if random.u8(..10) == 0 { random.u64(..1500) } else { random.u64(..60) };
        let act = match random.u8(..100) {
            0..70 => Act::Succeeds,
            70..84 => Act::Fails(Refused::Busy),
            // Who cannot be undone waits for a person: seldom, or nothing else would be seen.
            86..92 if compensates => Act::Succeeds,
            84..90 => Act::Fails(Refused::Impossible),
            90..92 => Act::Fails(Refused::Declined),
            92..95 => Act::Panics,
            _ => Act::Hangs,
        };
        (takes_ms, act)
    }
}

impl Outside {
    /// Nothing that a dead program does reaches anybody.
    pub async fn unless_dead(&self) {
        if !self.program.is_alive() {
            pending::<()>().await;
        }
    }

    pub async fn act(&self, ctx: Ctx) -> Result<(), Refused> {
        self.unless_dead().await;
        self.check_that_it_may_begin(&ctx);
        let (key, at) = (ctx.idempotency_key(), ctx.step.expect("a step's handler is told its step"));
        let call = self.world.with(key, |(calls, _)| std::mem::replace(calls, *calls + 1));
        let (takes_ms, act) = self.world.act(key, call, at.compensating);
        sleep(Duration::from_millis(takes_ms)).await;
        self.unless_dead().await;
        if !matches!(act, Act::Fails(_)) {
            self.world.with(key, |(_, took_place)| *took_place += 1);
        }
        match act {
            Act::Succeeds => Ok(()),
            Act::Fails(refused) => Err(refused),
            Act::Panics => panic!("simulated"),
            Act::Hangs => pending().await,
        }
    }

    /// It is scheduled, and that was acknowledged; its outcome is not recorded; and its key is its own.
    fn check_that_it_may_begin(&self, ctx: &Ctx) {
        let at = ctx.step.expect("a step's handler is told its step");
        let key = onex::message::action_id(at.run, at.step, at.compensating, 0);
        let ledger = &self.world.ledger;
        ledger.claim(ctx.idempotency_key() == key, || format!("another key for {at:?}"));
        ledger.run(at.run, |recorded| {
            let Some((recorded, step)) =
                recorded.and_then(|recorded| Some((recorded, recorded.step(at.step)?)))
            else {
                return ledger.claim(false, || format!("begun before its run is in the file: {ctx:?}"));
            };
            let attempt = ctx.attempt;
            let (scheduled, recorded_before) = if at.compensating {
                (Fact::CompensationScheduled { step, attempt }, Fact::CompensationCompleted { step, attempt })
            } else {
                (Fact::StepScheduled { step, attempt }, Fact::StepCompleted { step, attempt })
            };
            let is = |fact: &Fact| std::mem::discriminant(fact) == std::mem::discriminant(&recorded_before);
            let is_done = |fact: &Fact| {
                (is(fact) && fact.step() == Some(step))
                    || (!at.compensating && fact.completes() == Some(step))
            };
            let done = recorded.on_its_plan().iter().any(is_done);
            ledger.claim(!done, || format!("done again although it is recorded: {ctx:?}"));
            let is_scheduled = recorded.on_its_plan().contains(&scheduled);
            ledger.claim(is_scheduled, || format!("begun before its schedule is in the file: {ctx:?}"));
        });
    }
}
