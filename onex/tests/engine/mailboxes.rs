//! Semantics 4: what has one key is handled one at a time and in order; nothing else waits for anything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::*;
use onex::engine::{Load, PublishError, Settings};
use onex::journal::DeadLetterCause;
use onex::message::Topic;
use onex::node::mount::{Mount, Mounted};
use onex::node::route::{Message, Route, RouteHandler};
use onex::node::{Ctx, Dep, Emit, Emitted, Fault};
use onex::plan::{At, Brings, EventRow, FailureRow, Kind, NodeTable, RouteRow};
use onex::run::Backoff;
use onex::{Envelope, Event, Payload, Provides, Runtime};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

/// A line of an account: handled in order by the node that has declared `account` to be its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    account: String,
    number: u32,
}

impl Event for Line {
    const NAME: &'static str = "Line";
}

/// What handling a line does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    Takes(u64),
    FailsTimes(u32),
    Fails,
    Panics,
    Hangs,
}

/// What the ledger does with which line, and what it has done.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    acts: Mutex<HashMap<(String, u32), Act>>,
    seen: Mutex<Vec<(String, u32, &'static str)>>,
}

#[derive(Clone, Default)]
pub(crate) struct Bank(pub(crate) Arc<Ledger>);

impl Provides<Ledger> for Bank {
    fn provide(&self) -> Dep<Ledger> {
        Dep::new(Arc::clone(&self.0))
    }
}

impl Ledger {
    pub(crate) fn on(&self, account: &str, number: u32, act: Act) {
        self.acts.lock().unwrap().insert((account.into(), number), act);
    }

    fn note(&self, line: &Line, what: &'static str) {
        self.seen.lock().unwrap().push((line.account.clone(), line.number, what));
    }

    /// The lines in the order of `what`.
    pub(crate) fn order(&self, what: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|(.., at)| *at == what).map(|(account, n, _)| format!("{account}{n}")).collect()
    }

    async fn handle(&self, line: &Line, attempt: u32) -> Result<(), Fault> {
        self.note(line, "began");
        let act = self.acts.lock().unwrap().get(&(line.account.clone(), line.number)).copied();
        let outcome = match act.unwrap_or(Act::Takes(0)) {
            Act::Takes(after) => {
                stage::wait(after).await;
                Ok(())
            }
            Act::FailsTimes(times) if attempt > times => Ok(()),
            Act::FailsTimes(_) | Act::Fails => Err(fail("the ledger is locked")),
            Act::Panics => panic!("ink on the page"),
            Act::Hangs => std::future::pending().await,
        };
        self.note(line, if outcome.is_ok() { "done" } else { "failed" });
        outcome
    }
}

const LINES: &str = "onex.cmd.bank.line.v1";
const AT: At = At { file: "bank.yaml", line: 1, column: 1 };

macro_rules! ledger_node {
    ($module:ident, $parks:expr, $mounted:expr) => {
        pub(crate) mod $module {
            use super::*;

            pub(crate) struct Node;
            pub(crate) enum LineRoute {}

            impl onex::node::Node for Node {
                const TABLE: &'static NodeTable = &NodeTable {
                    name: stringify!($module),
                    kind: Kind::Effect,
                    contract: "bank.yaml",
                    events: &[EventRow {
                        name: "Line",
                        topic: LINES,
                        wire_type: "bank.line",
                        consumed: true,
                        published: false,
                        external: true,
                        at: AT,
                    }],
                    routes: &[RouteRow { brings: Brings::Event(0), handler: "line", parks: $parks, at: AT }],
                    intents: &[],
                    failures: FailureRow::NONE,
                    workflow: None,
                };
            }

            impl Route for LineRoute {
                type Node = Node;
                type Message = Line;
                const INDEX: usize = 0;
                const DECLARED: &'static str = "";
            }

            impl<X> RouteHandler<X> for LineRoute {
                type Takes = Line;
                type Deps = (Dep<Ledger>,);
                type Gives = Emit<Self>;
                async fn call(
                    line: Message<Line>,
                    ctx: Ctx,
                    (ledger,): (Dep<Ledger>,),
                ) -> Result<Emit<Self>, Fault> {
                    ledger.handle(&line, ctx.attempt).await.map(|()| Emit::nothing())
                }
                fn emitted(gives: Emit<Self>) -> Result<Emitted, Fault> {
                    Ok(gives.into_emitted())
                }
            }

            impl Mount<Bank> for Node {
                fn mounted() -> Mounted<Bank> {
                    let mounted = Mounted::new(<Self as onex::node::Node>::TABLE).route::<LineRoute>();
                    let finish: fn(Mounted<Bank>) -> Mounted<Bank> = $mounted;
                    finish(mounted)
                }
            }
        }
    };
}

ledger_node!(keyed, false, |mounted| mounted.keyed::<Line>(account));
ledger_node!(unkeyed, false, |mounted| mounted);
ledger_node!(parking, true, |mounted| mounted.keyed::<Line>(account));

fn account(payload: &Payload) -> Option<String> {
    payload.downcast_ref::<Line>().map(|line| line.account.clone())
}

pub(crate) fn line(account: &str, number: u32) -> Line {
    Line { account: account.into(), number }
}

pub(crate) fn bank<N: Mount<Bank>>(settings: Settings) -> (Arc<Ledger>, Runtime<Bank>) {
    let bank = Bank::default();
    (Arc::clone(&bank.0), Runtime::builder(bank).settings(settings).mount::<N>().build().unwrap())
}

const NOTHING: Load = Load { in_flight: 0, runs: 0, asleep: 0, waiting_runs: 0, tasks: 0, mailboxes: 0 };

/// What is left when everything has been handled.
pub(crate) async fn settle(runtime: &Runtime<Bank>) {
    runtime.settled().await;
    breathe().await;
    assert_eq!(runtime.load(), NOTHING, "a mailbox that is empty goes away");
}

#[tokio::test(start_paused = true)]
async fn r04_lines_of_one_key_are_handled_one_at_a_time_and_in_order() {
    let (ledger, runtime) = bank::<keyed::Node>(quick());
    ledger.on("a", 1, Act::Takes(100));
    ledger.on("a", 2, Act::Takes(10));
    for number in 1..=3 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    runtime.publish(line("b", 1)).await.unwrap();
    breathe().await;
    let load = runtime.load();
    assert_eq!((load.in_flight, load.tasks, load.mailboxes), (3, 1, 1), "what waits has no task");
    settle(&runtime).await;
    assert_eq!(ledger.order("done"), ["b1", "a1", "a2", "a3"], "another key does not wait");
    assert_eq!(ledger.order("began"), ["a1", "b1", "a2", "a3"]);
}

#[tokio::test(start_paused = true)]
async fn r04_without_a_key_there_is_no_order() {
    let (ledger, runtime) = bank::<unkeyed::Node>(quick());
    ledger.on("a", 1, Act::Takes(100));
    runtime.publish(line("a", 1)).await.unwrap();
    runtime.publish(line("a", 2)).await.unwrap();
    breathe().await;
    assert_eq!(runtime.load().mailboxes, 0);
    settle(&runtime).await;
    assert_eq!(ledger.order("done"), ["a2", "a1"]);
}

#[tokio::test(start_paused = true)]
async fn r04_a_line_that_is_tried_again_holds_its_key_back() {
    let (ledger, runtime) = bank::<keyed::Node>(quick());
    ledger.on("a", 1, Act::FailsTimes(3));
    runtime.publish(line("a", 1)).await.unwrap();
    runtime.publish(line("a", 2)).await.unwrap();
    runtime.publish(line("b", 1)).await.unwrap();
    settle(&runtime).await;
    assert_eq!(ledger.order("began"), ["a1", "b1", "a1", "a1", "a1", "a2"]);
    assert_eq!(ledger.order("done"), ["b1", "a1", "a2"]);
}

#[tokio::test(start_paused = true)]
async fn r04_a_dead_letter_releases_its_key_and_so_does_a_panic() {
    expect_panic("ink on the page");
    let (ledger, runtime) = bank::<keyed::Node>(quick());
    ledger.on("a", 1, Act::Fails);
    ledger.on("a", 2, Act::Panics);
    for number in 1..=3 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    settle(&runtime).await;
    assert_eq!(ledger.order("done"), ["a3"]);
    let causes: Vec<_> =
        runtime.dead_letter_list().await.unwrap().iter().map(|letter| letter.cause.clone()).collect();
    assert!(matches!(causes[0], DeadLetterCause::HandlerFailed { attempts: 4, .. }), "{causes:?}");
    assert!(matches!(causes[1], DeadLetterCause::HandlerPanicked { .. }), "{causes:?}");
}

#[tokio::test(start_paused = true)]
async fn r04_a_stuck_key_takes_no_room_from_the_others() {
    let settings = Settings { max_in_flight: 2, mailbox_capacity: 2, ..quick() };
    let (ledger, runtime) = bank::<keyed::Node>(settings);
    ledger.on("a", 1, Act::Takes(1000));
    for number in 1..=3 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    let fourth = runtime.publish(line("a", 4));
    assert!(timeout(ms(10), fourth).await.is_err(), "two wait already, so whoever publishes waits");
    for number in 1..=20 {
        timeout(ms(10), runtime.publish(line("b", number))).await.expect("`b` has room").unwrap();
    }
    assert_eq!(runtime.load().mailboxes, 2);
    sleep(ms(1)).await;
    assert_eq!(ledger.order("done").len(), 20, "all of `b`, none of `a`");
    sleep(ms(1000)).await;
    runtime.publish(line("a", 5)).await.unwrap();
    settle(&runtime).await;
    assert_eq!(ledger.order("done")[20..], ["a1", "a2", "a3", "a5"], "whoever gave up has published nothing");
}

#[tokio::test(start_paused = true)]
async fn r04_what_waits_is_worked_on_within_the_limit() {
    let settings = Settings { max_in_flight: 1, ..quick() };
    let (ledger, runtime) = bank::<keyed::Node>(settings);
    ledger.on("a", 1, Act::Takes(100));
    ledger.on("a", 2, Act::Takes(100));
    runtime.publish(line("a", 1)).await.unwrap();
    // Behind another of its key: accepted as soon as somebody may look at it.
    let began = Instant::now();
    runtime.publish(line("a", 2)).await.unwrap();
    runtime.publish(line("b", 1)).await.unwrap();
    settle(&runtime).await;
    assert!(began.elapsed() >= ms(200));
    let seen = ledger.seen.lock().unwrap().clone();
    for pair in seen.chunks(2) {
        assert_eq!((&pair[0].0, pair[0].1), (&pair[1].0, pair[1].1), "one at a time: {seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r04_what_is_no_line_has_no_key_and_no_turn() {
    let (ledger, runtime) = bank::<keyed::Node>(quick());
    ledger.on("a", 1, Act::Takes(100));
    let of = |id, text: &str| json(LINES, id, text);
    runtime.deliver(of(1, r#"{"account":"a","number":1}"#)).await.unwrap();
    runtime.deliver(of(2, r#"{"account":"a","number":2}"#)).await.unwrap();
    runtime.deliver(of(3, r#"{"account":7}"#)).await.unwrap();
    breathe().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    assert!(matches!(letters[0].cause, DeadLetterCause::Decode { .. }));
    assert_eq!(letters[0].envelope.payload.as_ref().unwrap().get(), r#"{"account":7}"#);
    settle(&runtime).await;
    assert_eq!(ledger.order("done"), ["a1", "a2"]);
}

#[tokio::test(start_paused = true)]
async fn r04_a_shutdown_leaves_what_waits_to_the_next_owner() {
    let (ledger, runtime) = bank::<keyed::Node>(quick());
    ledger.on("a", 1, Act::Hangs);
    for number in 1..=3 {
        runtime.publish(line("a", number)).await.unwrap();
    }
    let shutdown = runtime.shutdown(ms(10)).await;
    assert_eq!((shutdown.settled, shutdown.abandoned), (false, 3));
    assert_eq!(runtime.load(), NOTHING);
    let numbers: Vec<_> = runtime.journal_outbox_of_lines().await;
    assert_eq!(numbers, [1, 2, 3], "in order");
    assert!(matches!(runtime.publish(line("a", 4)).await, Err(PublishError::Closed)));
}

pub(crate) trait Lines {
    async fn journal_outbox_of_lines(&self) -> Vec<u32>;
}

impl Lines for Runtime<Bank> {
    async fn journal_outbox_of_lines(&self) -> Vec<u32> {
        let outbox = onex::journal::Journal::outbox(self.journal()).await.unwrap();
        outbox.iter().map(|envelope| envelope.payload.get::<Line>().unwrap().number).collect()
    }
}

fn ticket_id(payload: &Payload) -> Option<String> {
    payload.downcast_ref::<Ticket>().map(|ticket| ticket.id.clone())
}

workflow!(ticket entry(Ticket, "onex.evt.desk.ticket-opened.v1", Reject, Some(super::ticket_id)) {} [answer Effect [0]]);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r04_of_two_equal_orders_the_second_is_the_duplicate_always() {
    const PAIRS: usize = 500;
    let (world, runtime) = on::<ticket::Node>();
    world.scripts.on("answer", |_| async {
        sleep(Duration::from_micros(50)).await;
        Ok(0)
    });
    let mut reports = runtime.reports();
    let mut seconds = Vec::new();
    let mut firsts = Vec::new();
    for pair in 0..PAIRS {
        let id = format!("t-{pair}");
        firsts.push(runtime.publish(Ticket { id: id.clone() }).await.unwrap());
        seconds.push(runtime.publish(Ticket { id }).await.unwrap());
    }
    runtime.settled().await;
    let mut ran = Vec::new();
    while let Some(report) = reports.try_recv() {
        ran.push(report.envelope_id);
    }
    let mut dead: Vec<Uuid> =
        runtime.dead_letter_list().await.unwrap().iter().map(|letter| letter.envelope.envelope_id).collect();
    for ids in [&mut ran, &mut dead, &mut firsts, &mut seconds] {
        ids.sort_unstable();
    }
    assert_eq!((ran, dead), (firsts, seconds));
    assert_eq!(runtime.load().mailboxes, 0);
}

#[tokio::test(start_paused = true)]
async fn r04_a_run_holds_its_key_back_only_until_it_has_begun() {
    let (world, runtime) = on::<ticket::Node>();
    world.scripts.on("answer", |_| std::future::pending());
    runtime.publish(Ticket { id: "t".into() }).await.unwrap();
    runtime.publish(Ticket { id: "t".into() }).await.unwrap();
    breathe().await;
    assert_eq!(
        runtime.dead_letter_list().await.unwrap().len(),
        1,
        "the second is refused while the first run is alive"
    );
    assert_eq!((runtime.live_runs().len(), runtime.load().mailboxes), (1, 0));
}

workflow!(talks publishes(Said, "onex.evt.talks.said.v1") { mode: Mode::Parallel, } [
    a Effect [] { publishes: Some(0) }; b Effect [] { publishes: Some(0) }; c Effect [0] { publishes: Some(0) };
    d Compute [1] { publishes: Some(0) }; e Compute [2, 3] { publishes: Some(0) }
]);

#[tokio::test(start_paused = true)]
async fn r04_a_runs_events_are_published_in_its_sequence_order() {
    use onex::journal::Journal;
    use onex::run::Fact;
    for (a, b, c) in [(30, 10, 10), (10, 30, 10), (10, 10, 10), (0, 0, 0), (0, 10, 30)] {
        let world = World::default();
        let journal = Recording::new();
        journal.slow(ms(7));
        let builder = Runtime::builder(world.clone()).settings(quick()).mount::<talks::Node>();
        let runtime = builder.build_on(Arc::clone(&journal), "test").await.unwrap();
        for (step, after, says) in [("a", a, 0), ("b", b, 1), ("c", c, 2)] {
            world.scripts.on(step, move |_| async move {
                stage::wait(after).await;
                Ok(says)
            });
        }
        world.scripts.on_sync("d", |_| Ok(3));
        world.scripts.on_sync("e", |_| Ok(4));
        let mut said = runtime.subscribe("onex.evt.talks.said.v1");
        let report = runtime.run::<talks::Node>(0_u64, None).await.unwrap();
        let facts = journal.run(report.run).await.unwrap().unwrap().facts;
        let completed = facts.iter().filter_map(|fact| match fact {
            Fact::StepCompleted { step, .. } => Some(u64::from(step.0)),
            _ => None,
        });
        let mut heard = Vec::new();
        while let Some(envelope) = said.try_recv() {
            heard.push(*envelope.payload.get::<u64>().unwrap());
        }
        assert_eq!(heard, completed.collect::<Vec<_>>());
        assert_eq!(heard.len(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn r04_what_the_owner_before_left_is_handled_in_the_order_in_which_it_was_accepted() {
    let journal = Recording::new();
    let on = async |bank: &Bank| {
        let builder = Runtime::builder(bank.clone()).settings(quick()).mount::<keyed::Node>();
        builder.build_on(Arc::clone(&journal), "test").await.unwrap()
    };
    let (first, second) = (Bank::default(), Bank::default());
    for account in ["a", "b"] {
        first.0.on(account, 0, Act::Hangs);
    }
    let runtime = on(&first).await;
    for number in 0..50 {
        for account in ["a", "b"] {
            runtime.publish(line(account, number)).await.unwrap();
        }
        // One that is delivered takes its place in the outbox away from between the others.
        runtime.publish(line("c", number)).await.unwrap();
    }
    breathe().await;

    let next = on(&second).await;
    next.publish(line("a", 50)).await.unwrap();
    next.settled().await;
    let of = |account: &str| -> Vec<u32> {
        let began = second.0.order("began");
        began.iter().filter_map(|line| line.strip_prefix(account)?.parse().ok()).collect()
    };
    assert_eq!(of("a"), Vec::from_iter(0..=50));
    assert_eq!(of("b"), Vec::from_iter(0..50));
    assert!(of("c").is_empty(), "they were handled");
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Takes(0)),
        4 => (1..50_u64).prop_map(Act::Takes),
        2 => (1..6_u32).prop_map(Act::FailsTimes),
        1 => Just(Act::Fails),
        1 => Just(Act::Panics),
    ]
}

/// Any traffic: whatever lines do, those of one key never overlap and never overtake, and each is settled once.
async fn traffic(lines: Vec<(u8, Act, u64)>, max_in_flight: usize, mailbox_capacity: usize) {
    let route_backoff = Backoff::exponential(ms(20), 1.0, ms(20));
    let settings = Settings { max_in_flight, mailbox_capacity, route_backoff, ..Settings::default() };
    let (ledger, runtime) = bank::<keyed::Node>(settings);
    let names = ["a", "b", "c", "d"];
    let mut expected: HashMap<&str, Vec<u32>> = HashMap::new();
    for (number, (account, act, pause)) in lines.iter().enumerate() {
        let (name, number) = (names[*account as usize], number as u32);
        ledger.on(name, number, *act);
        expected.entry(name).or_default().push(number);
        let envelope = Envelope::external(
            Uuid::from_u128(u128::from(number) + 1),
            Topic::new(LINES),
            Payload::new(line(name, number)),
        );
        runtime.deliver(envelope.clone()).await.unwrap();
        // Sometimes again, as a source does that was not told that it was heard.
        if number % 5 == 0 {
            runtime.deliver(envelope).await.unwrap();
        }
        stage::wait(*pause).await;
    }
    settle(&runtime).await;
    let seen = ledger.seen.lock().unwrap().clone();
    for (name, numbers) in expected {
        let mut began: Vec<u32> =
            seen.iter().filter(|(account, _, at)| account == name && *at == "began").map(|it| it.1).collect();
        assert!(began.is_sorted(), "{name}: {began:?}");
        began.dedup();
        assert_eq!(began, numbers, "of {name}");
    }
    let counters = runtime.counters();
    assert_eq!(counters.handled + counters.dead_letters, lines.len() as u64);
    assert_eq!(counters.duplicates, lines.len().div_ceil(5) as u64);
    assert!(onex::journal::Journal::outbox(runtime.journal()).await.unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r04_any_traffic_is_in_order_for_each_key(
        lines in prop::collection::vec((0..4_u8, any_act(), prop_oneof![4 => Just(0), 1 => 1..30_u64]), 1..60),
        max_in_flight in 1..8_usize,
        mailbox_capacity in 1..5_usize,
    ) {
        expect_panics_of_handlers();
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        tokio.unwrap().block_on(traffic(lines, max_in_flight, mailbox_capacity));
    }
}

fn expect_panics_of_handlers() {
    std::panic::set_hook(Box::new(|info| {
        if !info.to_string().contains("ink on the page") {
            eprintln!("{info}");
        }
    }));
}
