//! What another engine left unfinished: taken over where it was, or held.

use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use onex::engine::{HeldCause, Misfit, Settings, SkipCause};
use onex::journal::{Append, Commit, DeadLetterCause, Detail, DetailBody, Journal, RunRecord};
use onex::message::{Payload, RunId};
use onex::node::condition::{Known, Output};
use onex::node::mount::Mount;
use onex::run::{CompensationState, Fact, RunState, StepState};
use onex::{RunReport, Runtime};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

type Watched = Runtime<World, Arc<Recording>>;

async fn on<N: Mount<World>>(world: &World, journal: &Arc<Recording>) -> Watched {
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<N>();
    builder.build_on(Arc::clone(journal), "tests").await.unwrap()
}

/// A run that begins, and whose process ends after so many commits.
async fn dies_after<N>(world: &World, journal: &Arc<Recording>, commits: u64) -> Option<RunId>
where
    N: onex::node::Workflow<Input = u64> + Mount<World>,
{
    journal.revive();
    let runtime = on::<N>(world, journal).await;
    journal.die_after(commits);
    let handle = runtime.start::<N>(0_u64, Some("k".into())).await.ok()?;
    let id = handle.id();
    handle.await.ok();
    runtime.shutdown(Duration::ZERO).await;
    journal.revive();
    Some(id)
}

/// The next process, until nothing is left to do.
async fn goes_on<N: Mount<World>>(world: &World, journal: &Arc<Recording>, run: RunId) -> RunReport {
    let runtime = on::<N>(world, journal).await;
    runtime.settled().await;
    assert_eq!(runtime.held_runs(), []);
    runtime.status(run).await.unwrap().unwrap()
}

fn completed(record: &RunRecord) -> HashSet<u32> {
    let steps = record.facts.iter().filter_map(|fact| match fact {
        Fact::StepCompleted { step, .. } => Some(step.0),
        _ => None,
    });
    steps.collect()
}

workflow!(chain {} [a Effect []; b Compute [0]; c Effect [1]; d Compute [2]; e Effect [3]]);
workflow!(wide { mode: Mode::Parallel, max_parallel_steps: 2, } [
    a Effect []; b Effect []; c Effect []; d Compute [0, 1]; e Effect [2, 3]
]);
workflow!(saga { strategy: Strategy::Compensate, max_retries: 2, } [
    a Effect [] undo undo_a; b Effect [0] undo undo_b; c Effect [1] undo undo_c; d Effect [2]
]);

/// Ends the process after each commit of a run in turn, and the next one after as many as `again` says, and lets a third
/// go on.
async fn survives_every_crash<N>(names: &[&'static str], prepare: impl Fn(&World), state: RunState)
where
    N: onex::node::Workflow<Input = u64> + Mount<World>,
{
    for again in 1..=3 {
        let mut commits = 1;
        while survives_crashes::<N>(names, &prepare, state, [commits, again]).await {
            commits += 1;
        }
        assert!(commits > 3, "the run had {commits} commits to die after");
    }
}

/// False: the run is over before the first crash.
async fn survives_crashes<N>(
    names: &[&'static str],
    prepare: impl Fn(&World),
    state: RunState,
    [first_dies, second_dies]: [u64; 2],
) -> bool
where
    N: onex::node::Workflow<Input = u64> + Mount<World>,
{
    let journal = Recording::new();
    let worlds = [World::default(), World::default(), World::default()];
    worlds.iter().for_each(prepare);
    let run = dies_after::<N>(&worlds[0], &journal, first_dies).await.unwrap();
    let at_first = journal.run(run).await.unwrap().unwrap();
    if at_first.ended_unix_ms.is_some() {
        return false;
    }
    journal.die_after(second_dies);
    on::<N>(&worlds[1], &journal).await.settled().await;
    journal.revive();
    let at_second = journal.run(run).await.unwrap().unwrap();
    assert!(at_second.facts.starts_with(&at_first.facts));

    let report = goes_on::<N>(&worlds[2], &journal, run).await;
    assert_eq!(report.state, state, "after {first_dies} and {second_dies} commits");
    assert!(report.steps.iter().all(|step| step.state.is_final()), "{report:?}");
    assert!(matches!(report.compensation, CompensationState::None | CompensationState::Done));
    for (record, next) in [(&at_first, &worlds[1]), (&at_second, &worlds[2])] {
        for step in completed(record) {
            let again = next.scripts.calls_of(names[step as usize]);
            assert!(again.is_empty(), "{} is computed again", names[step as usize]);
        }
    }
    let mut keys: HashMap<&str, Uuid> = HashMap::new();
    for call in worlds.iter().flat_map(|world| world.scripts.calls()) {
        assert_eq!(*keys.entry(call.step).or_insert(call.key), call.key, "the key of {}", call.step);
    }
    for step in report.steps.iter().filter(|step| step.state == StepState::Completed) {
        assert!(keys.contains_key(step.id), "{} never ran", step.id);
    }
    true
}

#[tokio::test(start_paused = true)]
async fn r15_a_process_may_end_after_any_commit_of_a_sequence() {
    survives_every_crash::<chain::Node>(&["a", "b", "c", "d", "e"], |_| {}, RunState::Completed).await;
}

#[tokio::test(start_paused = true)]
async fn r15_a_process_may_end_after_any_commit_of_parallel_steps() {
    let prepare = |world: &World| {
        for (step, delay) in [("a", 30), ("b", 10), ("c", 20)] {
            world.scripts.on(step, move |_| async move {
                sleep(ms(delay)).await;
                Ok(delay)
            });
        }
    };
    survives_every_crash::<wide::Node>(&["a", "b", "c", "d", "e"], prepare, RunState::Completed).await;
}

workflow!(decided {} [
    a Effect [];
    b Effect [0] when a_is_7 { looks_at: &[0] };
    c Effect [0] when a_is_8 { looks_at: &[0] };
    d Effect [0] { timeout_ms: 20, continue_on_error: true };
    e Effect [3] when d_is_late { looks_at: &[3] };
    f Effect [3] when d_is_done { looks_at: &[3] }
]);

fn a_is(number: u64, known: &Known<'_>) -> bool {
    Output::<decided::a>(PhantomData).of(known, PhantomData::<u64>) == Some(&number)
}
fn a_is_7(known: &Known<'_>) -> bool {
    a_is(7, known)
}
fn a_is_8(known: &Known<'_>) -> bool {
    a_is(8, known)
}
fn d_is_late(known: &Known<'_>) -> bool {
    known.timed_out::<decided::d>()
}
fn d_is_done(known: &Known<'_>) -> bool {
    known.succeeded::<decided::d>()
}

fn evaluated(facts: &[Fact]) -> Vec<(u32, bool)> {
    let evaluated = facts.iter().filter_map(|fact| match fact {
        Fact::ConditionEvaluated { step, holds } => Some((step.0, *holds)),
        _ => None,
    });
    evaluated.collect()
}

/// A journal that has the first facts of a run, outputs as text, as a file would give them.
async fn cut_after(facts: usize, whole: &RunRecord) -> Arc<Recording> {
    let journal = Recording::new();
    let lease = journal.acquire("somebody").await.unwrap();
    let kept = whole.details.iter().filter(|detail| detail.seq < facts as u64);
    let details: Vec<Detail> = kept
        .map(|Detail { seq, body }| match body {
            DetailBody::Output(output) => {
                Detail { seq: *seq, body: DetailBody::Output(Payload::json(output.to_json().unwrap())) }
            }
            other => Detail { seq: *seq, body: other.clone() },
        })
        .collect();
    let append = Append {
        run: whole.start.run,
        expected_seq: 0,
        facts: &whole.facts[..facts],
        details: &details,
        active_ms: 0,
        ended_unix_ms: None,
    };
    let commit = Commit { start: Some(&whole.start), append: Some(append), ..Commit::default() };
    journal.commit(&lease, commit).await.unwrap();
    journal
}

#[tokio::test(start_paused = true)]
async fn r15_conditions_are_decided_the_same_wherever_a_process_ends() {
    let new_world = || {
        let world = World::default();
        world.scripts.on("a", |_| async { Ok(7) });
        world.scripts.on("d", |_| std::future::pending());
        world
    };
    let journal = Recording::new();
    let runtime = on::<decided::Node>(&new_world(), &journal).await;
    let run = runtime.start::<decided::Node>(0_u64, None).await.unwrap().id();
    runtime.settled().await;
    let whole = journal.run(run).await.unwrap().unwrap();
    let decisions = [(1, true), (2, false), (4, true), (5, false)];
    assert_eq!(evaluated(&whole.facts), decisions);

    for facts in 1..whole.facts.len() {
        let (world, journal) = (new_world(), cut_after(facts, &whole).await);
        let report = goes_on::<decided::Node>(&world, &journal, run).await;
        let last = whole.facts[facts - 1];
        assert_eq!(report.state, RunState::CompletedWithErrors, "after {last:?}");
        let because = |step| report.step(step).unwrap().skipped_because;
        assert_eq!(
            [because("b"), because("c"), because("e"), because("f")],
            [None, Some(SkipCause::ConditionFalse), None, Some(SkipCause::ConditionFalse)],
            "after {last:?}"
        );
        let after = journal.run(run).await.unwrap().unwrap().facts;
        assert!(after.starts_with(&whole.facts[..facts]));
        assert_eq!(evaluated(&after), decisions, "each is decided once, after {last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r19_a_process_may_end_after_any_commit_of_a_compensation() {
    let prepare = |world: &World| {
        world.scripts.on("d", |_| async { Err(refused("no")) });
        world
            .scripts
            .on("undo_b", |ctx| async move { if ctx.attempt < 2 { Err(fail("later")) } else { Ok(0) } });
    };
    survives_every_crash::<saga::Node>(&["a", "b", "c", "d"], prepare, RunState::Failed).await;
}

#[tokio::test(start_paused = true)]
async fn r19_what_is_undone_is_not_undone_again() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    for world in [&first, &second] {
        world.scripts.on("d", |_| async { Err(refused("no")) });
    }
    first.scripts.on("undo_b", |_| std::future::pending());
    let runtime = on::<saga::Node>(&first, &journal).await;
    let run = runtime.start::<saga::Node>(0_u64, None).await.unwrap().id();
    sleep(ms(10)).await;
    let report = goes_on::<saga::Node>(&second, &journal, run).await;
    assert_eq!(first.scripts.order(), ["a", "b", "c", "d", "undo_c", "undo_b"]);
    assert_eq!(
        second.scripts.order(),
        ["undo_b", "undo_a"],
        "the one that was in the middle, and what is left"
    );
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    let keys = [&first, &second].map(|world| world.scripts.calls_of("undo_b")[0].key);
    assert_eq!(keys[0], keys[1]);
}

workflow!(saga_at_once {
    strategy: Strategy::Compensate,
    max_retries: 2,
    undoing: UndoingRow { order: UndoOrder::Parallel, ..UndoingRow::NONE },
} [a Effect [] undo undo_a; b Effect [0] undo undo_b; c Effect [1] undo undo_c; d Effect [2]]);

#[tokio::test(start_paused = true)]
async fn r19_of_what_is_undone_at_once_the_next_process_undoes_what_is_left() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    for world in [&first, &second] {
        world.scripts.on("d", |_| async { Err(refused("no")) });
    }
    first.scripts.on("undo_b", |_| std::future::pending());
    let runtime = on::<saga_at_once::Node>(&first, &journal).await;
    let run = runtime.start::<saga_at_once::Node>(0_u64, None).await.unwrap().id();
    sleep(ms(10)).await;
    let report = goes_on::<saga_at_once::Node>(&second, &journal, run).await;
    assert_eq!(first.scripts.order(), ["a", "b", "c", "d", "undo_c", "undo_b", "undo_a"]);
    assert_eq!(second.scripts.order(), ["undo_b"], "the others are undone");
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    let keys = [&first, &second].map(|world| world.scripts.calls_of("undo_b")[0].key);
    assert_eq!(keys[0], keys[1]);
    assert_eq!(report.step("b").unwrap().undoing.map(|undoing| undoing.attempt), Some(1));
}

#[tokio::test(start_paused = true)]
async fn r19_a_process_may_end_after_any_commit_while_several_are_undone() {
    let prepare = |world: &World| {
        world.scripts.on("d", |_| async { Err(refused("no")) });
        for (undo, attempts) in [("undo_a", 3), ("undo_b", 2)] {
            world.scripts.on(undo, move |ctx| async move {
                sleep(ms(10)).await;
                if ctx.attempt < attempts { Err(fail("later")) } else { Ok(0) }
            });
        }
    };
    survives_every_crash::<saga_at_once::Node>(&["a", "b", "c", "d"], prepare, RunState::Failed).await;
}

workflow!(retried {} [a Effect [] { retry_count: Some(3) }; b Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r20_a_backoff_goes_on_with_its_remainder() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    first.scripts.on("a", |_| async { Err(fail("later")) });
    let runtime = on::<retried::Node>(&first, &journal).await;
    let run = runtime.start::<retried::Node>(0_u64, None).await.unwrap().id();
    sleep(ms(1)).await;
    let timers = journal.timers().await.unwrap();
    assert_eq!((timers.len(), first.scripts.order()), (1, vec!["a"]));

    let began = Instant::now();
    let report = goes_on::<retried::Node>(&second, &journal, run).await;
    let call = &second.scripts.calls_of("a")[0];
    assert_eq!(call.attempt, 2, "no attempt was in flight");
    // The delay of the first retry is 50 to 100 ms, of which hardly any has passed on the wall.
    let waited = call.began - began;
    assert!(waited > ms(10) && waited <= ms(100), "it waited {waited:?}");
    assert_eq!((report.state, report.steps[0].crashes), (RunState::Completed, 0));
    assert_eq!(journal.timers().await.unwrap(), []);
}

workflow!(put_off {
    strategy: Strategy::Compensate,
    undoing: UndoingRow { delay_ms: 5_000, timeout_ms: Some(9_000), ..UndoingRow::NONE },
} [a Effect [] undo undo_a; b Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r19_what_is_put_off_is_undone_by_the_next_process() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    first.scripts.on("b", |_| async { Err(permanent("no")) });
    let runtime = on::<put_off::Node>(&first, &journal).await;
    let run = runtime.start::<put_off::Node>(0_u64, None).await.unwrap().id();
    sleep(ms(1)).await;
    assert_eq!((journal.timers().await.unwrap().len(), first.scripts.order()), (1, vec!["a", "b"]));

    let began = Instant::now();
    second.scripts.on("undo_a", |_| std::future::pending());
    let report = goes_on::<put_off::Node>(&second, &journal, run).await;
    let call = &second.scripts.calls_of("undo_a")[0];
    assert_eq!(call.attempt, 1, "no attempt was in flight");
    let waited = call.began - began;
    assert!(waited > ms(4_500) && waited <= ms(5_000), "it waited {waited:?}");
    assert_eq!(began.elapsed(), ms(9_000), "nothing was committed since it began");
    assert_eq!((report.state, report.compensation), (RunState::Parked, CompensationState::Failed));
    assert_eq!(journal.timers().await.unwrap(), []);
}

workflow!(bounded {
    strategy: Strategy::Compensate,
    max_retries: 3,
    undoing: UndoingRow { timeout_ms: Some(9_000), ..UndoingRow::NONE },
} [a Effect [] undo undo_a; b Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r19_the_budget_of_undoing_goes_on_with_its_remainder_in_each_next_process() {
    let journal = Recording::new();
    let begin = |world: &World| {
        world.scripts.on("b", |_| async {
            sleep(ms(2_000)).await;
            Err(permanent("no"))
        });
        world.scripts.on("undo_a", |_| async {
            sleep(ms(3_000)).await;
            Err(fail("busy"))
        });
    };
    let worlds = [World::default(), World::default(), World::default()];
    worlds.iter().for_each(begin);
    let first = on::<bounded::Node>(&worlds[0], &journal).await;
    let run = first.start::<bounded::Node>(0_u64, None).await.unwrap().id();
    // Two seconds are not of it, three are used and known to be, one is lost.
    sleep(ms(6_000)).await;
    let second = on::<bounded::Node>(&worlds[1], &journal).await;
    sleep(ms(4_000)).await;
    assert_eq!(second.live_runs(), [run], "three of the six that were left are used");

    let began = Instant::now();
    worlds[2].scripts.on("undo_a", |_| std::future::pending());
    let report = goes_on::<bounded::Node>(&worlds[2], &journal, run).await;
    let took = began.elapsed();
    // Less the delays of two retries, 50 to 100 ms and twice that.
    assert!(took > ms(2_600) && took <= ms(2_900), "{took:?}");
    assert_eq!((report.state, report.compensation), (RunState::Parked, CompensationState::Failed));
    let why = report.steps[0].compensation_error.as_deref();
    assert_eq!(why, Some("undoing the run took longer than 9000 ms"));
}

workflow!(timed { timeout_ms: 100, } [a Effect []; b Effect [0]; c Effect [1]]);

#[tokio::test(start_paused = true)]
async fn r20_the_time_of_a_run_counts_while_it_is_driven_and_not_between() {
    let slow = |world: &World, step, took| {
        world.scripts.on(step, move |_| async move {
            sleep(took).await;
            Ok(1)
        });
    };
    for (takes, state) in [(30, RunState::Completed), (60, RunState::TimedOut)] {
        let (first, second, journal) = (World::default(), World::default(), Recording::new());
        slow(&first, "a", ms(60));
        slow(&second, "b", ms(takes));
        // It dies as it commits the end of `b`, so that the time until then is known.
        let run = dies_after::<timed::Node>(&first, &journal, 2).await.unwrap();
        assert_eq!(journal.run(run).await.unwrap().unwrap().active_ms, 60);
        sleep(Duration::from_secs(3600)).await;
        let report = goes_on::<timed::Node>(&second, &journal, run).await;
        assert_eq!(report.state, state, "60 ms before and {takes} ms after");
    }
}

#[tokio::test(start_paused = true)]
async fn r14_a_step_that_ends_its_process_too_often_parks_the_run() {
    let journal = Recording::new();
    let world = World::default();
    world.scripts.on("a", |_| std::future::pending());
    let runtime = on::<chain::Node>(&world, &journal).await;
    let run = runtime.start::<chain::Node>(0_u64, None).await.unwrap().id();
    sleep(ms(1)).await;
    for process in 2..=3 {
        let next = on::<chain::Node>(&world, &journal).await;
        sleep(ms(1)).await;
        assert_eq!(next.live_runs(), [run], "process {process} tries again");
    }
    let last = on::<chain::Node>(&world, &journal).await;
    last.settled().await;
    assert_eq!(world.scripts.order(), ["a", "a", "a"]);
    let report = last.status(run).await.unwrap().unwrap();
    assert_eq!((report.state, report.steps[0].crashes), (RunState::Parked, 3));
    let message = "its process ended while it ran, 3 times";
    assert_eq!(report.steps[0].error.as_deref(), Some(message));
    let letters = last.dead_letter_list().await.unwrap();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    let DeadLetterCause::RunFailed { state, step, message: told, .. } = &letter.cause else {
        panic!("{letter:?}")
    };
    assert_eq!((*state, step.as_deref(), &**told), (RunState::Parked, Some("a"), message));

    // It waits for a person: the next process leaves it alone, and says so to whoever waits.
    let next = on::<chain::Node>(&world, &journal).await;
    next.settled().await;
    assert_eq!((next.live_runs(), next.held_runs()), (vec![], vec![]));
    assert_eq!(world.scripts.order().len(), 3);
    let patient = Settings { crash_limit: 9, ..quick() };
    let builder = Runtime::builder(world.clone()).settings(patient).mount::<chain::Node>();
    let next = builder.build_on(Arc::clone(&journal), "tests").await.unwrap();
    next.settled().await;
    assert_eq!(next.counters().runs_taken_over, 0);
}

#[tokio::test(start_paused = true)]
async fn r18_a_run_that_is_taken_over_can_be_waited_for_and_cancelled() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    first.scripts.on("b", |_| std::future::pending());
    second.scripts.on("b", |_| std::future::pending());
    let runtime = on::<saga::Node>(&first, &journal).await;
    let run = runtime.start::<saga::Node>(0_u64, Some("k".into())).await.unwrap().id();
    sleep(ms(1)).await;
    let next = on::<saga::Node>(&second, &journal).await;
    assert_eq!(next.live_runs(), [run], "before anything of it has been read");
    sleep(ms(1)).await;
    assert!(next.cancel(run, "enough"));
    next.settled().await;
    let report = next.status(run).await.unwrap().unwrap();
    assert_eq!(report.state, RunState::Cancelled);
    assert_eq!(
        second.scripts.order(),
        ["b", "undo_b", "undo_a"],
        "`b` was in flight twice: nobody knows what it did"
    );
}

mod other {
    workflow!(chain {} [a Effect []; b Compute [0]; c Effect [1]; x Compute [2]; e Effect [3]]);
}

#[tokio::test(start_paused = true)]
async fn r23_a_run_whose_plan_is_gone_is_held_and_goes_on_when_it_is_back() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    let run = dies_after::<chain::Node>(&first, &journal, 2).await.unwrap();
    let before = journal.run(run).await.unwrap().unwrap().facts;
    let changed = on::<other::chain::Node>(&second, &journal).await;
    changed.settled().await;
    let [held] = &changed.held_runs()[..] else { panic!("{:?}", changed.held_runs()) };
    let steps = vec![Misfit::Gone { step: "d".into() }];
    assert_eq!((held.run, &held.cause), (run, &HeldCause::Unfit { version: (1, 0, 0), steps }));
    let gone = on::<saga::Node>(&second, &journal).await;
    gone.settled().await;
    assert_eq!(gone.held_runs()[0].cause, HeldCause::NotMounted);
    assert!(gone.dead_letter_list().await.unwrap().is_empty(), "held is not dead");
    assert_eq!(journal.run(run).await.unwrap().unwrap().facts, before, "nothing was written about it");
    assert!(second.scripts.order().is_empty());

    let report = goes_on::<chain::Node>(&second, &journal, run).await;
    assert_eq!(report.state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r23_an_output_of_another_type_holds_its_run() {
    let (world, journal) = (World::default(), Recording::new());
    let run = dies_after::<chain::Node>(&world, &journal, 1).await.unwrap();
    let lease = journal.acquire("somebody").await.unwrap();
    let record = journal.run(run).await.unwrap().unwrap();
    let step = onex::run::StepId(0);
    let facts = [Fact::StepCompleted { step, attempt: 1 }];
    let details = [Detail { seq: record.seq(), body: DetailBody::Output(Payload::new("text".to_owned())) }];
    let append = Append {
        run,
        expected_seq: record.seq(),
        facts: &facts,
        details: &details,
        active_ms: 0,
        ended_unix_ms: None,
    };
    journal.commit(&lease, Commit { append: Some(append), ..Commit::default() }).await.unwrap();
    let runtime = on::<chain::Node>(&World::default(), &journal).await;
    runtime.settled().await;
    let held = runtime.held_runs();
    let HeldCause::OtherType { what, message } = &held[0].cause else { panic!("{held:?}") };
    assert_eq!(what, "the output of step `a`");
    assert!(message.contains("u64"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn r07_what_was_accepted_is_handled_by_the_next_owner_once() {
    let journal = Recording::new();
    let (first, second) = (World::default(), World::default());
    let desk = |world: &World| {
        Runtime::builder(world.clone()).settings(quick()).mount::<OrderDesk>().mount::<Books>()
    };
    let runtime = desk(&first).build_on(Arc::clone(&journal), "first").await.unwrap();
    journal.die_after(1);
    runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    assert!(first.desk.done().is_empty(), "what follows from it was not committed, so it was not sent");
    journal.revive();

    let next = desk(&second).build_on(Arc::clone(&journal), "second").await.unwrap();
    next.settled().await;
    let done = second.desk.done();
    assert!(!done.is_empty());
    assert_eq!(journal.outbox().await.unwrap().len(), 0);

    let third = World::default();
    let last = desk(&third).build_on(Arc::clone(&journal), "third").await.unwrap();
    last.settled().await;
    assert!(third.desk.done().is_empty(), "it is handled");
}

#[tokio::test]
async fn a_thousand_unfinished_runs_are_taken_over() {
    let (first, journal) = (World::default(), Recording::new());
    first.scripts.on("c", |_| std::future::pending());
    let runtime = on::<chain::Node>(&first, &journal).await;
    let mut runs = Vec::new();
    for number in 0..1000_u64 {
        runs.push(runtime.start::<chain::Node>(number, None).await.unwrap().id());
    }
    breathe().await;
    let second = World::default();
    let next = on::<chain::Node>(&second, &journal).await;
    next.settled().await;
    assert_eq!(next.counters().runs_taken_over, 1000);
    assert_eq!(next.counters().runs_completed, 1000);
    assert_eq!(second.scripts.calls_of("c").len(), 1000);
    let unfinished = journal.unfinished().await.unwrap();
    assert!(unfinished.is_empty());
}
