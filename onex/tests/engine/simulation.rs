//! Any workflow, any behaviour of its steps, several runs that are held, cancelled and share a target that is left alone
//! at times: what must hold of every run that the engine drives. The time of day goes with tokio's clock, so that how busy the
//! machine is makes no difference.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::support::seeds::each_seed;
use crate::support::stage::*;
use crate::support::{Recording, alive_tasks, expect_panic};
use onex::engine::{
    CircuitPolicy, ControlError, Disclose, RetryBudget, RunCause, Settings, SkipCause, StepReport,
};
use onex::journal::{DeadLetter, DeadLetterCause, EventRefusal, Journal, RunSummary, Timer};
use onex::message::{Envelope, Payload, RunId, Topic, action_id};
use onex::node::FaultClass;
use onex::plan::{Kind, Strategy};
use onex::run::{CompensationState, Fact, RunState, StepId, StepState};
use onex::{RunReport, Runtime, Subscription};
use proptest::prelude::{Just, any, prop, prop_assert_eq, prop_oneof};
use proptest::strategy::Strategy as Generate;
use tokio::time::Instant;
use uuid::Uuid;

fn act() -> impl Generate<Value = Act> {
    let class = prop_oneof![Just(None), Just(Some(FaultClass::Retryable)), Just(Some(FaultClass::Permanent))];
    prop_oneof![
        6 => prop_oneof![Just(0), 1..200_u64].prop_map(Act::Succeeds),
        3 => (prop_oneof![Just(0), 1..200_u64], class).prop_map(|(after, class)| Act::Fails(after, class)),
        1 => prop_oneof![Just(0), 1..200_u64].prop_map(Act::Panics),
        1 => Just(Act::Hangs),
        1 => Just(Act::StopsWhenTold),
    ]
}

fn shaped(index: usize) -> impl Generate<Value = Shaped> {
    let kind = prop_oneof![3 => Just(Kind::Effect), 2 => Just(Kind::Compute), 1 => Just(Kind::Reducer)];
    let depends_on = prop::collection::btree_set(0..index.max(1) as u32, 0..=index.min(3));
    let flags =
        (any::<bool>(), prop::bool::weighted(0.7), prop::bool::weighted(0.2), prop::bool::weighted(0.4));
    let retries = prop::option::weighted(0.3, 0..3_u32);
    let rarely = || prop::bool::weighted(0.1);
    let holds = prop::option::weighted(0.3, prop::bool::weighted(0.6));
    let branch = prop::option::weighted(0.2, 0..index.max(1) as u32);
    let says = (rarely(), rarely(), rarely(), prop_oneof![Just(100), 1..4_u32], holds, branch);
    let acts = || prop::collection::vec(act(), 1..4);
    let gate = (prop::option::weighted(0.2, gated()), prop::option::weighted(0.25, (0..4_usize, 1..3_u32)));
    (kind, depends_on, (flags, says), retries, 50..300_u64, acts(), acts(), gate).prop_map(
        move |(
            kind,
            depends_on,
            (
                (optional, compensable, continue_on_error, publishes),
                (disabled, skip_on_failure, run_always, priority, holds, branch),
            ),
            retry_count,
            timeout_ms,
            acts,
            undo,
            (gate, each),
        )| {
            let kind = if gate.is_some() { Kind::Effect } else { kind };
            Shaped {
                kind,
                else_of: branch.filter(|branch| index > 0 && !depends_on.contains(branch)),
                depends_on,
                optional,
                compensable: compensable && kind == Kind::Effect && gate.is_none(),
                continue_on_error,
                enabled: !disabled,
                skip_on_failure,
                run_always,
                priority,
                holds,
                retry_count,
                timeout_ms,
                acts,
                undo,
                publishes: publishes && gate.is_none() && each.is_none(),
                each: each.filter(|_| gate.is_none()),
                gate,
            }
        },
    )
}

fn gated() -> impl Generate<Value = Gated> {
    let events_ms = prop::collection::vec(0..1500_u64, 0..3);
    let timeout_ms = prop::option::weighted(0.8, 1..1500_u64);
    (events_ms, timeout_ms).prop_map(|(events_ms, timeout_ms)| Gated { events_ms, timeout_ms })
}

fn shape() -> impl Generate<Value = Shape> {
    let strategy = prop_oneof![
        1 => Just(Strategy::FailFast),
        1 => Just(Strategy::ContinueOnError),
        1 => Just(Strategy::Retry),
        3 => Just(Strategy::Compensate),
    ];
    let steps = (1..9_usize).prop_flat_map(|count| (0..count).map(shaped).collect::<Vec<_>>());
    let parallel = prop::option::weighted(0.7, 1..4_u32);
    let cancel = (prop::option::weighted(0.4, 0..500_u64), prop::bool::weighted(0.4));
    let timeout = prop_oneof![100..1000_u64, Just(100_000)];
    let commit = prop_oneof![3 => Just(0), 1 => 1..40_u64];
    let pauses = prop::collection::vec((0..300_u64, prop_oneof![Just(0), 1..2000_u64]), 0..3);
    let bounds = (1..4_usize, 1..4_usize, prop::option::of(circuit()), prop::option::of(budget()));
    let policy = (parallel, (strategy, any::<bool>()), 0..3_u32, timeout);
    let dormant_after = prop_oneof![2 => Just(0), 1 => 1..300_u64, 1 => Just(100_000)];
    (steps, policy, (cancel, pauses, dormant_after), commit, bounds, any::<u64>()).prop_map(
        |(
            steps,
            policy,
            ((cancel_after_ms, kills), pauses, dormant_after_ms),
            commit_ms,
            (runs, at_once, circuit, retry_budget),
            seed,
        )| {
            let (parallel, (strategy, undone_at_once), max_retries, timeout_ms) = policy;
            Shape {
                steps,
                parallel,
                strategy,
                undone_at_once,
                max_retries,
                timeout_ms,
                cancel_after_ms,
                kills,
                pauses,
                dormant_after_ms,
                commit_ms,
                runs,
                at_once,
                circuit,
                retry_budget,
                seed,
            }
        },
    )
}

fn circuit() -> impl Generate<Value = CircuitPolicy> {
    (1..4_u32, 1..1000_u64, 1..3_u32, 1..3_u32).prop_map(
        |(failure_threshold, reset_ms, half_open_max_requests, success_threshold)| {
            let reset_timeout = Duration::from_millis(reset_ms);
            CircuitPolicy {
                failure_threshold,
                window: None,
                reset_timeout,
                half_open_max_requests,
                success_threshold,
            }
        },
    )
}

fn budget() -> impl Generate<Value = RetryBudget> {
    (1..10_u32, 1..3_u32).prop_map(|(per_second, burst)| RetryBudget { per_second, burst })
}

/// How often the simulation came to what it is about.
#[derive(Debug, Default)]
struct Covered {
    paused: Cell<u32>,
    cancelled: Cell<u32>,
    killed: Cell<u32>,
    held: Cell<u32>,
    retries_held: Cell<u32>,
    branches_ruled_out: Cell<u32>,
    half_open_failed: Cell<u32>,
    gates_passed: Cell<u32>,
    gates_timed_out: Cell<u32>,
    events_refused: Cell<u32>,
    fanned_out: Cell<u32>,
    left_out: Cell<u32>,
    woken: Cell<u32>,
    undone_together: Cell<u32>,
    told: Cell<u32>,
}

fn count(what: &Cell<u32>, happened: bool) {
    what.set(what.get() + u32::from(happened));
}

type Simulation = Runtime<Arc<Stage>, Arc<Recording>>;

/// What a run came to, as far as it does not tell when.
type End = (RunState, Option<RunCause>, Vec<StepReport>, Vec<Fact>, Vec<DeadLetterCause>);

thread_local! {
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
}

fn unix_ms() -> u64 {
    1_700_000_000_000 + BEGAN.get().map_or(0, |began| began.elapsed().as_millis() as u64)
}

async fn simulate(shape: Shape, covered: &Covered) -> Vec<End> {
    let tasks_before = alive_tasks().await;
    fastrand::seed(shape.seed);
    BEGAN.set(Some(Instant::now()));
    onex::simulation::set_wall_clock(Some(unix_ms));
    set_shape(&shape);
    let stage = Stage::new(shape.clone());
    let settings = Settings {
        grace: Duration::from_millis(100),
        max_concurrent_runs: shape.at_once,
        dormant_after: Duration::from_millis(shape.dormant_after_ms),
        retry_budget: shape.retry_budget,
        keep_early_events: Duration::from_millis(700),
        ..Settings::default()
    };
    let journal = Recording::new();
    journal.slow(Duration::from_millis(shape.commit_ms));
    let mut builder = Runtime::builder(Arc::clone(&stage)).settings(settings).mount::<Simulated>();
    let has_effects = shape.steps.iter().any(|step| step.kind == Kind::Effect && step.gate.is_none());
    if let Some(policy) = shape.circuit.filter(|_| has_effects) {
        builder = builder.circuit_breaker("node_simulated", policy);
    }
    let runtime = builder.build_on(Arc::clone(&journal), "simulation").await.unwrap();
    let listening = tokio::spawn(listen(runtime.subscribe(TOLD), Arc::clone(&journal)));
    let watched = runtime.clone();
    let circuit = move || watched.circuits().first().map(|circuit| circuit.state);
    *stage.circuit.lock().unwrap() = Some(Box::new(circuit));

    let runs: Vec<_> =
        (0..shape.runs).map(|run| tokio::spawn(one_run(runtime.clone(), Arc::clone(&stage), run))).collect();
    send_events(&runtime, &shape).await;
    let mut reports = Vec::new();
    for run in runs {
        reports.push(run.await.unwrap());
    }
    runtime.settled().await;

    check_events(&shape, &journal, &reports, covered).await;
    let mut began = 0;
    for report in &reports {
        let seen = stage.seen(report.run);
        let facts = journal.run(report.run).await.unwrap().unwrap().facts;
        assert_eq!(facts, journal.facts_of(report.run));
        check_report(&shape, report);
        check_output(report);
        check_attempts(report, &seen);
        check_concurrency(&shape, &seen);
        check_order(&shape, &seen);
        check_compensations(&shape, report, &seen);
        // Of a run that is over, this is `Run::replay` of its facts.
        let status = runtime.status(report.run).await.unwrap().unwrap();
        assert_eq!(all_but_its_time(&status), all_but_its_time(report));
        let many = report.steps.iter().filter(|step| step.instances.len() > 1);
        count(&covered.fanned_out, many.clone().any(|step| step.state == StepState::Completed));
        let partly = |step: &&StepReport| step.instances.iter().any(|of| of.state == StepState::Failed);
        count(&covered.left_out, many.filter(partly).any(|step| step.state == StepState::Completed));
        let ruled_out = |because| matches!(because, Some(SkipCause::OtherBranch { .. }));
        let ruled_out = report.steps.iter().any(|step| ruled_out(step.skipped_because));
        count(&covered.branches_ruled_out, ruled_out);
        began += count_begun(&seen);
        count(&covered.undone_together, has_undone_together(&seen));
        count(&covered.paused, facts.contains(&Fact::RunPaused));
        count(&covered.killed, is_killed(report));
        count(&covered.cancelled, report.state == RunState::Cancelled);
        count(&covered.held, facts.iter().any(|fact| matches!(fact, Fact::StepHeld { .. })));
    }
    assert!(journal.timers().await.unwrap().is_empty(), "a timer outlived its run");
    assert!(runtime.live_runs().is_empty());
    assert!(runtime.counters().attempts >= began as u64);
    let load = runtime.load();
    assert_eq!((load.runs, load.waiting_runs, load.in_flight), (0, 0, 0));
    if let Some(circuit) = runtime.circuits().first() {
        assert_eq!(circuit.waiting, 0, "somebody waits for a circuit after the last run");
        count(&covered.half_open_failed, circuit.opened > 1);
    }
    // While a commit is written between the permit and the beginning, others may open the circuit.
    assert!(shape.commit_ms > 0 || !stage.began_while_open.load(Ordering::Relaxed));
    assert!(journal.outbox().await.unwrap().is_empty(), "an event is neither taken nor refused");
    count(&covered.retries_held, runtime.counters().retries_held > 0);
    count(&covered.woken, runtime.counters().runs_woken > 0);
    stage.circuit.lock().unwrap().take();
    drop(runtime);
    let told = listening.await.unwrap();
    count(&covered.told, !told.is_empty());
    check_told(&shape, &reports, told);
    assert_eq!(alive_tasks().await, tasks_before, "a task outlived the runtime");
    let letters = journal.dead_letters().await.unwrap();
    let mut ends = Vec::new();
    for report in reports {
        let of_run = |letter: &Arc<DeadLetter>| match letter.cause.clone() {
            DeadLetterCause::EventRefused { step, key, because, .. } if key == report.key.to_string() => {
                // Of an event that comes in the millisecond in which the run ends, either may be told.
                let because = match because {
                    EventRefusal::RunOver { .. } => EventRefusal::Decided,
                    other => other,
                };
                Some(DeadLetterCause::EventRefused { step, key, run: None, because })
            }
            _ => None,
        };
        let refused = letters.iter().filter_map(of_run).collect();
        let facts = journal.facts_of(report.run);
        ends.push((report.state, report.cause, report.steps, facts, refused));
    }
    ends
}

fn key(run: usize) -> String {
    format!("run {run}")
}

/// Sends what the gates of each run wait for, some before the run and some behind it.
async fn send_events(runtime: &Simulation, shape: &Shape) {
    let mut events = Vec::new();
    for (step, shaped) in shape.steps.iter().enumerate() {
        for &at in shaped.gate.iter().flat_map(|gate| &gate.events_ms) {
            events.extend((0..shape.runs).map(|run| (at, step, run)));
        }
    }
    events.sort_unstable();
    let mut now = 0;
    for (number, (at, step, run)) in events.into_iter().enumerate() {
        wait(at - now).await;
        now = at;
        let (id, topic) = (Uuid::from_u128(number as u128 + 1), Topic::new(gate_topic(step)));
        let envelope = Envelope::external(id, topic, Payload::new(Opened { of: key(run) }));
        runtime.deliver(envelope).await.unwrap();
    }
}

/// What steps publish, by their actions, each seen after it was recorded that the step has completed.
async fn listen(mut told: Subscription, journal: Arc<Recording>) -> Vec<Uuid> {
    let mut actions = Vec::new();
    while let Some(event) = told.recv().await {
        let action = event.causation_id.unwrap();
        let mut is_recorded = false;
        for RunSummary { run, .. } in journal.runs().await.unwrap() {
            let facts = journal.run(run).await.unwrap().unwrap().facts;
            let mut completed = facts.iter().filter_map(Fact::completes);
            is_recorded |= completed.any(|step| action_id(run, &format!("s{}", step.0), false, 0) == action);
        }
        assert!(is_recorded, "published before its step is recorded");
        actions.push(action);
    }
    actions
}

/// What a step gave was published once, if the step is recorded as completed, and not otherwise.
fn check_told(shape: &Shape, reports: &[RunReport], mut told: Vec<Uuid>) {
    let mut completed: Vec<_> = (reports.iter())
        .flat_map(|report| report.steps.iter().zip(&shape.steps).map(move |steps| (report.run, steps)))
        .filter(|(_, (step, shaped))| shaped.publishes && step.state == StepState::Completed)
        .map(|(run, (step, _))| action_id(run, step.id, false, 0))
        .collect();
    completed.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, completed, "what was published is not what was completed");
}

/// Each event has completed its gate or is a dead letter that says why not.
async fn check_events(shape: &Shape, journal: &Arc<Recording>, reports: &[RunReport], covered: &Covered) {
    let letters = journal.dead_letters().await.unwrap();
    for report in reports {
        for (step, shaped) in report.steps.iter().zip(&shape.steps) {
            let Some(gate) = &shaped.gate else { continue };
            let is_its = |letter: &&Arc<DeadLetter>| {
                matches!(&letter.cause, DeadLetterCause::EventRefused { step: of, key, .. }
                    if of == step.id && *key == report.key.to_string())
            };
            let refused = letters.iter().filter(is_its).count();
            let passed = step.state == StepState::Completed;
            assert_eq!(refused + usize::from(passed), gate.events_ms.len(), "{step:?} of {report:?}");
            assert_eq!(step.attempts, 0);
            count(&covered.gates_passed, passed);
            count(&covered.gates_timed_out, step.state == StepState::Failed);
            count(&covered.events_refused, refused > 0);
        }
    }
}

/// One run from its start to its end, held and cancelled as its shape says.
async fn one_run(runtime: Simulation, stage: Arc<Stage>, run: usize) -> RunReport {
    let handle = runtime.start::<Simulated>(0_u64, Some(key(run))).await.unwrap();
    let id = handle.id();
    let kills = stage.shape.kills;
    let ending = stage.shape.cancel_after_ms.map(|after_ms| {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            wait(after_ms).await;
            if kills {
                runtime.kill(id, "simulated")
            } else {
                runtime.cancel(id, "simulated")
            };
        })
    });
    let pausing = tokio::spawn(pause(runtime, stage, id));
    let report = tokio::time::timeout(Duration::from_secs(3600), handle).await;
    pausing.await.unwrap();
    if let Some(ending) = ending {
        ending.abort();
    }
    report.expect("every run comes to its end").unwrap()
}

/// Holds the run and lets it go, as often as its shape says, and looks at it in between.
async fn pause(runtime: Simulation, stage: Arc<Stage>, id: RunId) {
    let shape = &stage.shape;
    for &(after_ms, for_ms) in &shape.pauses {
        wait(after_ms).await;
        let Err(refused) = runtime.pause(id, "simulated").await else {
            let began = count_begun(&stage.seen(id));
            wait(for_ms).await;
            let report = runtime.status(id).await.unwrap().unwrap();
            if report.state == RunState::Paused {
                assert_eq!(
                    count_begun(&stage.seen(id)),
                    began,
                    "something was dispatched while it was paused"
                );
                assert_eq!(report.paused.as_deref(), Some("simulated"));
                let timers = runtime.journal().timers().await.unwrap();
                let is_gate =
                    |step: StepId| shape.steps.get(step.index()).is_some_and(|step| step.gate.is_some());
                let passes = |timer: &Timer| timer.key.run == id && !is_gate(timer.key.step);
                assert!(!timers.iter().any(passes), "a timer passes while it is paused");
            }
            // It may have been cancelled meanwhile, or have had nothing left to do.
            let _ = runtime.resume(id).await;
            continue;
        };
        assert!(matches!(refused, ControlError::NotLive { .. } | ControlError::Stopping { .. }));
        return;
    }
}

fn all_but_its_time(report: &RunReport) -> serde_json::Value {
    let mut report = serde_json::to_value(report).unwrap();
    report.as_object_mut().unwrap().remove("duration_us").unwrap();
    report
}

fn is_killed(report: &RunReport) -> bool {
    let is_kill = |cause: &RunCause| matches!(cause, RunCause::Killed { .. });
    report.cause.iter().chain(&report.later_causes).any(is_kill)
}

/// What leaves the process contradicts itself in nothing: a run that completed has no failure, one that failed says of what, each
/// step is in one list, and no word of a handler or of whoever stopped the run is in it.
fn check_output(report: &RunReport) {
    let output = report.to_output(Disclose::default());
    let (failed, errors): (Vec<_>, _) =
        (output.standing.failed_steps().collect(), output.standing.errors().count());
    match output.standing.status() {
        "completed" => assert_eq!((failed.len(), errors), (0, 0), "{report:?}"),
        "failed" => assert!(errors > 0, "{report:?}"),
        status => assert!(matches!(status, "paused" | "cancelled"), "{status} is over: {report:?}"),
    }
    assert_eq!(output.standing.status(), report.execution_status());
    let skipped = output.skipped_steps.iter().map(|skipped| skipped.step);
    let mut told: Vec<_> = output.completed_steps.iter().copied().chain(failed).chain(skipped).collect();
    let mut steps: Vec<_> = report.steps.iter().map(|step| step.id).collect();
    told.sort_unstable();
    steps.sort_unstable();
    assert_eq!(told, steps, "each step is in one list: {report:?}");
    let text = serde_json::to_string(&output).unwrap();
    assert!(["it failed", "it panicked", ": simulated"].iter().all(|word| !text.contains(word)), "{text}");
}

fn check_report(shape: &Shape, report: &RunReport) {
    assert!(report.state.is_final() || report.state == RunState::Parked, "{:?}", report.state);
    for (index, (step, shaped)) in report.steps.iter().zip(&shape.steps).enumerate() {
        assert!(step.state.is_final(), "{step:?}");
        let retries = match (shaped.retry_count, shape.strategy) {
            (Some(count), _) => count,
            (None, Strategy::Retry) => shape.max_retries,
            (None, _) => 0,
        };
        assert!(step.attempts <= 1 + retries, "{step:?}");
        let of_instances = step.instances.iter().all(|instance| instance.attempts <= 1 + retries);
        assert!(of_instances && step.instances.iter().all(|instance| instance.state.is_final()), "{step:?}");
        let may_run = shaped.enabled && shaped.holds != Some(false);
        assert!(may_run || step.attempts == 0, "{step:?}");
        let before = shaped.else_of.map(|branch| &report.steps[branch as usize]);
        assert!(
            before.is_none_or(|before| before.attempts == 0 || step.attempts == 0),
            "{before:?}, {step:?}"
        );
        assert_eq!(step.state == StepState::Skipped, step.skipped_because.is_some(), "{step:?}");
        if shaped.gate.is_some() {
            let output = report.output::<Opened>(step.id);
            assert_eq!(output.is_ok(), step.state == StepState::Completed, "{step:?}");
            assert!(output.is_err() || output.is_ok_and(|output| output.of == report.key.to_string()));
            continue;
        }
        if shaped.each.is_some() {
            check_instances(step, report, index);
            continue;
        }
        let output = report.output::<u64>(step.id);
        assert_eq!(output.is_ok(), step.state == StepState::Completed, "{step:?}");
        assert!(output.is_err() || output.is_ok_and(|output| *output == index as u64));
        let failed = matches!(step.state, StepState::Failed | StepState::Indeterminate);
        assert!(!failed || step.error.is_some(), "{step:?}");
        let may_be_unknown = shaped.kind == Kind::Effect;
        assert!(may_be_unknown || step.state != StepState::Indeterminate, "{step:?}");
    }
}

/// A step that goes over a list is what its instances are.
fn check_instances(step: &StepReport, report: &RunReport, index: usize) {
    let count = |state| step.instances.iter().filter(|instance| instance.state == state).count();
    assert_eq!(step.attempts, 0);
    let output = report.output::<Vec<u64>>(step.id);
    assert_eq!(output.is_ok(), step.state == StepState::Completed, "{step:?}");
    if let Ok(output) = output {
        assert_eq!(*output, vec![index as u64; count(StepState::Completed)]);
        assert!(step.instances.is_empty() || !output.is_empty(), "{step:?}");
    }
    let failed = matches!(step.state, StepState::Failed | StepState::Indeterminate);
    assert!(!failed || step.error.is_some(), "{step:?}");
    assert!(!failed || count(StepState::Failed) + count(StepState::Indeterminate) > 0, "{step:?}");
}

fn count_begun(seen: &[Seen]) -> usize {
    seen.iter().filter(|seen| matches!(seen, Seen::Began { .. })).count()
}

/// Waiting for a circuit, a slot or a person counts as no attempt.
fn check_attempts(report: &RunReport, seen: &[Seen]) {
    for (index, step) in report.steps.iter().enumerate() {
        let begins = |seen: &&Seen| **seen == Seen::Began { step: index as u32, undo: false };
        let began = seen.iter().filter(begins).count() as u32;
        // A synchronous step of a run that stops may be given up before it begins.
        let given_up = u32::from(report.cause.is_some() && step.kind != Kind::Effect);
        for (item, instance) in step.instances.iter().enumerate() {
            let number = index as u32 + INSTANCE * item as u32;
            let begins = |seen: &&Seen| **seen == Seen::Began { step: number, undo: false };
            let began = seen.iter().filter(begins).count() as u32;
            let attempts = instance.attempts;
            assert!(began <= attempts && attempts <= began + given_up, "{began} begun of {step:?}");
        }
        let began = if step.instances.is_empty() { began } else { 0 };
        assert!(began <= step.attempts && step.attempts <= began + given_up, "{began} begun of {step:?}");
        assert_eq!(step.waits_for, None);
    }
}

/// No more at once than the mode allows, and nothing left when the run is over.
fn check_concurrency(shape: &Shape, seen: &[Seen]) {
    let mut running = 0;
    for seen in seen {
        match seen {
            Seen::Began { .. } => running += 1,
            Seen::Ended { .. } => running -= 1,
        }
        assert!(running <= shape.parallel.unwrap_or(1), "{running} at once");
    }
    assert_eq!(running, 0, "an attempt outlived its run");
}

/// A step begins when what it depends on is over, and undoing when everything is.
fn check_order(shape: &Shape, seen: &[Seen]) {
    for (position, now) in seen.iter().enumerate() {
        let Seen::Began { step, undo: false } = *now else { continue };
        for dependency in &shape.steps[(step % INSTANCE) as usize].depends_on {
            let is_of = |step: u32| step % INSTANCE == *dependency;
            let later = |seen: &Seen| matches!(seen, Seen::Began { step, undo: false } if is_of(*step));
            assert!(!seen[position..].iter().any(later), "s{dependency} began after s{step}");
        }
    }
    let first_undo = seen.iter().position(|seen| matches!(seen, Seen::Began { undo: true, .. }));
    let last_done = seen.iter().rposition(|seen| matches!(seen, Seen::Ended { undo: false, .. }));
    assert!(first_undo.is_none() || first_undo > last_done, "undone while steps were in flight");
}

fn has_undone_together(seen: &[Seen]) -> bool {
    let mut running = 0;
    seen.iter().any(|seen| {
        match seen {
            Seen::Began { undo, .. } => running += u32::from(*undo),
            Seen::Ended { undo, .. } => running -= u32::from(*undo),
        }
        running > 1
    })
}

/// What took effect, or may have, is undone: once each, latest dispatch first. One that cannot be bars those after it, and none
/// beside it.
fn check_compensations(shape: &Shape, report: &RunReport, seen: &[Seen]) {
    let last_began = |step: usize| {
        seen.iter()
            .rposition(|seen| matches!(seen, Seen::Began { step: at, undo: false } if *at == step as u32))
    };
    let stopped = report.cause.is_some();
    let undoes = shape.strategy == Strategy::Compensate && stopped;
    let mut units = Vec::new();
    for (index, step) in report.steps.iter().enumerate().filter(|(index, _)| shape.steps[*index].compensable)
    {
        if shape.steps[index].each.is_none() {
            units.push((index, step.state));
        }
        let number = |item| index + INSTANCE as usize * item;
        units.extend(step.instances.iter().enumerate().map(|(item, of)| (number(item), of.state)));
    }
    let mut to_undo: Vec<usize> = (units.into_iter())
        .filter(|(_, state)| undoes && matches!(state, StepState::Completed | StepState::Indeterminate))
        .map(|(number, _)| number)
        .collect();
    to_undo.sort_by_key(|step| std::cmp::Reverse(last_began(*step)));
    let mut undone: Vec<usize> = Vec::new();
    for seen in seen {
        if let Seen::Began { step, undo: true } = seen
            && !undone.contains(&(*step as usize))
        {
            undone.push(*step as usize);
        }
    }
    let killed = is_killed(report);
    assert!(!killed || !matches!(report.cause, Some(RunCause::Killed { .. })) || undone.is_empty());
    match report.state {
        _ if killed && shape.undone_at_once => assert!(undone.iter().all(|step| to_undo.contains(step))),
        RunState::Parked if !shape.undone_at_once => {
            assert!(to_undo.starts_with(&undone), "{undone:?} of {to_undo:?}");
        }
        _ if killed => assert!(to_undo.starts_with(&undone), "{undone:?} of {to_undo:?}"),
        _ => assert_eq!(undone, to_undo),
    }
    assert!(shape.undone_at_once || !has_undone_together(seen));
    for (index, step) in report.steps.iter().enumerate() {
        for (item, of) in step.instances.iter().enumerate() {
            let number = index + INSTANCE as usize * item;
            let succeeded = seen.contains(&Seen::Ended { step: number as u32, undo: true, succeeded: true });
            assert_eq!(of.compensation == CompensationState::Done, succeeded, "{step:?}");
            assert_eq!(of.compensation == CompensationState::None, !to_undo.contains(&number), "{step:?}");
        }
        if shape.steps[index].each.is_some() {
            continue;
        }
        let succeeded = seen.contains(&Seen::Ended { step: index as u32, undo: true, succeeded: true });
        assert_eq!(step.compensation == CompensationState::Done, succeeded, "{step:?}");
        assert_eq!(step.compensation == CompensationState::None, !to_undo.contains(&index), "{step:?}");
    }
}

#[test]
fn every_run_comes_to_a_consistent_end() {
    expect_panic("it panicked");
    let covered = Covered::default();
    let are_enough = each_seed(600, &shape(), |shape| {
        in_virtual_time(simulate(shape, &covered));
        Ok(())
    });
    if !are_enough {
        return;
    }
    let Covered { paused, cancelled, held, retries_held, branches_ruled_out, half_open_failed, .. } =
        &covered;
    let Covered { gates_passed, gates_timed_out, events_refused, fanned_out, left_out, .. } = &covered;
    let of_lists = [fanned_out, left_out, &covered.woken, &covered.undone_together];
    let of_others = [&covered.told, &covered.killed];
    let of_steps = [paused, cancelled, held, retries_held, branches_ruled_out, half_open_failed];
    for reached in of_steps
        .into_iter()
        .chain([gates_passed, gates_timed_out, events_refused])
        .chain(of_lists)
        .chain(of_others)
    {
        assert!(reached.get() > 0, "the simulation does not come to all that it is about: {covered:?}");
    }
}

fn in_virtual_time<T>(simulation: impl Future<Output = T>) -> T {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    tokio.unwrap().block_on(simulation)
}

/// A failure is repeated by its seed.
#[test]
fn the_same_seed_does_the_same() {
    expect_panic("it panicked");
    let covered = Covered::default();
    each_seed(50, &shape(), |shape| {
        let [one, other] =
            [0, 1].map(|_| format!("{:#?}", in_virtual_time(simulate(shape.clone(), &covered))));
        prop_assert_eq!(one, other);
        Ok(())
    });
}

/// What it comes to if it leaves memory whenever it can, and if it never does.
fn asleep_and_awake(shape: &Shape, covered: &Covered) -> [String; 2] {
    [0, 1_000_000_000].map(|dormant_after_ms| {
        let shape = Shape { dormant_after_ms, ..shape.clone() };
        format!("{:#?}", in_virtual_time(simulate(shape, covered)))
    })
}

/// The same, with all that comes from outside.
fn a_millisecond_later(mut shape: Shape) -> Shape {
    let gates = shape.steps.iter_mut().filter_map(|step| step.gate.as_mut());
    gates.flat_map(|gate| &mut gate.events_ms).for_each(|at| *at += 1);
    shape.pauses.iter_mut().for_each(|(at, _)| *at += 1);
    shape.cancel_after_ms = shape.cancel_after_ms.map(|at| at + 1);
    shape
}

/// Events, times, pauses and an end that somebody asks for, in any order: whether the run leaves memory in between, as often
/// as it can, makes no difference.
#[test]
fn a_run_that_sleeps_comes_to_the_same_end() {
    expect_panic("it panicked");
    let covered = Covered::default();
    let are_enough = each_seed(250, &shape(), |shape| {
        // Of several runs, which is first would be a matter of chance; so would be what comes while a commit is written.
        let alone = Shape { runs: 1, at_once: 1, commit_ms: 0, circuit: None, retry_budget: None, ..shape };
        let [asleep, awake] = asleep_and_awake(&alone, &covered);
        if asleep != awake {
            // As would be what comes in one millisecond with something else: then it does not a millisecond later.
            let [asleep, awake] = asleep_and_awake(&a_millisecond_later(alone), &covered);
            prop_assert_eq!(asleep, awake);
        }
        Ok(())
    });
    assert!(!are_enough || covered.woken.get() > 0, "no run slept: {covered:?}");
}
