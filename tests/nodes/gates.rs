//! Runs that wait for a person: an event that completes a step, in time, too early, too late, twice, or for nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use onex::engine::Settings;
use onex::journal::{Commit, DeadLetterCause, EventRefusal, Journal, Memory, Timer};
use onex::message::{RunId, action_id};
use onex::run::{CompensationState, Fact, RunState, StepState};
use onex::{Container, Ctx, Dep, Envelope, Event, RunReport, Runtime, application, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct ExpenseFiled {
    expense_id: String,
    cents: u64,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct ExpenseDecided {
    about: About,
    by: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct About {
    expense_id: String,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct ReceiptSent {
    expense_id: String,
}

#[orchestrator(contract = "contracts/gates.yaml")]
struct Expenses;

/// What takes its time, and what was done.
#[derive(Default)]
struct Bank {
    hold_ms: AtomicU64,
    pay_ms: AtomicU64,
    released: AtomicU64,
}

#[handler(step = expenses::hold)]
async fn hold(filed: &ExpenseFiled, bank: Dep<Bank>) -> u64 {
    sleep(Duration::from_millis(bank.hold_ms.load(Ordering::Relaxed))).await;
    filed.cents
}

#[handler(compensation = expenses::release)]
async fn release(bank: Dep<Bank>) {
    bank.released.fetch_add(1, Ordering::Relaxed);
}

/// Takes the event that completed the gate, as its type.
#[handler(step = expenses::pay)]
async fn pay(decided: Option<&ExpenseDecided>, filed: &ExpenseFiled, bank: Dep<Bank>, _: Ctx) -> String {
    sleep(Duration::from_millis(bank.pay_ms.load(Ordering::Relaxed))).await;
    let by = decided.map_or("nobody", |decided| decided.by.as_str());
    format!("{} cents, allowed by {by}", filed.cents)
}

#[handler(step = expenses::file)]
fn file(pay: &String, receipt: Option<&ReceiptSent>) -> String {
    format!("{pay}{}", if receipt.is_some() { ", with receipt" } else { "" })
}

#[derive(Container, Clone)]
struct Office {
    bank: Arc<Bank>,
}

/// What only gates take is consumed, and comes from outside.
#[application(container = Office, nodes = [Expenses])]
struct Finance;

type Engine = Runtime<Office, Arc<Memory>>;

struct Stage {
    bank: Arc<Bank>,
    journal: Arc<Memory>,
    runtime: Engine,
}

async fn open(bank: &Arc<Bank>, journal: &Arc<Memory>) -> Engine {
    let settings = Settings { grace: Duration::from_millis(10), ..Settings::default() };
    let office = Office { bank: Arc::clone(bank) };
    let builder = Finance::builder(office).settings(settings);
    builder.build_on(Arc::clone(journal), "tests").await.unwrap()
}

impl Stage {
    async fn new() -> Self {
        let (bank, journal) = (Arc::<Bank>::default(), Arc::new(Memory::default()));
        let runtime = open(&bank, &journal).await;
        Stage { bank, journal, runtime }
    }

    async fn file(&self, id: &str, cents: u64) {
        self.runtime.publish(ExpenseFiled { expense_id: id.into(), cents }).await.unwrap();
        breathe().await;
    }

    async fn decide(&self, id: &str, by: &str) {
        let about = About { expense_id: id.into() };
        self.runtime.publish(ExpenseDecided { about, by: by.into() }).await.unwrap();
        breathe().await;
    }

    async fn send_receipt(&self, id: &str) {
        self.runtime.publish(ReceiptSent { expense_id: id.into() }).await.unwrap();
        breathe().await;
    }

    async fn only_run(&self) -> RunReport {
        let runs = self.journal.runs().await.unwrap();
        let [run] = &runs[..] else { panic!("{runs:?}") };
        self.runtime.status(run.run).await.unwrap().unwrap()
    }

    async fn run(&self) -> RunId {
        self.only_run().await.run
    }

    async fn state_of(&self, step: &str) -> StepState {
        self.only_run().await.step(step).unwrap().state
    }

    /// Why events came to nothing, in the order in which they did.
    async fn refusals(&self) -> Vec<(String, EventRefusal)> {
        let letters = self.journal.dead_letters().await.unwrap();
        let refusals = letters.iter().filter_map(|letter| match &letter.cause {
            DeadLetterCause::EventRefused { step, because, .. } => Some((step.clone(), *because)),
            _ => None,
        });
        refusals.collect()
    }
}

/// Lets everything happen that takes no time.
async fn breathe() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn r02_a_gate_waits_for_its_event_which_is_its_output() {
    let stage = Stage::new().await;
    stage.file("e-1", 20_000).await;
    let report = stage.only_run().await;
    let states: Vec<_> = report.steps.iter().map(|step| step.state).collect();
    use StepState::{Awaiting, Completed, Waiting};
    assert_eq!(states, [Completed, Completed, Awaiting, Awaiting, Waiting, Waiting]);
    sleep(HOUR * 20).await;
    stage.decide("e-1", "the boss").await;
    assert_eq!(stage.state_of("pay").await, Completed);
    sleep(HOUR * 100).await;
    stage.send_receipt("e-1").await;
    let report = stage.only_run().await;
    assert_eq!(report.state, RunState::Completed);
    assert_eq!(report.output::<ExpenseDecided>("decided").unwrap().by, "the boss");
    assert_eq!(*report.output::<String>("file").unwrap(), "20000 cents, allowed by the boss, with receipt");
    assert_eq!(report.step("decided").unwrap().attempts, 0);
    assert!(stage.journal.outbox().await.unwrap().is_empty());
    assert!(stage.journal.timers().await.unwrap().is_empty());
    assert!(stage.refusals().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn r16_a_gate_whose_condition_does_not_hold_is_not_waited_for() {
    let stage = Stage::new().await;
    stage.file("e-1", 500).await;
    assert_eq!(stage.state_of("decided").await, StepState::Skipped);
    stage.decide("e-1", "the boss").await;
    let closed = EventRefusal::Closed { state: StepState::Skipped };
    assert_eq!(stage.refusals().await, [("decided".to_owned(), closed)]);
}

#[tokio::test(start_paused = true)]
async fn r20_a_gate_has_a_time_of_its_own_by_the_clock_on_the_wall() {
    let stage = Stage::new().await;
    stage.file("e-1", 20_000).await;
    let timers = stage.journal.timers().await.unwrap();
    assert_eq!(timers.len(), 2);
    sleep(HOUR * 24).await;
    breathe().await;
    let report = stage.only_run().await;
    assert_eq!(report.state, RunState::Failed);
    let decided = report.step("decided").unwrap();
    assert_eq!(
        (decided.state, decided.error.as_deref()),
        (StepState::Failed, Some("no event came within 86400000 ms"))
    );
    assert_eq!(report.step("receipt").unwrap().state, StepState::Cancelled);
    assert_eq!(report.step("hold").unwrap().compensation, CompensationState::Done);
    assert_eq!(stage.bank.released.load(Ordering::Relaxed), 1);
    assert!(stage.journal.timers().await.unwrap().is_empty());

    stage.decide("e-1", "the boss").await;
    let over = EventRefusal::RunOver { state: RunState::Failed };
    assert_eq!(stage.refusals().await, [("decided".to_owned(), over)]);
}

/// The run may be active for 40 seconds; it waits for hours.
#[tokio::test(start_paused = true)]
async fn r20_the_time_of_a_run_stands_still_while_it_only_waits() {
    let stage = Stage::new().await;
    stage.bank.hold_ms.store(25_000, Ordering::Relaxed);
    stage.file("e-1", 20_000).await;
    sleep(Duration::from_secs(26)).await;
    assert_eq!(stage.state_of("decided").await, StepState::Awaiting);
    sleep(HOUR * 10).await;
    assert_eq!(stage.only_run().await.state, RunState::Running);
    stage.bank.pay_ms.store(25_000, Ordering::Relaxed);
    stage.decide("e-1", "the boss").await;
    sleep(Duration::from_secs(26)).await;
    let report = stage.only_run().await;
    assert_eq!(report.state, RunState::TimedOut, "twice 25 seconds are more than 40");
}

#[tokio::test(start_paused = true)]
async fn r03_an_event_that_comes_before_its_run_is_kept() {
    let stage = Stage::new().await;
    stage.decide("e-1", "the boss").await;
    assert_eq!(stage.journal.outbox().await.unwrap().len(), 1, "as safe as the journal");
    sleep(HOUR / 2).await;
    stage.file("e-1", 20_000).await;
    assert_eq!(stage.state_of("decided").await, StepState::Completed);
    assert!(stage.journal.outbox().await.unwrap().is_empty());
    assert!(stage.refusals().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn r03_an_event_that_comes_before_its_gate_is_open_is_kept() {
    let stage = Stage::new().await;
    stage.bank.hold_ms.store(10_000, Ordering::Relaxed);
    stage.file("e-1", 20_000).await;
    stage.decide("e-1", "the boss").await;
    stage.decide("e-1", "another one").await;
    assert_eq!(stage.state_of("decided").await, StepState::Waiting);
    sleep(Duration::from_secs(11)).await;
    let report = stage.only_run().await;
    assert_eq!(report.output::<ExpenseDecided>("decided").unwrap().by, "the boss");
    assert_eq!(stage.refusals().await, [("decided".to_owned(), EventRefusal::Decided)]);
}

#[tokio::test(start_paused = true)]
async fn r03_an_event_whose_run_does_not_begin_is_dead_lettered_when_its_time_is_over() {
    let stage = Stage::new().await;
    stage.decide("nobody", "the boss").await;
    sleep(HOUR - Duration::from_secs(1)).await;
    assert!(stage.refusals().await.is_empty());
    sleep(Duration::from_secs(2)).await;
    let no_run = EventRefusal::NoRun { kept_ms: 3_600_000 };
    assert_eq!(stage.refusals().await, [("decided".to_owned(), no_run)]);
    assert!(stage.journal.outbox().await.unwrap().is_empty());
    stage.runtime.settled().await;
    stage.file("nobody", 20_000).await;
    assert_eq!(stage.state_of("decided").await, StepState::Awaiting, "it is not taken after all");
}

#[tokio::test(start_paused = true)]
async fn r03_an_event_whose_gate_does_not_open_is_dead_lettered_when_its_time_is_over() {
    let stage = Stage::new().await;
    stage.bank.hold_ms.store(10_000, Ordering::Relaxed);
    stage.file("e-1", 20_000).await;
    stage.runtime.pause(stage.run().await, "for a while").await.unwrap();
    stage.decide("e-1", "the boss").await;
    sleep(HOUR + Duration::from_secs(1)).await;
    let not_open = EventRefusal::NotOpen { kept_ms: 3_600_000 };
    assert_eq!(stage.refusals().await, [("decided".to_owned(), not_open)]);
    stage.runtime.resume(stage.run().await).await.unwrap();
    breathe().await;
    assert_eq!(stage.state_of("decided").await, StepState::Awaiting, "it is not taken after all");
}

#[tokio::test(start_paused = true)]
async fn r03_no_more_events_are_kept_than_may_be() {
    let (bank, journal) = (Arc::<Bank>::default(), Arc::new(Memory::default()));
    let settings = Settings { max_early_events: 2, ..Settings::default() };
    let builder = Runtime::builder(Office { bank: Arc::clone(&bank) }).settings(settings);
    let runtime = builder.mount::<Expenses>().build_on(Arc::clone(&journal), "tests").await.unwrap();
    let stage = Stage { bank, journal, runtime };
    for id in ["a", "b", "c"] {
        stage.decide(id, "the boss").await;
    }
    assert_eq!(stage.refusals().await, [("decided".to_owned(), EventRefusal::TooMany { waiting: 2 })]);
}

#[tokio::test(start_paused = true)]
async fn r08_a_decision_that_is_delivered_again_is_taken_once() {
    let stage = Stage::new().await;
    let mut decisions = stage.runtime.subscribe("onex.evt.finance.expense-decided.v1");
    stage.bank.pay_ms.store(1000, Ordering::Relaxed);
    stage.decide("e-1", "the boss").await;
    let envelope = decisions.recv().await.unwrap();
    stage.runtime.deliver(Envelope::clone(&envelope)).await.unwrap();
    breathe().await;
    stage.file("e-1", 20_000).await;
    assert_eq!(stage.state_of("decided").await, StepState::Completed);
    stage.runtime.deliver(Envelope::clone(&envelope)).await.unwrap();
    breathe().await;
    assert_eq!(stage.runtime.counters().duplicates, 2);
    stage.decide("e-1", "another one").await;
    assert_eq!(stage.refusals().await, [("decided".to_owned(), EventRefusal::Decided)]);
}

#[tokio::test(start_paused = true)]
async fn r21_what_comes_while_a_run_is_paused_is_recorded() {
    let stage = Stage::new().await;
    stage.file("e-1", 20_000).await;
    let run = stage.run().await;
    stage.runtime.pause(run, "for a while").await.unwrap();
    stage.decide("e-1", "the boss").await;
    let report = stage.only_run().await;
    let states = ["decided", "pay"].map(|step| report.step(step).unwrap().state);
    assert_eq!((report.state, states), (RunState::Paused, [StepState::Completed, StepState::Waiting]));
    stage.runtime.resume(run).await.unwrap();
    breathe().await;
    assert_eq!(stage.state_of("pay").await, StepState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r21_the_deadline_of_a_gate_passes_while_a_run_is_paused_and_acts_when_it_goes_on() {
    let stage = Stage::new().await;
    stage.file("e-1", 20_000).await;
    let run = stage.run().await;
    stage.runtime.pause(run, "for a long while").await.unwrap();
    sleep(HOUR * 25).await;
    assert_eq!(stage.state_of("decided").await, StepState::Awaiting);
    stage.decide("e-1", "the boss").await;
    assert_eq!(stage.refusals().await, [("decided".to_owned(), EventRefusal::TooLate)]);
    stage.runtime.resume(run).await.unwrap();
    breathe().await;
    assert_eq!(stage.only_run().await.state, RunState::Failed);
}

#[tokio::test(start_paused = true)]
async fn r18_a_run_that_waits_can_be_cancelled() {
    let stage = Stage::new().await;
    stage.file("e-1", 20_000).await;
    let run = stage.run().await;
    assert!(stage.runtime.cancel(run, "not needed any more"));
    breathe().await;
    let report = stage.only_run().await;
    let states = ["decided", "receipt"].map(|step| report.step(step).unwrap().state);
    assert_eq!((report.state, states), (RunState::Cancelled, [StepState::Cancelled; 2]));
    assert_eq!(stage.bank.released.load(Ordering::Relaxed), 1);
    assert!(stage.journal.timers().await.unwrap().is_empty());
}

/// What the next process finds: the run waits where it did, early events are in the outbox, and the time of the gate has
/// passed meanwhile.
#[tokio::test(start_paused = true)]
async fn r14_what_waits_goes_on_waiting_in_the_next_process() {
    let first = Stage::new().await;
    first.file("e-1", 20_000).await;
    first.decide("e-2", "the boss").await;
    let run = first.run().await;
    // The journal is another's from now on: the first process can do nothing any more.
    let runtime = open(&first.bank, &first.journal).await;
    let next = Stage { bank: Arc::clone(&first.bank), journal: Arc::clone(&first.journal), runtime };
    breathe().await;
    assert_eq!(next.state_of("decided").await, StepState::Awaiting);
    assert_eq!(next.runtime.live_runs(), [run]);
    next.decide("e-1", "the boss").await;
    let report = next.only_run().await;
    assert_eq!(report.output::<ExpenseDecided>("decided").unwrap().by, "the boss");
    let facts = next.journal.run(run).await.unwrap().unwrap().facts;
    assert_eq!(facts.iter().filter(|fact| matches!(fact, Fact::GateOpened { .. })).count(), 2);
    next.file("e-2", 20_000).await;
    let runs = next.journal.runs().await.unwrap();
    let second = next.runtime.status(runs[1].run).await.unwrap().unwrap();
    assert_eq!(second.step("decided").unwrap().state, StepState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r20_the_time_of_a_gate_passes_while_no_process_drives_its_run() {
    let first = Stage::new().await;
    first.file("e-1", 20_000).await;
    let timers = first.journal.timers().await.unwrap();
    // Twenty-three hours go by.
    let passed = |timer: &Timer| Timer { due_unix_ms: timer.due_unix_ms - 23 * 3_600_000, ..*timer };
    let earlier: Vec<Timer> = timers.iter().map(passed).collect();
    let lease = first.journal.acquire("the clock").await.unwrap();
    first.journal.commit(&lease, Commit { timers: &earlier, ..Commit::default() }).await.unwrap();
    let runtime = open(&first.bank, &first.journal).await;
    let next = Stage { bank: Arc::clone(&first.bank), journal: Arc::clone(&first.journal), runtime };
    sleep(HOUR - Duration::from_secs(1)).await;
    assert_eq!(next.state_of("decided").await, StepState::Awaiting);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(next.only_run().await.state, RunState::Failed);
}

/// The gate's time ran out while no process was there, and the event is there before anybody has driven the run again.
#[tokio::test(start_paused = true)]
async fn r20_an_event_that_is_there_before_its_run_is_driven_again_is_too_late_all_the_same() {
    let first = Stage::new().await;
    first.file("e-1", 20_000).await;
    let passed = |timer: &Timer| Timer { due_unix_ms: timer.due_unix_ms - 25 * 3_600_000, ..*timer };
    let earlier: Vec<Timer> = first.journal.timers().await.unwrap().iter().map(passed).collect();
    let lease = first.journal.acquire("the clock").await.unwrap();
    first.journal.commit(&lease, Commit { timers: &earlier, ..Commit::default() }).await.unwrap();
    let runtime = open(&first.bank, &first.journal).await;
    let next = Stage { bank: Arc::clone(&first.bank), journal: Arc::clone(&first.journal), runtime };
    assert_eq!(next.state_of("decided").await, StepState::Awaiting, "nobody has driven it");
    next.decide("e-1", "the boss").await;
    assert_eq!(next.refusals().await, [("decided".to_owned(), EventRefusal::TooLate)]);
    assert_eq!(next.only_run().await.state, RunState::Failed);
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_a_gate_waits_through_it_for_what_comes_before() {
    let stage = Stage::new().await;
    stage.file("e-1", 20_000).await;
    let run = stage.run().await;
    let actions = stage.runtime.actions(run).await.unwrap().unwrap();
    let id = |step| action_id(run, step, false, 0);
    let told: Vec<_> = actions.iter().map(|action| (action.action_id, action.dependencies.clone())).collect();
    // The gates are no actions, and neither is what started the run: nobody is asked to do them.
    assert_eq!(told, [(id("hold"), vec![]), (id("pay"), vec![id("hold")]), (id("file"), vec![id("pay")])]);
    assert_eq!(actions[1].payload.steps().collect::<Vec<_>>(), ["filed"], "nobody has decided");

    stage.decide("e-1", "ann").await;
    let actions = stage.runtime.actions(run).await.unwrap().unwrap();
    let decided = actions[1].payload.input::<ExpenseDecided>("decided").unwrap().unwrap();
    assert_eq!((actions[1].state, decided.by.as_str()), (StepState::Completed, "ann"));
}

/// Someone decided before the expense was filed, and too long before.
#[tokio::test(start_paused = true)]
async fn r03_an_event_that_was_refused_is_taken_when_it_is_delivered_again_in_time() {
    let stage = Stage::new().await;
    stage.decide("e-1", "the boss").await;
    sleep(HOUR + Duration::from_secs(1)).await;
    stage.file("e-1", 20_000).await;
    assert_eq!(stage.state_of("decided").await, StepState::Awaiting);
    let letter = stage.journal.dead_letters().await.unwrap().remove(0);
    stage.runtime.redrive(&letter).await.unwrap();
    stage.runtime.redrive(&letter).await.unwrap();
    breathe().await;
    let report = stage.only_run().await;
    assert_eq!(report.output::<ExpenseDecided>("decided").unwrap().by, "the boss");
    assert_eq!(stage.refusals().await.len(), 1, "the letter, which stays");
    assert!(stage.journal.outbox().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r03_an_event_that_comes_to_nothing_again_is_a_letter_of_its_own() {
    let stage = Stage::new().await;
    stage.file("e-1", 500).await;
    stage.decide("e-1", "the boss").await;
    let letter = stage.journal.dead_letters().await.unwrap().remove(0);
    let id = stage.runtime.redrive(&letter).await.unwrap();
    breathe().await;
    let closed = EventRefusal::Closed { state: StepState::Skipped };
    assert_eq!(stage.refusals().await, [("decided".to_owned(), closed), ("decided".to_owned(), closed)]);
    assert_eq!(stage.journal.dead_letters().await.unwrap()[1].envelope.envelope_id, id);
}
