//! Two nodes whose handlers do nothing, and the `match` that somebody would write instead of each.

use std::sync::Arc;

use onex::node::Emitted;
use onex::{Container, Ctx, Dep, Emit, Event, Provides, effect, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct Rang {
    pub line: u64,
}

#[derive(Event, Serialize, Deserialize)]
pub struct HungUp {
    pub line: u64,
}

#[derive(Event, Serialize, Deserialize)]
pub struct Muted {
    pub line: u64,
}

#[derive(Event, Serialize, Deserialize)]
pub struct Dialled {
    pub line: u64,
}

#[derive(Event, Serialize, Deserialize)]
pub struct Connected {
    pub line: u64,
}

#[derive(Event, Serialize, Deserialize)]
pub struct Spoke {
    pub line: u64,
}

#[derive(Event, Serialize, Deserialize)]
pub struct FellSilent {
    pub line: u64,
}

#[orchestrator(contract = "contracts/switchboard.yaml")]
pub struct Switchboard;

#[effect(contract = "contracts/recorder.yaml")]
pub struct Recorder;

#[derive(Container)]
pub struct Office {
    pub tape: Arc<Tape>,
}

impl Default for Office {
    fn default() -> Self {
        Office { tape: Arc::new(Tape) }
    }
}

pub struct Tape;

#[handler(event = switchboard::Rang)]
pub async fn rang(event: &Rang) -> Emit<switchboard::Rang> {
    std::hint::black_box(event);
    Emit::nothing()
}

#[handler(event = switchboard::HungUp)]
async fn hung_up(event: &HungUp) -> Emit<switchboard::HungUp> {
    std::hint::black_box(event);
    Emit::nothing()
}

#[handler(event = switchboard::Muted)]
async fn muted(event: &Muted) -> Emit<switchboard::Muted> {
    std::hint::black_box(event);
    Emit::nothing()
}

#[handler(event = switchboard::Dialled)]
async fn dialled(event: &Dialled) -> Emit<switchboard::Dialled> {
    Emit::event(Connected { line: event.line })
}

#[handler(event = recorder::Spoke)]
async fn spoke(event: &Spoke, tape: Dep<Tape>, ctx: Ctx) {
    std::hint::black_box((event, &tape, &ctx));
}

#[handler(event = recorder::FellSilent)]
async fn fell_silent(event: &FellSilent, tape: Dep<Tape>, ctx: Ctx) {
    std::hint::black_box((event, &tape, &ctx));
}

/// What a program without onex would send to its switchboard.
pub enum Call {
    Rang(Rang),
    HungUp(HungUp),
    Muted(Muted),
    Dialled(Dialled),
}

/// The switchboard's routing table as a `match`, with the same handlers.
///
/// Generic for one reason: it is compiled where it is called, as `onex::dispatch` is, and inlined as well as that.
pub async fn switch_by_hand<C>(call: Call, _container: &C) -> Emitted {
    match call {
        Call::Rang(event) => rang(&event).await.into_emitted(),
        Call::HungUp(event) => hung_up(&event).await.into_emitted(),
        Call::Muted(event) => muted(&event).await.into_emitted(),
        Call::Dialled(event) => dialled(&event).await.into_emitted(),
    }
}

/// What a program without onex would send to its recorder.
pub enum Sound {
    Spoke(Spoke),
    FellSilent(FellSilent),
}

/// The recorder's routing table as a `match`, with the same handlers.
pub async fn record_by_hand<C: Provides<Tape>>(sound: Sound, ctx: Ctx, container: &C) {
    match sound {
        Sound::Spoke(event) => spoke(&event, container.provide(), ctx).await,
        Sound::FellSilent(event) => fell_silent(&event, container.provide(), ctx).await,
    }
}
