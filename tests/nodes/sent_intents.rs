//! Steps that send the intents of the steps before them: executed, in what order told, failed, too late, and after a restart.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::Settings;
use onex::journal::{Journal, Memory};
use onex::message::{action_id, emitted_id};
use onex::node::SkipCause;
use onex::run::{RunState, StepState};
use onex::{
    Classify, Container, Ctx, Dep, Emit, Event, FaultClass, Intent, IntentEnd, IntentOutcomes, Intents,
    Outcome, RunReport, Runtime, application, effect, handler, orchestrator,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::sleep;

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct OrderPlaced {
    order_id: String,
    items: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Intent, Serialize, Deserialize)]
#[intent("stock.reserve")]
struct ReserveStock {
    item: String,
}

#[derive(Debug, Clone, Intent, Serialize, Deserialize)]
#[intent("mail.send")]
struct SendMail {
    text: String,
}

#[derive(Debug, Clone, Intent, Serialize, Deserialize)]
#[intent("customer.greet")]
struct GreetCustomer {}

#[orchestrator(contract = "contracts/sent/shop.yaml")]
struct Shop;

#[effect(contract = "contracts/sent/stock.yaml")]
struct Stock;

#[effect(contract = "contracts/sent/mail.yaml")]
struct Mail;

/// What was done, and how much may be.
struct World {
    done: Mutex<Vec<(String, uuid::Uuid)>>,
    reservations: Semaphore,
    mails: Semaphore,
}

impl World {
    fn note(&self, what: impl Into<String>, ctx: &Ctx) {
        self.done.lock().unwrap().push((what.into(), ctx.idempotency_key()));
    }

    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().iter().map(|(what, _)| what.clone()).collect()
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Extinct;

impl std::fmt::Display for Extinct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there are no unicorns")
    }
}

impl Classify for Extinct {
    fn class(&self) -> FaultClass {
        FaultClass::Permanent
    }
}

/// It may emit the one intent that no step of the run sends.
#[handler(event = shop::OrderPlaced)]
async fn order_placed(_: OrderPlaced) -> Emit<shop::OrderPlaced> {
    Emit::start().and_intent(GreetCustomer {})
}

#[handler(step = shop::plan)]
fn plan(placed: &OrderPlaced) -> Intents<shop::plan> {
    let mut intents: Intents<shop::plan> =
        placed.items.iter().map(|item| ReserveStock { item: item.clone() }).collect();
    if !placed.items.iter().any(|item| item == "silence") {
        intents.push(SendMail { text: format!("thanks for {}", placed.order_id) });
    }
    intents
}

/// A step before a sender that asks for nothing.
#[handler(step = shop::quote)]
async fn quote(placed: &OrderPlaced) -> usize {
    placed.items.len()
}

#[handler(step = shop::sum_up)]
fn sum_up(reserve: Option<&IntentOutcomes>, tell: Outcome<&IntentOutcomes>) -> String {
    let reserved =
        reserve.map_or(0, |outcomes| outcomes.iter().filter(|one| one.end == IntentEnd::Executed).count());
    format!("{reserved} reserved, told: {}", matches!(tell, Outcome::Completed(_)))
}

#[handler(intent = stock::ReserveStock)]
async fn reserve_stock(intent: ReserveStock, world: Dep<World>, ctx: Ctx) -> Result<(), Extinct> {
    if intent.item != "at once" {
        world.reservations.acquire().await.unwrap().forget();
    }
    if intent.item == "unicorn" {
        return Err(Extinct);
    }
    world.note(intent.item, &ctx);
    Ok(())
}

#[handler(intent = mail::SendMail)]
async fn send_mail(intent: SendMail, world: Dep<World>, ctx: Ctx) {
    world.mails.acquire().await.unwrap().forget();
    world.note(intent.text, &ctx);
}

#[handler(intent = mail::GreetCustomer)]
async fn greet(_: GreetCustomer, world: Dep<World>, ctx: Ctx) {
    world.note("hello", &ctx);
}

#[derive(Container, Clone)]
struct App {
    world: Arc<World>,
}

#[application(container = App, nodes = [Shop, Stock, Mail])]
struct Company;

struct Stage {
    world: Arc<World>,
    journal: Arc<Memory>,
    runtime: Runtime<App, Arc<Memory>>,
}

fn world(reservations: usize, mails: usize) -> Arc<World> {
    let (reservations, mails) = (Semaphore::new(reservations), Semaphore::new(mails));
    Arc::new(World { done: Mutex::default(), reservations, mails })
}

async fn open(world: &Arc<World>, journal: &Arc<Memory>) -> Runtime<App, Arc<Memory>> {
    let settings = Settings { grace: Duration::from_millis(10), ..Settings::default() };
    let builder = Company::builder(App { world: Arc::clone(world) }).settings(settings);
    builder.build_on(Arc::clone(journal), "tests").await.unwrap()
}

impl Stage {
    async fn new(reservations: usize, mails: usize) -> Self {
        let world = world(reservations, mails);
        let journal = Arc::new(Memory::default());
        let runtime = open(&world, &journal).await;
        Stage { world, journal, runtime }
    }

    async fn order(&self, items: &[&str]) {
        let items = items.iter().map(ToString::to_string).collect();
        self.runtime.publish(OrderPlaced { order_id: "o-1".into(), items }).await.unwrap();
        breathe().await;
    }

    /// The process ends, and another goes on. What the first had begun is never done.
    async fn restart(self) -> Self {
        let Stage { journal, runtime, .. } = self;
        drop(runtime);
        let world = world(0, 0);
        let runtime = open(&world, &journal).await;
        breathe().await;
        Stage { world, journal, runtime }
    }

    async fn report(&self) -> RunReport {
        let runs = self.journal.runs().await.unwrap();
        let [run] = &runs[..] else { panic!("{runs:?}") };
        self.runtime.status(run.run).await.unwrap().unwrap()
    }

    async fn states(&self) -> Vec<(String, StepState)> {
        self.report().await.steps.iter().skip(3).map(|step| (step.id.to_string(), step.state)).collect()
    }
}

/// Lets everything happen that takes no time.
async fn breathe() {
    for _ in 0..80 {
        tokio::task::yield_now().await;
    }
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn r02_intents_are_sent_and_their_outcomes_are_the_output_in_the_order_in_which_they_were_asked_for() {
    let stage = Stage::new(0, 0).await;
    stage.order(&["a pen", "at once"]).await;
    let report = stage.report().await;
    let state = |step: &str| report.step(step).unwrap().state;
    assert_eq!(
        (state("plan"), state("reserve"), state("tell")),
        (StepState::Completed, StepState::Awaiting, StepState::Awaiting)
    );
    // The second is executed before the first, and the step waits for both.
    assert_eq!(stage.world.done(), ["hello", "at once"]);
    stage.world.mails.add_permits(1);
    breathe().await;
    stage.world.reservations.add_permits(1);
    breathe().await;
    let report = stage.report().await;
    assert_eq!(report.state, RunState::Completed);
    let reserved = report.get::<shop::reserve>().unwrap();
    let action = action_id(report.run, "reserve", false, 0);
    let ids =
        [0, 1].map(|index| emitted_id(action, "node_shop_orchestrator", "reserve", "stock.reserve", index));
    assert_eq!(reserved.iter().map(|one| one.envelope_id).collect::<Vec<_>>(), ids);
    assert!(reserved.all_executed());
    // The id of its envelope is the key under which an intent is executed.
    let done = stage.world.done.lock().unwrap().clone();
    assert_eq!(done[1], ("at once".to_owned(), ids[1]));
    assert_eq!(done[3], ("a pen".to_owned(), ids[0]));
    assert_eq!(*report.get::<shop::sum_up>().unwrap(), "2 reserved, told: true");
    assert_eq!(report.step("reserve").unwrap().attempts, 0);
    assert!(stage.journal.outbox().await.unwrap().is_empty());
    assert!(stage.journal.timers().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r02_what_has_nothing_to_send_is_skipped() {
    let stage = Stage::new(0, 0).await;
    stage.order(&["silence"]).await;
    stage.world.reservations.add_permits(1);
    breathe().await;
    let report = stage.report().await;
    assert_eq!(report.state, RunState::Completed);
    let tell = report.step("tell").unwrap();
    assert_eq!((tell.state, &tell.skipped_because), (StepState::Skipped, &Some(SkipCause::ConditionFalse)));
    assert_eq!(*report.get::<shop::sum_up>().unwrap(), "1 reserved, told: false");
}

#[tokio::test(start_paused = true)]
async fn r02_an_intent_that_failed_for_good_is_an_outcome_and_a_dead_letter() {
    let stage = Stage::new(2, 1).await;
    stage.order(&["unicorn", "a pen"]).await;
    let report = stage.report().await;
    assert_eq!(report.state, RunState::Completed);
    let reserved = report.get::<shop::reserve>().unwrap();
    let failed: Vec<_> =
        reserved.failed().map(|(one, because)| (one.intent_type.as_str(), because)).collect();
    assert_eq!(failed, [("stock.reserve", "failed 1 times: there are no unicorns")]);
    let letters = stage.journal.dead_letters().await.unwrap();
    assert_eq!(letters[0].envelope.envelope_id, reserved.iter().next().unwrap().envelope_id);
    assert_eq!(*report.get::<shop::sum_up>().unwrap(), "1 reserved, told: true");
}

#[tokio::test(start_paused = true)]
async fn r20_a_step_that_sends_waits_no_longer_than_its_contract_says() {
    let stage = Stage::new(1, 0).await;
    stage.order(&["a pen"]).await;
    assert_eq!(stage.journal.timers().await.unwrap().len(), 1);
    sleep(Duration::from_secs(2)).await;
    breathe().await;
    let report = stage.report().await;
    assert_eq!(report.state, RunState::CompletedWithErrors);
    let tell = report.step("tell").unwrap();
    assert_eq!(
        (tell.state, tell.error.as_deref()),
        (StepState::Failed, Some("its intents were not executed within 1000 ms"))
    );
    // It is executed late, and nobody waits for it any more.
    stage.world.mails.add_permits(1);
    breathe().await;
    assert_eq!(stage.world.done(), ["hello", "a pen", "thanks for o-1"]);
}

#[tokio::test(start_paused = true)]
async fn r20_the_time_of_the_run_goes_on_while_others_work_for_it() {
    let stage = Stage::new(0, 1).await;
    stage.order(&["a pen"]).await;
    sleep(Duration::from_secs(61)).await;
    breathe().await;
    let report = stage.report().await;
    assert_eq!(report.state, RunState::TimedOut);
    assert_eq!(report.step("reserve").unwrap().state, StepState::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn r15_after_a_restart_what_ended_before_is_found_and_what_did_not_is_waited_for() {
    let stage = Stage::new(1, 0).await;
    stage.order(&["unicorn", "at once", "a pen"]).await;
    assert_eq!(stage.world.done(), ["hello", "at once"]);
    let stage = stage.restart().await;
    let waits = [("reserve".to_owned(), StepState::Awaiting), ("tell".to_owned(), StepState::Awaiting)];
    assert_eq!(stage.states().await[..2], waits);
    stage.world.reservations.add_permits(1);
    stage.world.mails.add_permits(1);
    breathe().await;
    let report = stage.report().await;
    assert_eq!(report.state, RunState::Completed);
    let ends: Vec<_> = report.get::<shop::reserve>().unwrap().iter().map(|one| one.end.clone()).collect();
    let because = "failed 1 times: there are no unicorns".to_owned();
    assert_eq!(ends, [IntentEnd::DeadLettered { because }, IntentEnd::Executed, IntentEnd::Executed]);
    // What was executed before is not executed again.
    assert_eq!(stage.world.done(), ["a pen", "thanks for o-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_retried_run_sends_under_the_same_keys_and_hears_of_what_was_done_meanwhile() {
    let stage = Stage::new(1, 0).await;
    stage.order(&["a pen"]).await;
    sleep(Duration::from_secs(2)).await;
    stage.world.mails.add_permits(1);
    breathe().await;
    assert_eq!(stage.world.done().last().unwrap(), "thanks for o-1");
    let run = stage.report().await.run;
    let again = stage.runtime.retry_from(run, "tell").await.unwrap();
    let report = again.await.unwrap();
    assert_eq!(
        (report.state, report.step("tell").unwrap().state),
        (RunState::Completed, StepState::Completed)
    );
    assert_eq!(stage.world.done().len(), 3, "it was executed again");
}

#[test]
fn a_handler_that_asks_for_intents_is_tested_like_any_other() {
    let placed = OrderPlaced { order_id: "o-1".into(), items: vec!["a pen".into()] };
    let intents = plan(&placed);
    assert_eq!(
        intents.of_type::<ReserveStock>().collect::<Vec<_>>(),
        [&ReserveStock { item: "a pen".into() }]
    );
    assert_eq!(
        (intents.len(), intents.is_empty(), Intents::<shop::plan>::none().is_empty()),
        (2, false, true)
    );
}
