//! Leases, epochs and actions: who may say what becomes of a run, and what a run asks nodes for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use onex::engine::{Action, ActionType, Disclose, LostCause};
use onex::journal::{Append, Commit, CommitError, Journal, Lease};
use onex::message::{RunId, action_id};
use onex::node::Node as _;
use onex::node::mount::Mount;
use onex::run::{Fact, RunState, StepId, StepState};
use onex::{RunReport, Runtime};
use serde::Deserialize;
use tokio::time::sleep;
use uuid::Uuid;

type Watched = Runtime<World, Arc<Recording>>;

async fn on<N: Mount<World>>(world: &World, journal: &Arc<Recording>, owner: &str) -> Watched {
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<N>();
    builder.build_on(Arc::clone(journal), owner).await.unwrap()
}

fn takes(world: &World, step: &'static str, time: Duration, returns: u64) {
    world.scripts.on(step, move |_| async move {
        sleep(time).await;
        Ok(returns)
    });
}

/// One update of a run by whoever has this lease, who believes the run to be at this position.
async fn update(
    journal: &Recording,
    lease: &Lease,
    (run, expected_seq): (RunId, u64),
    fact: Fact,
) -> Result<u64, CommitError> {
    let facts = &[fact];
    let append = Append { run, expected_seq, facts, details: &[], active_ms: 0, ended_unix_ms: None };
    let commit = Commit { append: Some(append), ..Commit::default() };
    journal.commit(lease, commit).await.map(|committed| committed.seq)
}

async fn facts_of(journal: &Recording, run: RunId) -> Vec<Fact> {
    journal.run(run).await.unwrap().unwrap().facts
}

fn of<'a>(actions: &'a [Action], step: &str) -> &'a Action {
    let mut found = actions.iter().filter(|action| action.payload.step_id == step);
    found.find(|action| !action.payload.compensating).unwrap()
}

workflow!(gated {} [act Effect []; follow Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r05_single_writer_only_the_lease_that_owns_a_run_updates_it() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on::<gated::Node>(&world, &journal, "the owner").await;
    takes(&world, "act", ms(100), 7);
    let handle = runtime.start::<gated::Node>(0_u64, None).await.unwrap();
    let id = handle.id();
    sleep(ms(50)).await;

    let before = facts_of(&journal, id).await;
    let at = (id, before.len() as u64);
    // The position is right and so is the epoch: the lease is another's.
    let other = Lease { lease_id: Uuid::from_u128(1), owner: "another".into(), ..runtime.lease().clone() };
    let refused = update(&journal, &other, at, Fact::RunPaused).await.unwrap_err();
    let CommitError::Fenced { held_by, epoch, your_epoch } = &refused else { panic!("{refused}") };
    assert_eq!((&**held_by, *epoch, *your_epoch), ("the owner", 1, 1));
    assert!(refused.to_string().contains("`the owner`"), "{refused}");
    // Nor does an epoch help that is made up.
    let boasting = Lease { epoch: 99, ..other };
    let refused = update(&journal, &boasting, at, Fact::RunPaused).await.unwrap_err();
    assert!(matches!(refused, CommitError::Fenced { epoch: 1, your_epoch: 99, .. }), "{refused}");
    assert_eq!(facts_of(&journal, id).await, before);

    // The owner's updates are accepted as if nothing had been.
    assert_eq!(handle.await.unwrap().state, RunState::Completed);
    assert!(facts_of(&journal, id).await.len() > before.len());
}

#[tokio::test]
async fn r05_the_epoch_rises_with_each_acquisition_and_with_nothing_else() {
    let (world, journal) = (World::default(), Recording::new());
    assert_eq!(journal.owner().await.unwrap(), None);
    for epoch in 1..=3 {
        let runtime = on::<gated::Node>(&world, &journal, &format!("owner {epoch}")).await;
        for _ in 0..5 {
            let report = runtime.run::<gated::Node>(0_u64, None).await.unwrap();
            let epochs: HashSet<u64> = report.actions().iter().map(|action| action.epoch).collect();
            assert_eq!((report.lease.epoch, epochs), (epoch, HashSet::from([epoch])));
        }
        // Nor with an update that is refused.
        let nobody = Lease { lease_id: Uuid::nil(), epoch: epoch + 1, owner: "nobody".into() };
        assert!(journal.commit(&nobody, Commit::default()).await.is_err());
        assert_eq!(journal.owner().await.unwrap().as_ref(), Some(runtime.lease()));
        assert_eq!((runtime.lease().epoch, &*runtime.lease().owner), (epoch, &*format!("owner {epoch}")));
    }
}

#[tokio::test(start_paused = true)]
async fn r06_a_lost_update_is_refused_also_under_the_right_lease() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on::<gated::Node>(&world, &journal, "the owner").await;
    takes(&world, "act", ms(100), 7);
    let handle = runtime.start::<gated::Node>(0_u64, None).await.unwrap();
    let id = handle.id();
    sleep(ms(50)).await;
    // The driver and this test have read the same position, and both have the lease. The first to write wins.
    let before = facts_of(&journal, id).await;
    let read = (id, before.len() as u64);
    update(&journal, runtime.lease(), read, Fact::RunPaused).await.unwrap();
    let lost = handle.await.unwrap_err();
    let LostCause::Journal(CommitError::WrongSeq { run, expected, actual }) = &lost.cause else {
        panic!("{lost}")
    };
    assert_eq!((*run, *expected, *actual), (id, read.1, read.1 + 1));
    assert_eq!(facts_of(&journal, id).await, [before, vec![Fact::RunPaused]].concat());
    // It concerns that run alone: the lease is still the owner's.
    assert_eq!(runtime.run::<gated::Node>(0_u64, None).await.unwrap().state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r06_the_lease_of_a_run_tells_which_engine_owns_it() {
    let (world, journal) = (World::default(), Recording::new());
    let first = on::<gated::Node>(&world, &journal, "first").await;
    takes(&world, "act", ms(100), 7);
    let id = first.start::<gated::Node>(0_u64, None).await.unwrap().id();
    let owned_by = |runtime: &Watched| {
        let (runtime, lease) = (runtime.clone(), runtime.lease().clone());
        async move {
            let report = runtime.status(id).await.unwrap().unwrap();
            let actions = runtime.actions(id).await.unwrap().unwrap();
            assert_eq!(actions.len(), 2);
            assert!(actions.iter().all(|action| action.lease_id == report.lease.lease_id));
            assert!(actions.iter().all(|action| action.epoch == report.lease.epoch));
            (report.lease.owner.to_string(), report.lease == lease)
        }
    };
    assert_eq!(owned_by(&first).await, ("first".to_owned(), true));
    let second = on::<gated::Node>(&world, &journal, "second").await;
    assert_eq!(owned_by(&second).await, ("second".to_owned(), true));
    assert_eq!(owned_by(&first).await, ("second".to_owned(), false), "who lost it says so, too");
    second.settled().await;
    let report = second.status(id).await.unwrap().unwrap();
    assert_eq!(report.state, RunState::Completed);
    assert_eq!(serde_json::to_value(&report).unwrap()["lease"]["owner"], "second");
}

/// The first engine sleeps in its effect while a second one takes the journal over; then it wakes with a result. Once after
/// the second one has ended the run, and once while that is still at the same effect.
#[tokio::test(start_paused = true)]
async fn r05_an_owner_that_slept_beyond_its_lease_commits_nothing() {
    for redone_in in [10, 200] {
        let journal = Recording::new();
        let (sleeper, successor) = (World::default(), World::default());
        let first = on::<gated::Node>(&sleeper, &journal, "first").await;
        let mut told_by_first = first.reports();
        takes(&sleeper, "act", ms(100), 1);
        takes(&successor, "act", ms(redone_in), 2);
        let handle = first.start::<gated::Node>(0_u64, None).await.unwrap();
        let id = handle.id();
        sleep(ms(50)).await;
        let second = on::<gated::Node>(&successor, &journal, "second").await;

        let lost = handle.await.unwrap_err();
        let LostCause::Journal(CommitError::Fenced { held_by, epoch: 2, your_epoch: 1 }) = &lost.cause else {
            panic!("{lost}")
        };
        assert_eq!(&**held_by, "second");
        let asleep = &sleeper.scripts.calls_of("act")[0];
        assert!(asleep.ended.is_some(), "its effect did come to its end");
        second.settled().await;
        first.settled().await;

        // The new owner has done it again, under the same key, and its result alone is recorded.
        let redone = successor.scripts.calls_of("act");
        assert_eq!(redone.iter().map(|call| call.key).collect::<Vec<_>>(), [action_id(id, "act", false, 0)]);
        assert_eq!(asleep.key, redone[0].key);
        let report = second.status(id).await.unwrap().unwrap();
        assert_eq!((report.state, *report.output::<u64>("act").unwrap()), (RunState::Completed, 2));
        let facts = facts_of(&journal, id).await;
        let completed = |step| Fact::StepCompleted { step: StepId(step), attempt: 1 };
        for fact in [completed(0), completed(1), Fact::AttemptCrashed { step: StepId(0), attempt: 1 }] {
            assert_eq!(facts.iter().filter(|other| **other == fact).count(), 1, "{fact:?} in {facts:?}");
        }
        // And the sleeper went no further, and told nobody of an end.
        assert_eq!(sleeper.scripts.order(), ["act"]);
        assert_eq!(successor.scripts.order(), ["act", "follow"]);
        assert!(told_by_first.try_recv().is_none());
        assert_eq!(first.counters().runs_completed, 0);
    }
}

workflow!(woven { mode: Mode::Parallel, } [
    join Effect [1, 2] { priority: 7, timeout_ms: 1234, retry_count: Some(3) };
    fetch Effect []; check Compute [1]; total Reducer [0]
]);

#[tokio::test]
async fn an_action_names_a_concrete_node_and_one_of_its_steps() {
    let (_, runtime) = crate::support::on::<woven::Node>();
    let report = run::<woven::Node>(&runtime).await;
    let actions = report.actions();
    let table = woven::Node::TABLE;
    assert!(actions.iter().all(|action| action.target_node == table.name));
    let named: HashSet<&str> = actions.iter().map(|action| &*action.payload.step_id).collect();
    assert_eq!(named, table.workflow.unwrap().steps.iter().map(|step| step.id).collect::<HashSet<_>>());
    assert_eq!(named.len(), actions.len(), "each names another");
    let types: HashMap<&str, ActionType> =
        actions.iter().map(|action| (&*action.payload.step_id, action.action_type)).collect();
    assert_eq!(
        types,
        HashMap::from([
            ("join", ActionType::Effect),
            ("fetch", ActionType::Effect),
            ("check", ActionType::Compute),
            ("total", ActionType::Reduce),
        ])
    );
    let join = of(&actions, "join");
    assert_eq!((join.priority, join.timeout_ms, join.retry_count), (7, 1234, 3));
    assert_eq!(join.created_unix_ms, report.started_unix_ms);
}

workflow!(started entry(Ticket, "onex.evt.tickets.ticket.v1", Reject, None) {} [
    late Effect [2]; early Effect [0]
]);

#[tokio::test]
async fn dependencies_are_ids_of_actions_of_the_run_that_come_before() {
    let (world, runtime) = crate::support::on::<woven::Node>();
    let report = run::<woven::Node>(&runtime).await;
    let actions = report.actions();
    let order: Vec<&str> = actions.iter().map(|action| &*action.payload.step_id).collect();
    assert_eq!(order, ["fetch", "check", "join", "total"], "`join` is declared before what it depends on");
    let id = |step| action_id(report.run, step, false, 0);
    let dependencies: Vec<Vec<Uuid>> = actions.iter().map(|action| action.dependencies.clone()).collect();
    assert_eq!(dependencies, [vec![], vec![id("fetch")], vec![id("fetch"), id("check")], vec![id("join")]]);
    for (index, action) in actions.iter().enumerate() {
        let earlier: HashSet<Uuid> = actions[..index].iter().map(|action| action.action_id).collect();
        assert!(action.dependencies.iter().all(|id| earlier.contains(id)), "{action:?}");
    }
    assert_eq!(world.scripts.order(), order, "and they were done in that order");

    // What started the run is nobody's work: it is no action, and none depends on it.
    let (_, runtime) = crate::support::on::<started::Node>();
    let mut reports = runtime.reports();
    runtime.publish(Ticket { id: "t".into() }).await.unwrap();
    runtime.settled().await;
    let report = reports.try_recv().unwrap();
    let actions = report.actions();
    let dependencies: Vec<_> =
        actions.iter().map(|action| (&*action.payload.step_id, action.dependencies.clone())).collect();
    let early = action_id(report.run, "early", false, 0);
    assert_eq!(dependencies, [("early", vec![]), ("late", vec![early])]);
    assert_eq!(actions[0].payload.input::<Ticket>("Ticket").unwrap().unwrap().id, "t");
}

#[tokio::test(start_paused = true)]
async fn r09_an_action_keeps_its_id_while_its_revision_rises() {
    let (world, journal) = (World::default(), Recording::new());
    workflow!(retried {} [shaky Effect [] { retry_count: Some(2) }; last Effect [0]]);
    let first = on::<retried::Node>(&world, &journal, "first").await;
    world.scripts.on("shaky", |ctx| async move {
        if ctx.attempt == 1 {
            return Err(fail("not yet"));
        }
        sleep(ms(1000)).await;
        Ok(1)
    });
    let id = first.start::<retried::Node>(0_u64, None).await.unwrap().id();
    let seen = |runtime: &Watched| {
        let runtime = runtime.clone();
        async move {
            let actions = runtime.actions(id).await.unwrap().unwrap();
            let [shaky, last] = &*actions else { panic!("{actions:?}") };
            assert_eq!(shaky.action_id, action_id(id, "shaky", false, 0));
            assert_eq!(last.action_id, action_id(id, "last", false, 0));
            [shaky, last].map(|action| (action.state, action.attempts, action.revision))
        }
    };
    let untouched = (StepState::Waiting, 0, 0);
    breathe().await;
    // Dispatched, failed.
    assert_eq!(seen(&first).await, [(StepState::RetryWaiting, 1, 2), untouched]);
    sleep(ms(500)).await;
    // Due, and dispatched again.
    assert_eq!(seen(&first).await, [(StepState::Scheduled, 2, 4), untouched]);
    let second = on::<retried::Node>(&world, &journal, "second").await;
    breathe().await;
    // Its process ended, as far as anybody can tell; the same attempt is made again.
    assert_eq!(seen(&second).await, [(StepState::Scheduled, 2, 5), untouched]);
    second.settled().await;
    let done = (StepState::Completed, 1, 2);
    assert_eq!(seen(&second).await, [(StepState::Completed, 2, 6), done]);
    let keys: HashSet<Uuid> = world.scripts.calls_of("shaky").iter().map(|call| call.key).collect();
    assert_eq!(keys, HashSet::from([action_id(id, "shaky", false, 0)]));
}

workflow!(saga { strategy: Strategy::Compensate, max_retries: 1, } [
    a Effect [] undo take_back { timeout_ms: 777 }; b Effect [0]
]);

#[tokio::test(start_paused = true)]
async fn r19_what_undoes_a_step_is_an_action_of_its_own() {
    let (world, runtime) = crate::support::on::<saga::Node>();
    takes(&world, "a", ms(5), 41);
    world.scripts.on("b", |_| async { Err(permanent("no")) });
    world
        .scripts
        .on("take_back", |ctx| async move { if ctx.attempt == 1 { Err(fail("busy")) } else { Ok(0) } });
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    let id = handle.id();
    assert_eq!(runtime.actions(id).await.unwrap().unwrap().len(), 2, "nothing is to be undone yet");
    sleep(ms(20)).await;
    let undo = |actions: Vec<Action>| actions.into_iter().find(|action| action.payload.compensating).unwrap();
    let waiting = undo(runtime.actions(id).await.unwrap().unwrap());
    assert_eq!((waiting.state, waiting.attempts, waiting.revision), (StepState::RetryWaiting, 1, 2));
    let report = handle.await.unwrap();
    assert_eq!(report.state, RunState::Failed);
    let done = undo(report.actions());
    assert_eq!((done.state, done.attempts, done.revision), (StepState::Completed, 2, 4));
    assert_eq!(done.action_id, action_id(id, "a", true, 0));
    assert_eq!(done.dependencies, [action_id(id, "a", false, 0)]);
    assert_eq!((done.timeout_ms, done.retry_count), (777, 1), "as its workflow says of what undoes");
    assert_eq!(of(&report.actions(), "a").retry_count, 0, "which is not said of the step");
    assert_eq!(*done.payload.input::<u64>("a").unwrap().unwrap(), 41, "it is given what it undoes");
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    fetch: u64,
    check: u64,
}

#[tokio::test]
async fn a_payload_is_typed_and_is_told_only_if_it_is_asked_for() {
    let (world, runtime) = crate::support::on::<woven::Node>();
    takes(&world, "fetch", ms(0), 4_711);
    let report = run::<woven::Node>(&runtime).await;
    let stored = runtime.actions(report.run).await.unwrap().unwrap();
    for actions in [report.actions(), stored] {
        let join = of(&actions, "join");
        assert_eq!(join.payload.steps().collect::<Vec<_>>(), ["check", "fetch"]);
        assert_eq!(*join.payload.input::<u64>("fetch").unwrap().unwrap(), 4_711);
        assert_eq!(join.payload.get::<Given>().unwrap(), Given { fetch: 4_711, check: 1 });
        let other = join.payload.input::<String>("fetch").unwrap_err();
        assert!(other.to_string().contains("String"), "{other}");
        assert!(join.payload.get::<HashMap<String, bool>>().is_err());
        assert_eq!(join.payload.input::<u64>("total").unwrap(), None, "it is not given what comes after");
        assert_eq!(*of(&actions, "fetch").payload.input::<u64>("input").unwrap().unwrap(), 0);
        let told = serde_json::to_string(&actions).unwrap();
        assert!(!told.contains("4711") && !told.contains("inputs"), "{told}");
    }
    let kept = &report.to_output(Disclose::default()).actions_emitted;
    assert!(kept.iter().all(|action| action.payload.steps().count() == 0), "{kept:?}");
}

#[tokio::test]
async fn an_action_reads_back_as_it_was_written() {
    let (_, runtime) = crate::support::on::<woven::Node>();
    let report = run::<woven::Node>(&runtime).await;
    for outputs in [true, false] {
        let disclose = Disclose { outputs, ..Disclose::default() };
        for action in &report.to_output(disclose).actions_emitted {
            let written = serde_json::to_string(action).unwrap();
            let read: Action = serde_json::from_str(&written).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), written);
            assert_eq!(read.payload.steps().collect::<Vec<_>>(), action.payload.steps().collect::<Vec<_>>());
            assert_eq!(read.payload.steps().count() > 0, outputs);
            let value = serde_json::to_value(action).unwrap();
            assert_eq!(serde_json::from_value::<Action>(value.clone()).unwrap().action_id, action.action_id);
            for unknown in ["/leese_id", "/payload/inputz"] {
                let (place, field) = unknown.rsplit_once('/').unwrap();
                let mut value = value.clone();
                value.pointer_mut(place).unwrap()[field] = 1.into();
                let refused = serde_json::from_value::<Action>(value).unwrap_err();
                assert!(refused.to_string().contains(field), "{refused}");
            }
        }
    }
    let told = serde_json::to_string(&of(&report.to_output(ALL).actions_emitted, "join")).unwrap();
    let read: Action = serde_json::from_str(&told).unwrap();
    assert_eq!(read.payload.get::<Given>().unwrap(), Given { fetch: 1, check: 1 });
}

const ALL: Disclose = Disclose { outputs: true, messages: true, actions: true };

/// What the specification asserts of each action that is emitted.
#[tokio::test]
async fn every_emitted_action_has_an_id_a_type_a_target_a_payload_a_lease_and_an_epoch() {
    let (_, runtime) = crate::support::on::<woven::Node>();
    let report: RunReport = run::<woven::Node>(&runtime).await;
    let output = serde_json::to_value(report.to_output(ALL)).unwrap();
    let emitted = output["actions_emitted"].as_array().unwrap();
    assert_eq!(emitted.len(), 4);
    let mut ids = HashSet::new();
    for action in emitted {
        let id = |field: &str| action[field].as_str().unwrap().parse::<Uuid>().unwrap();
        assert!(ids.insert(id("action_id")));
        assert!(["compute", "effect", "reduce"].contains(&action["action_type"].as_str().unwrap()));
        assert_eq!(action["target_node"], "node_woven");
        assert!(action["payload"]["inputs"].is_object());
        assert_eq!(id("lease_id"), runtime.lease().lease_id);
        assert!(!id("lease_id").is_nil());
        assert!(action["epoch"].as_u64().unwrap() >= 1);
    }
}
