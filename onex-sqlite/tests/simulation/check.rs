//! What must hold when everything is done.

use std::sync::Arc;

use onex::journal::{DeadLetter, DeadLetterCause, Journal as _};
use onex::message::{RunId, action_id};
use onex::run::{Fact, RunState, StepId, StepState};
use onex_sqlite::{Inspect, Sqlite};
use uuid::Uuid;

use crate::bells::envelope_of;
use crate::ledger::{Ledger, Recorded};
use crate::life::{Order, Scene, copy_out};
use crate::support::Folder;

pub fn at_the_end(scene: &Scene, folder: &Folder) {
    let ledger = &scene.ledger;
    let copies = folder.path("copy");
    std::fs::create_dir_all(&copies).expect("a test's folder can be written");
    copy_out(scene, &copies);
    let path = copies.join("orders.db");
    let look = Inspect::open(&path).expect("a journal is readable");
    let damage = look.damage(3).expect("a journal is readable");
    ledger.claim(damage.is_empty(), || format!("damaged: {damage:?}"));
    drop(look);

    let state = ledger.settled();
    ledger.claim(state.is_quiet(), || format!("something is left: {state:#?}"));
    for (id, run) in &state.runs {
        check_run(scene, *id, run);
    }
    let tokio = tokio::runtime::Builder::new_current_thread().build().expect("it needs nothing");
    tokio.block_on(async {
        let journal = Sqlite::open(&path).expect("nothing is missing");
        ledger.check(&journal).await;
        check_events(scene, &journal).await;
        check_starts(scene, &journal).await;
        check_bells(scene, &journal).await;
    });
}

/// How often a message was given up, since so many processes have ended while it was called.
fn given_up(scene: &Scene, letters: &[Arc<DeadLetter>], envelope: Uuid) -> usize {
    let of_it = letters.iter().filter(|letter| letter.envelope.envelope_id == envelope);
    let calls = of_it.filter_map(|letter| match letter.cause {
        DeadLetterCause::EndedProcess { calls, .. } => Some(calls),
        _ => None,
    });
    let given_up = calls.inspect(|calls| {
        scene
            .ledger
            .claim(*calls == scene.crash_limit, || format!("{envelope} is given up after {calls} calls"));
    });
    let given_up = given_up.count();
    scene.ledger.count("given up", given_up as u64);
    given_up
}

/// Each bell has rung, or was given up.
async fn check_bells(scene: &Scene, journal: &Sqlite) {
    let letters = journal.dead_letters().await.expect("a journal is readable");
    let belfry = &scene.world.belfry;
    for number in 0..belfry.bells.len() as u64 {
        let (has_rung, id) = (belfry.has_rung(number), envelope_of(number));
        let given_up = given_up(scene, &letters, id);
        let failed = letters.iter().filter(|letter| letter.envelope.envelope_id == id).count() - given_up;
        scene.ledger.claim(given_up + failed <= 1 && (has_rung || given_up + failed == 1), || {
            format!("bell {number}: rung {has_rung}, {given_up} given up, {failed} failed")
        });
    }
}

/// Each order is a run, or was given up.
async fn check_starts(scene: &Scene, journal: &Sqlite) {
    let letters = journal.dead_letters().await.expect("a journal is readable");
    let state = scene.ledger.settled();
    for (number, order) in scene.orders.iter().enumerate() {
        let runs = state.runs.values().filter(|run| run.key == order.id).count();
        let given_up = given_up(scene, &letters, Order::placed_envelope(number));
        scene
            .ledger
            .claim(runs + given_up == 1, || format!("{runs} runs of {}, {given_up} given up", order.id));
    }
}

/// Each event has completed its gate, or is a dead letter that says why not.
async fn check_events(scene: &Scene, journal: &Sqlite) {
    let letters = journal.dead_letters().await.expect("a journal is readable");
    let state = scene.ledger.settled();
    for (number, order) in scene.orders.iter().enumerate().filter(|(_, order)| order.is_paid) {
        let refused = letters
            .iter()
            .filter(|letter| letter.envelope.envelope_id == Order::paid_envelope(number))
            .filter(|letter| matches!(letter.cause, DeadLetterCause::EventRefused { .. }))
            .count();
        let run = state.runs.values().find(|run| run.key == order.id);
        let passed = run.is_some_and(|run| {
            run.on_its_plan()
                .iter()
                .any(|fact| fact.completes().is_some_and(|step| Some(step) == run.step("paid")))
        });
        scene.ledger.count("events refused", refused as u64);
        scene.ledger.count("gates passed", u64::from(passed));
        let given_up = given_up(scene, &letters, Order::paid_envelope(number));
        scene.ledger.claim(refused + given_up + usize::from(passed) == 1, || {
            format!("{} was paid: {refused} dead letters, {given_up} given up, and {passed} passed", order.id)
        });
    }
}

fn is_end(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::StepCompleted { .. }
            | Fact::StepFailed { .. }
            | Fact::StepIndeterminate { .. }
            | Fact::StepSkipped { .. }
            | Fact::StepCancelled { .. }
            | Fact::StepNotRun { .. }
            | Fact::SkipCarried { .. }
    ) || matches!(fact, Fact::StepCarried { state, .. } if state.is_final())
}

fn check_run(scene: &Scene, id: RunId, run: &Recorded) {
    let ledger: &Ledger = &scene.ledger;
    let told = || format!("{} {:#?}", run.key, run.facts);
    let (last, facts) = (run.facts.last(), run.on_its_plan());
    let parked = matches!(last, Some(Fact::RunParked { .. }));
    let ends = run.facts.iter().filter(|fact| matches!(fact, Fact::RunEnded { .. })).count();
    let ended = matches!(last, Some(Fact::RunEnded { .. })) && ends == 1;
    ledger.claim(ended != parked, || format!("it has no end: {}", told()));
    let compensates = facts.contains(&Fact::RunCompensating);
    for (index, name) in run.steps.iter().enumerate() {
        let step = StepId(index as u32);
        let of_step = || facts.iter().filter(move |fact| fact.step() == Some(step));
        let states = of_step().filter(|fact| is_end(fact)).count();
        ledger.claim(states == 1 || (parked && states == 0), || {
            format!("{name} ended {states} times: {}", told())
        });
        let completed = of_step().any(|fact| fact.completes().is_some());
        let unknown = of_step().any(|fact| {
            matches!(
                fact,
                Fact::StepIndeterminate { .. } | Fact::StepCarried { state: StepState::Indeterminate, .. }
            )
        });
        let undone = of_step().filter(|fact| matches!(fact, Fact::CompensationCompleted { .. })).count();
        let undoable = ["reserve", "charge", "ship"].contains(&name.as_str());
        let expected = usize::from(compensates && undoable && (completed || unknown));
        ledger.claim(undone == expected || (parked && undone <= expected), || {
            format!("{name} was undone {undone} times, and {expected} were expected: {}", told())
        });
        if undoable {
            let took_place = |compensates| scene.world.took_place(action_id(id, name, compensates, 0));
            ledger.claim(!completed || took_place(false), || format!("{name} never took place: {}", told()));
            ledger.claim(undone == 0 || took_place(true), || format!("{name} was never undone: {}", told()));
        }
        let timed_out = name == "paid"
            && of_step().any(|fact| matches!(fact, Fact::AttemptFailed { .. } | Fact::StepFailed { .. }));
        let crashed = of_step().any(|fact| matches!(fact, Fact::AttemptCrashed { .. }));
        for (what, is) in [
            ("compensated", undone > 0),
            ("indeterminate", unknown),
            ("crashed", crashed),
            ("gates timed out", timed_out),
        ] {
            ledger.count(what, u64::from(is));
        }
    }
    let end = |state| matches!(last, Some(Fact::RunEnded { state: ended }) if *ended == state);
    for (what, is) in [
        ("completed", end(RunState::Completed)),
        ("failed", end(RunState::Failed)),
        ("cancelled", end(RunState::Cancelled)),
        ("parked", parked),
        ("paused", run.facts.contains(&Fact::RunPaused)),
    ] {
        ledger.count(what, u64::from(is));
    }
}
