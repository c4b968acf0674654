//! What a runtime says of its health, each part of it made ill on its own.

use std::sync::Arc;

use crate::support::*;
use onex::Runtime;
use onex::engine::HealthStatus::{Degraded, Healthy, Unhealthy};
use onex::engine::{CircuitPolicy, Component, Health, HealthStatus, Settings};
use onex::journal::Journal as _;
use onex::node::mount::Mount;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::sleep;

workflow!(chain {} [a Effect []; b Effect [0]]);
workflow!(saga { strategy: Strategy::Compensate, } [a Effect [] undo take_back; b Effect [0]]);

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

/// A runtime on a journal that others may have used before.
async fn next_on<N: Mount<World>>(world: &World, journal: &Arc<Recording>) -> Runtime<World, Arc<Recording>> {
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<N>();
    builder.build_on(Arc::clone(journal), "tests").await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_cannot_be_read_or_is_full_is_unhealthy() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = next_on::<chain::Node>(&world, &journal).await;
    journal.blind(true);
    assert_eq!(ill(&runtime.health().await), (Component::Journal, Unhealthy, "it cannot be read"));
    journal.blind(false);
    assert_eq!(runtime.health().await.status, Healthy);

    world.scripts.on("a", |_| async {
        sleep(ms(10)).await;
        Ok(1)
    });
    let run = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    journal.fill(true);
    sleep(ms(20)).await;
    let full = "it is full: commits wait until there is room";
    assert_eq!(ill(&runtime.health().await), (Component::Journal, Unhealthy, full));
    journal.blind(true);
    let both = "it cannot be read; it is full: commits wait until there is room";
    assert_eq!(ill(&runtime.health().await), (Component::Journal, Unhealthy, both));
    journal.blind(false);
    journal.fill(false);
    run.await.unwrap();
    assert_eq!(runtime.health().await.status, Healthy, "there is room, and the run went on");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_committed_holds_its_key_and_degrades() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = next_on::<keyed::Node>(&world, &journal).await;
    // It is accepted, and no run can begin of it.
    journal.die_after(1);
    runtime.publish(Ticket { id: "held".into() }).await.unwrap();
    breathe().await;
    let health = runtime.health().await;
    assert_eq!(health.status, Unhealthy, "the worst of two");
    assert_eq!(health.component(Component::Journal).status, Unhealthy);
    assert_eq!(health.component(Component::Mailboxes).status, Degraded);
    journal.revive();
    runtime.publish(Ticket { id: "other".into() }).await.unwrap();
    runtime.settled().await;
    let held = "1 held: what has their key is left to the next owner";
    assert_eq!(ill(&runtime.health().await), (Component::Mailboxes, Degraded, held));
    assert_eq!(next_on::<keyed::Node>(&world, &journal).await.health().await.status, Healthy);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_cannot_go_on_here_degrades() {
    let (world, journal) = (World::default(), Recording::new());
    hangs(&world, "a");
    let before = next_on::<chain::Node>(&world, &journal).await;
    drop(before.start::<chain::Node>(0_u64, None).await.unwrap());
    let runtime = next_on::<saga::Node>(&world, &journal).await;
    runtime.settled().await;
    let held = "1 of the journal cannot go on in this program";
    assert_eq!(ill(&runtime.health().await), (Component::Runs, Degraded, held));
}

#[tokio::test(start_paused = true)]
async fn a_parked_run_degrades_over_processes_until_a_person_lets_it_go_on() {
    let (world, journal) = (World::default(), Recording::new());
    hangs(&world, "a");
    let first = next_on::<chain::Node>(&world, &journal).await;
    let run = first.start::<chain::Node>(0_u64, None).await.unwrap().id();
    breathe().await;
    for _ in 0..2 {
        let next = next_on::<chain::Node>(&world, &journal).await;
        breathe().await;
        assert_eq!(next.health().await.status, Healthy, "it is tried again");
    }
    // This one parks it, and the next finds it parked.
    for process in ["parks it", "finds it"] {
        let runtime = next_on::<chain::Node>(&world, &journal).await;
        runtime.settled().await;
        let parked = (Component::Runs, Degraded, "1 parked until a person decides");
        assert_eq!(ill(&runtime.health().await), parked, "who {process}");
        assert_eq!(runtime.parked_runs(), [run]);
    }
    let runtime = next_on::<chain::Node>(&world, &journal).await;
    runtime.settled().await;
    let other = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    runtime.pause(other.id(), "Ann asked for it").await.unwrap();
    let both = "1 paused; 1 parked until a person decides";
    assert_eq!(ill(&runtime.health().await), (Component::Runs, Degraded, both));
    runtime.resume(other.id()).await.unwrap();

    let _fork = runtime.fork_from(run, "a").await.unwrap();
    assert_eq!(runtime.parked_runs(), [run], "a fork is another run");
    let _again = runtime.retry_from(run, "a").await.unwrap();
    assert_eq!((runtime.health().await.status, runtime.parked_runs()), (Healthy, vec![]));
}

#[tokio::test(start_paused = true)]
async fn no_word_of_a_handler_or_of_whoever_steers_is_in_health_or_load() {
    let world = World::default();
    for step in ["a", "b", "take_back"] {
        world.scripts.on(step, |_| async { Err(permanent("token=hunter2")) });
    }
    let policy = CircuitPolicy { failure_threshold: 1, ..CircuitPolicy::default() };
    let builder =
        Runtime::builder(world.clone()).settings(quick()).mount::<chain::Node>().mount::<saga::Node>();
    let runtime = builder.circuit_breaker("node_chain", policy).build().unwrap();
    run::<chain::Node>(&runtime).await;
    world.scripts.on("a", |_| async { Ok(1) });
    run::<saga::Node>(&runtime).await;
    hangs(&world, "a");
    let paused = runtime.start::<saga::Node>(0_u64, Some("hunter2".into())).await.unwrap();
    runtime.pause(paused.id(), "hunter2 was stolen").await.unwrap();

    let (health, load) = (runtime.health().await, runtime.load());
    let runs = "1 paused; 1 parked until a person decides";
    assert_eq!(health.component(Component::Runs).reason, runs);
    let told = [format!("{health:?} {load:?}"), json!([health, load]).to_string()];
    assert!(told.iter().all(|told| !told.contains("hunter2")), "{told:?}");
}
