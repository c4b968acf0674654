//! What a runtime says of its health, each part of it made ill on its own.

use std::sync::Arc;

use crate::support::*;
use onex::Runtime;
use onex::engine::HealthStatus::{Degraded, Healthy, Unhealthy};
use onex::engine::{CircuitPolicy, Component, Health, HealthStatus, Settings};
use onex::journal::Journal as _;
use serde_json::json;
use tokio::sync::Semaphore;

workflow!(chain {} [a Effect []; b Effect [0]]);

fn by_id(payload: &onex::Payload) -> Option<String> {
    payload.downcast_ref::<Ticket>().map(|ticket| ticket.id.clone())
}

workflow!(keyed entry(Ticket, "onex.evt.desk.ticket-opened.v1", NewRun, Some(crate::health::by_id)) {} [answer Effect [0]]);

/// The one component that is ill, how much, and why.
#[track_caller]
fn ill(health: &Health) -> (Component, HealthStatus, &str) {
    let mut ill = health.components.iter().filter(|of| of.status != Healthy);
    let (one, more) = (ill.next().expect("one is ill"), ill.next());
    assert_eq!((more, health.status), (None, one.status));
    assert_eq!(health.component(one.component), one);
    (one.component, one.status, &one.reason)
}

fn hangs(world: &World, step: &'static str) {
    world.scripts.on(step, |_| std::future::pending());
}

#[tokio::test(start_paused = true)]
async fn a_runtime_that_works_is_healthy_and_says_so_in_the_known_shape() {
    let (world, runtime) = on::<chain::Node>();
    hangs(&world, "a");
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    breathe().await;
    assert_eq!(
        serde_json::to_value(runtime.health().await).unwrap(),
        json!({
            "status": "healthy",
            "components": {
                "journal": "healthy", "mailboxes": "healthy", "circuits": "healthy",
                "subscriptions": "healthy", "runs": "healthy",
            },
            "reasons": {},
            "active_workflows": 1,
            "workflow_definition_loaded": true,
            "durability": "memory",
        })
    );
    drop(handle);
    let nothing = Runtime::builder(()).build().unwrap().health().await;
    assert_eq!((nothing.active_workflows, nothing.workflow_definition_loaded), (0, false));
}

#[tokio::test(start_paused = true)]
async fn a_paused_run_degrades_until_it_is_resumed() {
    let (world, runtime) = on::<chain::Node>();
    hangs(&world, "a");
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    runtime.pause(handle.id(), "Ann asked for it").await.unwrap();
    assert_eq!(ill(&runtime.health().await), (Component::Runs, Degraded, "1 paused"));
    runtime.resume(handle.id()).await.unwrap();
    assert_eq!(runtime.health().await.status, Healthy);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_for_its_turn_degrades() {
    let world = World::default();
    hangs(&world, "a");
    let settings = Settings { max_concurrent_runs: 1, ..quick() };
    let runtime = Runtime::builder(world.clone()).settings(settings).mount::<chain::Node>().build().unwrap();
    let _first = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    let second = runtime.clone();
    tokio::spawn(async move { second.start::<chain::Node>(0_u64, None).await.map(drop) });
    breathe().await;
    assert_eq!(ill(&runtime.health().await), (Component::Runs, Degraded, "full: 1 wait for their turn"));
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_degrades_and_is_named() {
    let world = World::default();
    world.scripts.on("a", |_| async { Err(fail("busy")) });
    let policy = CircuitPolicy { failure_threshold: 1, ..CircuitPolicy::default() };
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<chain::Node>();
    let runtime = builder.circuit_breaker("node_chain", policy).build().unwrap();
    run::<chain::Node>(&runtime).await;
    assert_eq!(ill(&runtime.health().await), (Component::Circuits, Degraded, "not closed: node_chain"));
}

#[tokio::test(start_paused = true)]
async fn intake_and_mailboxes_that_are_full_degrade() {
    let world = World::default();
    *world.desk.gate.lock().unwrap() = Some(Arc::new(Semaphore::new(0)));
    let settings = Settings { max_in_flight: 1, ..quick() };
    let runtime = Runtime::builder(world.clone()).settings(settings).mount::<Books>().build().unwrap();
    runtime.deliver(json(AUDIT, 1, r#"{"line":"one"}"#)).await.unwrap();
    breathe().await;
    let full = "full: 1 envelopes from outside are worked on";
    assert_eq!(ill(&runtime.health().await), (Component::Subscriptions, Degraded, full));
    world.desk.gate.lock().unwrap().as_ref().unwrap().add_permits(9);
    runtime.settled().await;
    assert_eq!(runtime.health().await.status, Healthy);

    let world = World::default();
    hangs(&world, "answer");
    let settings = Settings { mailbox_capacity: 1, max_concurrent_runs: 1, ..quick() };
    let runtime = Runtime::builder(world).settings(settings).mount::<keyed::Node>().build().unwrap();
    for _ in 0..3 {
        runtime.publish(Ticket { id: "t".into() }).await.unwrap();
        breathe().await;
    }
    let health = runtime.health().await;
    assert_eq!(health.component(Component::Mailboxes).status, Degraded);
    assert_eq!(health.component(Component::Mailboxes).reason, "1 full");
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_fails_or_is_another_s_is_unhealthy() {
    let (world, journal) = (World::default(), Recording::new());
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<chain::Node>();
    let runtime = builder.build_on(Arc::clone(&journal), "one").await.unwrap();
    journal.die_after(0);
    runtime.start::<chain::Node>(0_u64, None).await.unwrap_err();
    let failed = (Component::Journal, Unhealthy, "it refused the last commit: its storage failed");
    assert_eq!(ill(&runtime.health().await), failed);
    journal.revive();
    run_on(&runtime).await;
    assert_eq!(runtime.health().await.status, Healthy, "what it does now counts");

    journal.acquire("two").await.unwrap();
    runtime.start::<chain::Node>(0_u64, None).await.unwrap_err();
    assert_eq!(ill(&runtime.health().await), (Component::Journal, Unhealthy, "another owner has it now"));
}

async fn run_on(runtime: &Runtime<World, Arc<Recording>>) {
    runtime.run::<chain::Node>(0_u64, None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_runtime_that_is_shut_down_is_unhealthy() {
    let (_, runtime) = on::<chain::Node>();
    runtime.shutdown(ms(1)).await;
    let health = runtime.health().await;
    assert_eq!((health.status, health.component(Component::Subscriptions).status), (Unhealthy, Unhealthy));
}
