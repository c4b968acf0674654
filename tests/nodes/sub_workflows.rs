//! Steps that are workflows: each of their attempts is a run of its own.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::{BuildProblem, Disclose, ErrorPlace, ErrorType, RunCause, Settings};
use onex::journal::*;
use onex::message::RunId;
use onex::run::{CompensationState, FailureCause, RunState, StepState};
use onex::{Call, Container, Ctx, Dep, Envelope, Event, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;
use uuid::Uuid;

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct OrderPlaced {
    order_id: String,
    cents: u64,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
#[event(name = "PaymentAsked")]
struct PaymentAsked {
    order_id: String,
    cents: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Receipt {
    order_id: String,
    captured: u64,
}

/// What the bank does, call by call, and what it was asked for.
#[derive(Debug, Default)]
struct Bank {
    captures: Mutex<Vec<Capture>>,
    calls: Mutex<Vec<(&'static str, Uuid)>>,
    refunds: Mutex<Vec<Option<Receipt>>>,
    void_takes: Duration,
}

#[derive(Debug, Clone, Copy)]
enum Capture {
    Takes(u64),
    Busy,
    Panics,
}

impl Bank {
    fn does(captures: &[Capture]) -> Arc<Self> {
        let captures = Mutex::new(captures.iter().rev().copied().collect());
        Arc::new(Bank { captures, ..Bank::default() })
    }

    fn called(&self, what: &'static str, ctx: &Ctx) {
        self.calls.lock().unwrap().push((what, ctx.idempotency_key()));
    }

    fn order(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().iter().map(|(what, _)| *what).collect()
    }
}

#[derive(Container)]
struct App {
    bank: Arc<Bank>,
}

#[orchestrator(contract = "contracts/sub/shop.yaml")]
struct Shop;

#[orchestrator(contract = "contracts/sub/payments.yaml")]
struct Payments;

#[handler(step = shop::reserve)]
async fn reserve(placed: &OrderPlaced, bank: Dep<Bank>, ctx: Ctx) -> u64 {
    bank.called("reserve", &ctx);
    placed.cents
}

#[handler(call = shop::pay)]
fn pay(placed: &OrderPlaced, reserve: &u64) -> Result<Call<Payments>, String> {
    match *reserve {
        0 => Err("nothing is to be paid".to_owned()),
        cents => Ok(Call::with(PaymentAsked { order_id: placed.order_id.clone(), cents })),
    }
}

#[handler(step = shop::confirm)]
fn confirm(pay: &Receipt) -> String {
    format!("{} is paid with {}", pay.order_id, pay.captured)
}

#[handler(compensation = shop::release)]
async fn release(bank: Dep<Bank>, ctx: Ctx) {
    bank.called("release", &ctx);
}

#[handler(compensation = shop::refund)]
async fn refund(pay: Option<&Receipt>, bank: Dep<Bank>, ctx: Ctx) {
    bank.called("refund", &ctx);
    bank.refunds.lock().unwrap().push(pay.cloned());
}

#[handler(step = payments::authorise)]
async fn authorise(asked: &PaymentAsked, bank: Dep<Bank>, ctx: Ctx) -> Result<u64, String> {
    bank.called("authorise", &ctx);
    if asked.cents > 1_000 { Err("too much".to_owned()) } else { Ok(asked.cents) }
}

#[handler(step = payments::capture)]
async fn capture(authorise: &u64, bank: Dep<Bank>, ctx: Ctx) -> Result<u64, String> {
    bank.called("capture", &ctx);
    let next = bank.captures.lock().unwrap().pop();
    match next.unwrap_or(Capture::Takes(10)) {
        Capture::Takes(ms) => sleep(Duration::from_millis(ms)).await,
        Capture::Busy => return Err("the bank is busy".to_owned()),
        Capture::Panics => panic!("the line went dead"),
    }
    Ok(*authorise)
}

#[handler(step = payments::receipt)]
fn receipt(input: &PaymentAsked, capture: &u64) -> Receipt {
    Receipt { order_id: input.order_id.clone(), captured: *capture }
}

#[handler(compensation = payments::void)]
async fn void(bank: Dep<Bank>, ctx: Ctx) {
    bank.called("void", &ctx);
    sleep(bank.void_takes).await;
}

fn order(cents: u64) -> OrderPlaced {
    OrderPlaced { order_id: "o-1".to_owned(), cents }
}

fn runtime(bank: &Arc<Bank>) -> Runtime<App> {
    let settings = Settings { grace: Duration::from_millis(500), ..Settings::default() };
    let builder = Runtime::builder(App { bank: Arc::clone(bank) }).settings(settings);
    builder.mount::<Shop>().mount::<Payments>().build().unwrap()
}

async fn sub_run<J: Journal>(runtime: &Runtime<App, J>, report: &RunReport) -> RunReport {
    let run = report.step("pay").unwrap().sub_run.unwrap();
    runtime.status(run).await.unwrap().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_step_gives_what_the_run_gives_that_it_is() {
    let bank = Bank::does(&[]);
    let runtime = runtime(&bank);
    let report = runtime.run::<Shop>(order(500), None).await.unwrap();
    assert_eq!(report.state, RunState::Completed, "{report:?}");
    assert_eq!(*report.last::<Shop>().unwrap(), "o-1 is paid with 500");
    assert_eq!(report.get::<shop::pay>().unwrap().captured, 500);
    assert_eq!(bank.order(), ["reserve", "authorise", "capture"]);

    let child = sub_run(&runtime, &report).await;
    assert_eq!((child.parent, report.parent), (Some(report.run), None));
    assert_eq!(
        (child.workflow, child.state, &*child.key.to_string()),
        ("payments", RunState::Completed, "o-1")
    );
    assert_eq!(child.correlation_id, report.correlation_id);
    assert_eq!(child.last::<Payments>().unwrap(), report.get::<shop::pay>().unwrap());
    assert!(runtime.journal().dead_letters().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r10_what_certainly_did_nothing_fails_the_step_and_is_not_undone() {
    let bank = Bank::does(&[]);
    let runtime = runtime(&bank);
    let report = runtime.run::<Shop>(order(2_000), None).await.unwrap();
    let pay = report.step("pay").unwrap();
    let child = pay.sub_run.unwrap();
    assert_eq!((report.state, pay.state, pay.attempts), (RunState::Failed, StepState::Failed, 2));
    assert_eq!(
        pay.error.as_deref(),
        Some(&*format!("run {child} of `payments` has no output: step `authorise`: too much"))
    );
    assert_eq!(bank.order(), ["reserve", "authorise", "authorise", "release"]);
    // The parent is told, and nobody else has to be.
    assert_eq!(runtime.journal().dead_letters().await.unwrap().len(), 1);

    let report = runtime.run::<Shop>(order(0), Some("o-2".into())).await.unwrap();
    let pay = report.step("pay").unwrap();
    assert_eq!((pay.state, pay.error.as_deref()), (StepState::Failed, Some("nothing is to be paid")));
    assert!(runtime.status(pay.sub_run.unwrap()).await.unwrap().is_none(), "no run has begun");
}

#[tokio::test(start_paused = true)]
async fn r12_each_attempt_is_a_run_of_its_own_that_has_the_key_of_the_one_before() {
    let bank = Bank::does(&[Capture::Busy]);
    let runtime = runtime(&bank);
    let report = runtime.run::<Shop>(order(500), None).await.unwrap();
    assert_eq!((report.state, report.step("pay").unwrap().attempts), (RunState::Completed, 2));
    assert_eq!(bank.order(), ["reserve", "authorise", "capture", "void", "authorise", "capture"]);
    let calls = bank.calls.lock().unwrap().clone();
    assert_ne!(calls[1].1, calls[4].1, "what is undone and done again has a new key");
    let runs = runtime.journal().runs().await.unwrap();
    let payments: Vec<_> = runs.iter().filter(|run| run.identity.workflow == "payments").collect();
    assert_eq!(payments.len(), 2);
    assert!(payments.iter().all(|run| run.identity.key.to_string() == "o-1"));
}

#[tokio::test(start_paused = true)]
async fn r19_a_run_of_which_something_stands_is_undone_as_a_step() {
    let bank = Bank::does(&[Capture::Panics]);
    let runtime = runtime(&bank);
    let report = runtime.run::<Shop>(order(500), None).await.unwrap();
    let pay = report.step("pay").unwrap();
    assert_eq!((report.state, pay.state), (RunState::Failed, StepState::Indeterminate));
    assert_eq!(pay.failure.unwrap().cause, FailureCause::PartlyDone);
    assert_eq!((pay.attempts, pay.compensation), (1, CompensationState::Done), "a panic is permanent");
    assert_eq!(bank.order(), ["reserve", "authorise", "capture", "void", "refund", "release"]);
    assert_eq!(*bank.refunds.lock().unwrap(), [None]);
}

#[tokio::test(start_paused = true)]
async fn r18_a_run_that_is_cancelled_takes_the_runs_with_it_that_are_its_steps() {
    let bank = Bank::does(&[Capture::Takes(60_000)]);
    let runtime = runtime(&bank);
    let handle = runtime.start::<Shop>(order(500), None).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(runtime.live_runs().len(), 2);
    handle.cancel("not wanted any more");
    let report = handle.await.unwrap();
    assert_eq!(report.state, RunState::Cancelled);
    assert_eq!(report.step("pay").unwrap().state, StepState::Indeterminate);
    runtime.settled().await;
    let child = sub_run(&runtime, &report).await;
    assert_eq!(child.state, RunState::Cancelled);
    assert!(matches!(child.cause, Some(RunCause::Cancelled { .. })), "{child:?}");
    assert_eq!(bank.order(), ["reserve", "authorise", "capture", "void", "refund", "release"]);
}

#[tokio::test(start_paused = true)]
async fn r20_a_step_whose_time_is_over_stops_its_run_and_the_next_attempt_is_another() {
    let bank = Bank::does(&[Capture::Takes(60_000)]);
    let runtime = runtime(&bank);
    let report = runtime.run::<Shop>(order(500), None).await.unwrap();
    assert_eq!((report.state, report.step("pay").unwrap().attempts), (RunState::Completed, 2));
    assert_eq!(bank.order(), ["reserve", "authorise", "capture", "void", "authorise", "capture"]);

    let bank = Bank::does(&[Capture::Takes(60_000), Capture::Takes(60_000)]);
    let report = self::runtime(&bank).run::<Shop>(order(500), None).await.unwrap();
    let pay = report.step("pay").unwrap();
    assert_eq!((pay.state, pay.failure.unwrap().cause), (StepState::Indeterminate, FailureCause::TimedOut));
    assert!(pay.error.as_deref().unwrap().starts_with("timed out after 20000 ms; run "), "{:?}", pay.error);
}

#[tokio::test(start_paused = true)]
async fn r27_what_became_of_a_run_that_does_not_stop_in_time_is_not_known() {
    let captures = Mutex::new(vec![Capture::Takes(60_000)]);
    let bank = Arc::new(Bank { captures, void_takes: Duration::from_secs(20), ..Bank::default() });
    let report = runtime(&bank).run::<Shop>(order(500), None).await.unwrap();
    let pay = report.step("pay").unwrap();
    assert_eq!(
        (pay.state, pay.attempts),
        (StepState::Indeterminate, 1),
        "it is not begun again beside itself"
    );
    assert_eq!(pay.failure.unwrap().cause, FailureCause::Unknown);
    assert_eq!(bank.order(), ["reserve", "authorise", "capture", "void", "refund", "release"]);
    let output = report.to_output(Disclose::default());
    let error = output.standing.errors().find(|error| error.at == ErrorPlace::Step("pay")).unwrap();
    assert_eq!(error.error_type, ErrorType::Abandoned);
    assert_eq!(error.message, "what became of the run that is this step is not known");
}

#[tokio::test(start_paused = true)]
async fn r21_the_run_of_a_step_goes_on_while_its_parent_is_paused() {
    let bank = Bank::does(&[Capture::Takes(1_000)]);
    let runtime = runtime(&bank);
    let handle = runtime.start::<Shop>(order(500), None).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    runtime.pause(handle.id(), "stocktaking").await.unwrap();
    sleep(Duration::from_millis(5_000)).await;
    let report = runtime.status(handle.id()).await.unwrap().unwrap();
    assert_eq!((report.state, report.step("pay").unwrap().state), (RunState::Paused, StepState::Completed));
    assert_eq!(report.step("confirm").unwrap().state, StepState::Waiting);
    runtime.resume(handle.id()).await.unwrap();
    assert_eq!(handle.await.unwrap().state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r03_the_key_of_a_run_that_is_a_step_is_its_own() {
    let bank = Bank::does(&[]);
    let runtime = runtime(&bank);
    let asked = PaymentAsked { order_id: "o-1".to_owned(), cents: 1 };
    let first = runtime.run::<Payments>(asked, None).await.unwrap();
    let report = runtime.run::<Shop>(order(500), None).await.unwrap();
    let pay = report.step("pay").unwrap();
    let said = format!("no run of `payments` begins: run {} has its key, `o-1`", first.run);
    assert_eq!((pay.state, pay.error.as_deref()), (StepState::Failed, Some(&*said)));
    assert_eq!(pay.attempts, 1, "it is refused again");
}

#[tokio::test(start_paused = true)]
async fn a_retry_by_a_person_begins_another_run() {
    let bank = Bank::does(&[Capture::Panics]);
    let runtime = Runtime::builder(App { bank: Arc::clone(&bank) }).mount::<Tolerant>().mount::<Payments>();
    let runtime = runtime.build().unwrap();
    let asked = PaymentAsked { order_id: "o-1".to_owned(), cents: 5 };
    let failed = runtime.run::<Tolerant>(asked, None).await.unwrap();
    assert_eq!(failed.state, RunState::Failed);
    let retried = runtime.retry_from(failed.run, "pay").await.unwrap().await.unwrap();
    assert_eq!(retried.state, RunState::Completed);
    assert_ne!(failed.step("pay").unwrap().sub_run, retried.step("pay").unwrap().sub_run);
    assert_eq!(retried.last::<Tolerant>().unwrap().captured, 5);
}

#[orchestrator(contract = "contracts/sub/tolerant.yaml")]
struct Tolerant;

#[handler(call = tolerant::pay)]
fn pay_again(input: &PaymentAsked) -> Call<Payments> {
    Call::with(input.clone())
}

/// Those who have all places wait for runs that would need one more.
#[tokio::test(start_paused = true)]
async fn r26_runs_that_wait_for_their_steps_do_not_wait_for_each_other() {
    let bank = Bank::does(&[]);
    let settings = Settings { max_concurrent_runs: 2, ..Settings::default() };
    let builder = Runtime::builder(App { bank: Arc::clone(&bank) }).settings(settings);
    let runtime = builder.mount::<Shop>().mount::<Payments>().build().unwrap();
    let mut runs = Vec::new();
    for number in 0..20 {
        let order_id = format!("o-{number}");
        let runtime = runtime.clone();
        runs.push(tokio::spawn(async move {
            if number % 2 == 0 {
                runtime.run::<Shop>(OrderPlaced { order_id, cents: 5 }, None).await.unwrap().state
            } else {
                runtime.run::<Payments>(PaymentAsked { order_id, cents: 5 }, None).await.unwrap().state
            }
        }));
    }
    for run in runs {
        assert_eq!(run.await.unwrap(), RunState::Completed);
    }
}

#[orchestrator(contract = "contracts/sub/circle_1.yaml")]
struct Circle1;
#[orchestrator(contract = "contracts/sub/circle_2.yaml")]
struct Circle2;
#[orchestrator(contract = "contracts/sub/deep.yaml")]
struct Deep;

#[handler(call = circle1::other)]
fn one() -> Call<Circle2> {
    Call::with(())
}
#[handler(step = circle1::end)]
fn end_of_one(other: &u8) -> u8 {
    *other
}
#[handler(call = circle2::other)]
fn two() -> Call<Circle1> {
    Call::with(())
}
#[handler(step = circle2::end)]
fn end_of_two(other: &u8) -> u8 {
    *other
}
#[handler(call = deep::order)]
fn deep_order() -> Call<Shop> {
    Call::with(order(1))
}

#[test]
fn a_runtime_is_not_built_whose_workflows_are_not_proven() {
    let problems = |builder: onex::RuntimeBuilder<App>| builder.build().unwrap_err().problems;
    let builder = || Runtime::builder(App { bank: Arc::default() });
    let missing = problems(builder().mount::<Shop>());
    let [missing @ BuildProblem::SubWorkflowNotMounted { .. }] = &missing[..] else { panic!("{missing:?}") };
    assert_eq!(
        missing.to_string(),
        "contracts/sub/shop.yaml:13:20: the step `pay` is the workflow `payments` of the node \
         `node_payments_orchestrator`, which is not mounted; mount it beside this one"
    );
    let circle = problems(builder().mount::<Circle1>().mount::<Circle2>());
    let [circle @ BuildProblem::WorkflowCycle { .. }] = &circle[..] else { panic!("{circle:?}") };
    assert_eq!(
        circle.to_string(),
        "workflows are steps of each other in a circle: \
         `circle_2` is a step of `circle_1` (contracts/sub/circle_1.yaml:9:22), \
         `circle_1` is a step of `circle_2` (contracts/sub/circle_2.yaml:9:22)"
    );
    let deep = problems(builder().mount::<Deep>().mount::<Payments>().mount::<Shop>());
    let [deep @ BuildProblem::TooDeep { depth: 2, max: 1, .. }] = &deep[..] else { panic!("{deep:?}") };
    assert!(deep.to_string().ends_with(
        "`max_workflow_depth` is 1: `orders` (contracts/sub/deep.yaml:9:22), in it `payments` (contracts/sub/shop.yaml:13:20)"
    ), "{deep}");
}

/// A journal whose process ends after so many commits.
#[derive(Clone)]
struct Mortal {
    memory: Arc<Memory>,
    left: Arc<AtomicU64>,
}

impl Journal for Mortal {
    fn acquire(&self, owner: &str) -> impl Future<Output = Result<Lease, StorageError>> + Send {
        self.memory.acquire(owner)
    }
    fn owner(&self) -> impl Future<Output = Result<Option<Lease>, StorageError>> + Send {
        self.memory.owner()
    }
    async fn commit(&self, lease: &Lease, commit: Commit<'_>) -> Result<Committed, CommitError> {
        let left = |left: u64| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_err() {
            return std::future::pending().await;
        }
        self.memory.commit(lease, commit).await
    }
    fn handled(&self, mark: &InboxMark) -> impl Future<Output = Result<bool, StorageError>> + Send {
        self.memory.handled(mark)
    }
    fn run(&self, run: RunId) -> impl Future<Output = Result<Option<RunRecord>, StorageError>> + Send {
        self.memory.run(run)
    }
    fn find(&self, of: &RunIdentity) -> impl Future<Output = Result<Option<RunId>, StorageError>> + Send {
        self.memory.find(of)
    }
    fn runs(&self) -> impl Future<Output = Result<Vec<RunSummary>, StorageError>> + Send {
        self.memory.runs()
    }
    fn unfinished(&self) -> impl Future<Output = Result<Vec<RunSummary>, StorageError>> + Send {
        self.memory.unfinished()
    }
    fn entity(
        &self,
        of: &EntityId,
    ) -> impl Future<Output = Result<Option<EntityRecord>, StorageError>> + Send {
        self.memory.entity(of)
    }
    fn outbox(&self) -> impl Future<Output = Result<Vec<Envelope>, StorageError>> + Send {
        self.memory.outbox()
    }
    fn begun(&self) -> impl Future<Output = Result<Vec<BegunCalls>, StorageError>> + Send {
        self.memory.begun()
    }
    fn timers(&self) -> impl Future<Output = Result<Vec<Timer>, StorageError>> + Send {
        self.memory.timers()
    }
    fn dead_letters(&self) -> impl Future<Output = Result<Vec<Arc<DeadLetter>>, StorageError>> + Send {
        self.memory.dead_letters()
    }
    fn parked(&self) -> impl Future<Output = Result<Vec<Arc<DeadLetter>>, StorageError>> + Send {
        self.memory.parked()
    }
}

/// The run of a step is begun once and ends once, wherever the processes of its parent end.
#[tokio::test(start_paused = true)]
async fn r14_a_process_may_end_after_any_commit_of_a_run_and_of_one_that_is_its_step() {
    for (captures, ends) in [(&[][..], RunState::Completed), (&[Capture::Busy][..], RunState::Completed)] {
        for first in 1.. {
            let memory = Arc::<Memory>::default();
            let bank = Bank::does(captures);
            let mortal =
                |commits| Mortal { memory: Arc::clone(&memory), left: Arc::new(AtomicU64::new(commits)) };
            let open = async |journal: Mortal| {
                let settings = Settings { grace: Duration::from_millis(500), ..Settings::default() };
                let builder = Runtime::builder(App { bank: Arc::clone(&bank) }).settings(settings);
                builder.mount::<Shop>().mount::<Payments>().build_on(journal, "tests").await.unwrap()
            };
            let dying = open(mortal(first)).await;
            let run = dying.start::<Shop>(order(500), None).await.unwrap().id();
            sleep(Duration::from_secs(3)).await;
            let is_over = dying.live_runs().is_empty();
            dying.shutdown(Duration::ZERO).await;
            // The next one ends, too, a commit later, and the last one does all that is left.
            let dying = open(mortal(1)).await;
            sleep(Duration::from_secs(3)).await;
            dying.shutdown(Duration::ZERO).await;

            let last = open(mortal(u64::MAX)).await;
            last.settled().await;
            let report = last.status(run).await.unwrap().unwrap();
            assert_eq!(report.state, ends, "after {first} commits: {report:?}");
            let pay = report.step("pay").unwrap();
            assert_eq!((pay.state, pay.crashes), (StepState::Completed, 0), "it goes on elsewhere");
            let runs = last.journal().runs().await.unwrap();
            assert_eq!(runs.len(), 1 + pay.attempts as usize, "after {first} commits");
            assert!(runs.iter().all(|run| run.ended_unix_ms.is_some()));
            if is_over {
                assert!(first > 5, "{first} commits are all that there are");
                break;
            }
        }
    }
}

/// Whoever stops takes the runs of its steps along, also where its process ends in between.
#[tokio::test(start_paused = true)]
async fn r18_a_process_may_end_while_a_run_stops_whose_step_is_a_run() {
    for (commits, kills) in (1..8).flat_map(|commits| [(commits, false), (commits, true)]) {
        let memory = Arc::<Memory>::default();
        let bank = Bank::does(&[Capture::Takes(60_000), Capture::Takes(60_000), Capture::Takes(60_000)]);
        let left = Arc::new(AtomicU64::new(u64::MAX));
        let journal = Mortal { memory: Arc::clone(&memory), left: Arc::clone(&left) };
        let settings = Settings { grace: Duration::from_millis(500), ..Settings::default() };
        let open = async |journal| {
            let builder = Runtime::builder(App { bank: Arc::clone(&bank) }).settings(settings.clone());
            builder.mount::<Shop>().mount::<Payments>().build_on(journal, "tests").await.unwrap()
        };
        let dying = open(journal).await;
        let run = dying.start::<Shop>(order(500), None).await.unwrap().id();
        sleep(Duration::from_millis(100)).await;
        left.store(commits, Ordering::SeqCst);
        let asked = if kills { dying.kill(run, "enough") } else { dying.cancel(run, "not wanted any more") };
        assert!(asked);
        sleep(Duration::from_secs(5)).await;
        dying.shutdown(Duration::ZERO).await;

        let last = open(Mortal { memory, left: Arc::new(AtomicU64::new(u64::MAX)) }).await;
        last.settled().await;
        let report = last.status(run).await.unwrap().unwrap();
        let child = sub_run(&last, &report).await;
        assert_eq!(child.state, RunState::Cancelled, "after {commits} commits: {child:?}");
        assert!(matches!(report.state, RunState::Cancelled | RunState::Failed), "after {commits} commits");
        // Unless the process ended before it was committed that it is killed.
        let was_killed = matches!(report.cause, Some(RunCause::Killed { .. }));
        assert!(was_killed || !kills || commits == 1, "after {commits} commits: {report:?}");
        if was_killed {
            let undone = ["void", "refund", "release"];
            assert!(
                !bank.order().iter().any(|call| undone.contains(call)),
                "after {commits} commits: {:?}",
                bank.order()
            );
            assert!(
                matches!(child.cause, Some(RunCause::Killed { .. })),
                "after {commits} commits: {child:?}"
            );
        }
    }
}
