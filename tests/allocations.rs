//! What the promises about the heap are worth: the typed path never touches it, a run touches it no more than it did.

use onex::engine::Settings;
use onex::journal::Retention;
use onex::node::Workflow;
use onex::node::mount::Mount;
use onex::run::RunState;
use onex::stream::Iter;
use onex::{Ctx, Runtime};
use onex_benches::counting::{self, Counting, most_held};
use onex_benches::diamond::Diamond;
use onex_benches::dispatch::{Dialled, Office, Rang, Recorder, Spoke, Switchboard};
use onex_benches::parked;
use onex_benches::sequential::Sequential;
use onex_benches::stream::Lane;
use onex_benches::{at_once, on_this_thread};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often this thread asks for memory while `work` runs.
fn allocations(work: impl FnOnce()) -> u64 {
    counting::allocations(work).0
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(7)))), 1);
}

#[test]
fn a_typed_event_reaches_a_handler_that_does_nothing_without_an_allocation() {
    let office = Office::default();
    let asked = allocations(|| {
        let routed = onex::dispatch::<Switchboard, _, _>(Rang { line: 7 }, Ctx::detached(), &office);
        assert!(at_once(routed).is_ok());
    });
    assert_eq!(asked, 0);
}

#[test]
fn neither_a_dependency_nor_the_context_costs_one() {
    let office = Office::default();
    let asked = allocations(|| {
        let routed = onex::dispatch::<Recorder, _, _>(Spoke { line: 7 }, Ctx::detached(), &office);
        assert!(at_once(routed).is_ok());
    });
    assert_eq!(asked, 0);
}

#[test]
fn five_steps_in_a_row_allocate_no_more_than_they_did() {
    assert_at_most(27, allocations_per_run::<Sequential>());
}

#[test]
fn a_diamond_of_five_steps_allocates_no_more_than_it_did() {
    assert_at_most(28, allocations_per_run::<Diamond>());
}

#[test]
fn an_event_that_is_routed_to_its_handler_and_answered_allocates_no_more_than_it_did() {
    const EVENTS: u64 = 1_000;
    let retention = Retention { inbox_marks: 10, ..Retention::default() };
    let settings = Settings { retention, ..Settings::default() };
    let runtime = Runtime::builder(Office::default()).mount::<Switchboard>().settings(settings);
    let runtime = runtime.build().expect("the contract stands alone");
    let tokio = on_this_thread();
    let route = || {
        tokio.block_on(async {
            for line in 0..EVENTS {
                runtime.publish(Dialled { line }).await.expect("the switchboard consumes it");
            }
            runtime.settled().await;
        });
    };
    route();
    let per_event = allocations(route) as f64 / EVENTS as f64;
    println!("{per_event} allocations an event");
    // The two payloads and their envelopes, the handler's future and its list of what it emits, in which the envelopes of that are
    // then: six. And workers, of which a slow machine needs more, since each serves for a time.
    assert!(per_event <= 7.0, "{per_event} allocations an event");
}

fn assert_at_most(most: u64, per_run: u64) {
    println!("{per_run} allocations a run");
    assert!(per_run <= most, "{per_run} allocations a run, and no more than {most} are accepted");
}

/// On average over many runs, in a journal that forgets one run for each that it takes.
fn allocations_per_run<N: Workflow<Input = ()> + Mount<()>>() -> u64 {
    const RUNS: u64 = 1_000;
    let retention = Retention { runs: 10, ..Retention::default() };
    let settings = Settings { retention, ..Settings::default() };
    let runtime =
        Runtime::builder(()).mount::<N>().settings(settings).build().expect("the contract stands alone");
    let run = async || {
        let report = runtime.run::<N>((), None).await.expect("the run starts");
        assert_eq!(report.state, RunState::Completed);
    };
    let many = async || {
        for _ in 0..RUNS {
            run().await;
        }
    };
    let tokio = on_this_thread();
    tokio.block_on(many());
    allocations(|| tokio.block_on(many())) / RUNS
}

/// How many bytes more than at its beginning the stream ever has on the heap.
fn most_that_a_stream_holds(items: u64) -> i64 {
    let tokio = on_this_thread();
    let runtime = Runtime::builder(()).mount::<Lane>().build().expect("the contract stands alone");
    let held = most_held(|| {
        let report = tokio.block_on(async {
            let stream =
                runtime.stream::<Lane>(Iter::new(0..items)).open().await.expect("nothing refuses it");
            stream.drain().await.expect("nothing refuses its commits")
        });
        assert_eq!((report.state, report.completed), (RunState::Completed, items));
    });
    println!("{held} bytes for {items} items");
    held
}

/// Bytes on the heap for each of so many runs that wait, their records in the journal in memory included.
fn held_by_a_run_that_waits(runs: usize, wait: &impl AsyncFn(&Runtime<()>, usize)) -> i64 {
    let tokio = on_this_thread();
    let runtime = parked::runtime(100_000);
    // What grows only once is there.
    tokio.block_on(wait(&runtime, 1));
    let before = counting::held();
    tokio.block_on(wait(&runtime, runs));
    let held = (counting::held() - before) / runs as i64;
    println!("{held} bytes a run");
    assert_eq!(runtime.load().runs, 0, "none has a place among those that are driven");
    tokio.block_on(runtime.shutdown(std::time::Duration::ZERO));
    held
}

#[test]
fn a_run_that_waits_takes_less_than_a_kilobyte() {
    // Tables of these sizes are as full as those of a hundred thousand runs.
    for runs in [391, 3_125] {
        assert!(held_by_a_run_that_waits(runs, &parked::at_gates) < 1_024);
        assert!(held_by_a_run_that_waits(runs, &parked::at_gates_by_events) < 1_024 + 416);
        assert!(held_by_a_run_that_waits(runs, &parked::at_retries) < 1_024);
    }
}

#[test]
fn a_stream_of_many_items_needs_no_more_memory_than_one_of_few() {
    let few = most_that_a_stream_holds(1_000);
    let many = most_that_a_stream_holds(100_000);
    assert!(many <= few + 4_096, "{few} bytes for a thousand items, {many} for a hundred thousand");
    assert!(many < 128 * 1024, "{many} bytes for a window of 64");
}

#[test]
#[ignore = "takes a minute"]
fn a_stream_of_ten_million_items_needs_no_more_memory_than_one_of_few() {
    let few = most_that_a_stream_holds(1_000);
    assert!(most_that_a_stream_holds(10_000_000) <= few + 4_096);
}
