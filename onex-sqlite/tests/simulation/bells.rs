//! Messages some of which end the program that handles them, a few times or again and again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use onex::engine::PublishError;
use onex::journal::CommitError;
use onex::message::Topic;
use onex::{Dep, Emit, Envelope, Event, Payload, effect, handler};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use uuid::Uuid;

use crate::disk::ProcessId;
use crate::life::Engine;
use crate::world::{Outside, Refused};

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct BellRung {
    pub number: u64,
}

#[effect(contract = "tests/contracts/bells.yaml")]
pub struct Bells;

#[handler(event = bells::BellRung)]
async fn bell_rung(rung: &BellRung, outside: Dep<Outside>) -> Result<Emit<bells::BellRung>, Refused> {
    outside.ring(rung.number).await?;
    Ok(Emit::nothing())
}

pub fn envelope_of(number: u64) -> Uuid {
    Uuid::from_u128((3 << 64) + u128::from(number))
}

/// A bell that is to be rung, and what it does to whoever rings it.
pub struct Bell {
    /// How many programs it ends, if it is rung as often.
    ends: u64,
    was_accepted: AtomicBool,
}

impl Bell {
    pub fn random(random: &mut fastrand::Rng) -> Self {
        let ends = if random.u8(..10) < 3 { random.u64(1..7) } else { 0 };
        Bell { ends, was_accepted: AtomicBool::new(false) }
    }

    pub fn was_accepted(&self) -> bool {
        self.was_accepted.load(Ordering::Relaxed)
    }

    /// Has it rung by this engine, unless the journal takes nothing any more.
    pub async fn send(&self, engine: Engine, number: u64) {
        loop {
            let topic = Topic::new("onex.evt.bells.bell-rung.v1");
            let payload = Payload::new(BellRung { number });
            match engine.deliver(Envelope::external(envelope_of(number), topic, payload)).await {
                Ok(()) => return self.was_accepted.store(true, Ordering::Relaxed),
                Err(PublishError::Journal(CommitError::Full { .. })) => {}
                Err(_) => return,
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// What the outside knows of bells.
#[derive(Default)]
pub struct Belfry {
    pub bells: Vec<Bell>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    calls: HashMap<u64, u64>,
    rung: BTreeSet<u64>,
    /// In each program, those that an earlier one has left, and whether each is to be alone.
    under_way: HashMap<ProcessId, BTreeMap<u64, bool>>,
}

impl Belfry {
    /// In every second seed there are bells.
    pub fn random(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(!seed);
        let count = if seed.is_multiple_of(2) { random.usize(1..6) } else { 0 };
        Belfry { bells: (0..count).map(|_| Bell::random(&mut random)).collect(), seen: Mutex::default() }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn has_rung(&self, number: u64) -> bool {
        self.seen().rung.contains(&number)
    }
}

impl Outside {
    async fn ring(&self, number: u64) -> Result<(), Refused> {
        self.unless_dead().await;
        let (belfry, process) = (&self.world.belfry, self.program.id);
        self.check_that_it_is_counted(number);
        let call = {
            let mut seen = belfry.seen();
            let calls = seen.calls.entry(number).or_default();
            std::mem::replace(calls, *calls + 1)
        };
        let mut random = fastrand::Rng::with_seed(number.wrapping_mul(31).wrapping_add(call));
        sleep(Duration::from_millis(random.u64(..200))).await;
        self.unless_dead().await;
        if belfry.bells.get(number as usize).is_some_and(|bell| call < bell.ends) {
            self.world.ledger.count("programs ended by a message", 1);
            self.program.kill();
            self.ended.notify_one();
            pending::<()>().await;
        }
        let mut seen = belfry.seen();
        if let Some(under_way) = seen.under_way.get_mut(&process) {
            under_way.remove(&number);
        }
        if random.u8(..4) == 0 {
            return Err(Refused::Busy);
        }
        seen.rung.insert(number);
        Ok(())
    }

    /// What an earlier program left is called after it was acknowledged that it is, as often as it may be and no more; and alone
    /// among these, if it is suspected.
    fn check_that_it_is_counted(&self, number: u64) {
        let (ledger, process) = (&self.world.ledger, self.program.id);
        let Some(calls) = ledger.counted(process, "node_bells_effect/bell_rung", envelope_of(number)) else {
            return;
        };
        ledger.count("counted calls", 1);
        ledger
            .claim((1..=self.crash_limit).contains(&calls), || format!("bell {number} is called as {calls}"));
        let is_alone = calls > 1 || self.crash_limit == 1;
        let mut seen = self.world.belfry.seen();
        let beside = seen.under_way.entry(process).or_default();
        let is_as_it_must =
            !beside.iter().any(|(other, other_is_alone)| *other != number && (is_alone || *other_is_alone));
        ledger.claim(is_as_it_must, || format!("bell {number} is called beside {beside:?}: {is_alone}"));
        ledger.count("called alone", u64::from(is_alone));
        beside.insert(number, is_alone);
    }
}
