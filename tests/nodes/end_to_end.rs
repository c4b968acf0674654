//! A contract compiled into a running program: what it declares is what happens.

use std::sync::Arc;

use crate::orders::*;
use onex::message::Topic;
use onex::run::{CompensationState, RunState, StepState};
use onex::{DeadLetterCause, Envelope, Payload, Runtime};

fn runtime(log: &Arc<Log>) -> Runtime<App> {
    let app = App { log: Arc::clone(log), bank: Arc::new(Bank) };
    Shop::builder(app).build().expect("a closed application has nothing to find out when it starts")
}

fn placed(id: &str, cents: u64) -> OrderPlaced {
    OrderPlaced { order: Order { id: id.into(), cents } }
}

#[tokio::test(start_paused = true)]
async fn an_order_goes_all_the_way() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut completed = runtime.subscribe_to::<Orders, OrderCompleted>().unwrap();
    let mut reports = runtime.reports();

    runtime.publish(placed("a", 500)).await.unwrap();
    runtime.settled().await;

    let envelope = completed.try_recv().expect("the last handler has answered");
    assert_eq!(&*envelope.wire_type, "orders.order-completed");
    assert_eq!(envelope.payload.get::<OrderCompleted>().unwrap().id, "a");
    let report = reports.try_recv().expect("the run has ended");
    assert_eq!(report.state, RunState::Completed, "{report:#?}");
    assert_eq!(report.version, (1, 2, 3));
    assert_eq!(report.key.to_string(), "a");
    assert_eq!(*report.output::<String>("type").unwrap(), "shipped a for 500, wrapped: true");
    assert_eq!(log.take(), ["reserve a", "wrap a", "charge a", "ship a", "audit completed a"]);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_order_starts_no_run_and_its_intent_reaches_the_effect_node() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut rejected = runtime.subscribe_to::<Orders, OrderRejected>().unwrap();

    runtime.publish(placed("a", 0)).await.unwrap();
    runtime.settled().await;

    assert_eq!(rejected.try_recv().unwrap().payload.get::<OrderRejected>().unwrap().reason, "costs nothing");
    assert_eq!(log.take(), ["audit rejected a"]);
    assert_eq!(runtime.counters().runs_started, 0);
}

#[tokio::test(start_paused = true)]
async fn a_refused_card_undoes_the_reservation_and_nothing_else() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut reports = runtime.reports();

    runtime.publish(placed("a", DECLINED)).await.unwrap();
    runtime.settled().await;

    let report = reports.try_recv().unwrap();
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    let charge = report.step("charge").unwrap();
    assert_eq!((charge.state, charge.attempts), (StepState::Failed, 1), "a refusal is not retried");
    assert_eq!(charge.error.as_deref(), Some("declined"));
    assert_eq!(report.step("ship").unwrap().state, StepState::NotRun);
    assert_eq!(log.take(), ["reserve a", "wrap a", "release a: reserved"]);
}

#[tokio::test(start_paused = true)]
async fn a_bank_that_is_away_is_tried_again_with_the_same_key() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut reports = runtime.reports();

    runtime.publish(placed("a", UNREACHABLE)).await.unwrap();
    runtime.settled().await;

    let report = reports.try_recv().unwrap();
    assert_eq!(report.state, RunState::Failed);
    assert_eq!(report.step("charge").unwrap().attempts, 3, "retry_count: 2 is two more");
    let log = log.take();
    let keys: Vec<&String> = log.iter().filter(|line| line.starts_with("key ")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[tokio::test(start_paused = true)]
async fn an_optional_input_may_fail_and_the_step_runs_without_it() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut reports = runtime.reports();

    runtime.publish(placed("a", UNWRAPPABLE)).await.unwrap();
    runtime.settled().await;

    let report = reports.try_recv().unwrap();
    assert_eq!(report.state, RunState::CompletedWithErrors);
    assert_eq!(report.step("gift-wrap").unwrap().state, StepState::Failed);
    assert_eq!(
        *report.output::<String>("type").unwrap(),
        format!("shipped a for {UNWRAPPABLE}, wrapped: false")
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_order_with_the_same_key_is_refused_with_the_run_that_it_collides_with() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut reports = runtime.reports();
    let mut dead = runtime.dead_letters();

    runtime.publish(placed("a", 500)).await.unwrap();
    runtime.settled().await;
    runtime.publish(placed("a", 700)).await.unwrap();
    runtime.settled().await;

    let run = reports.try_recv().unwrap().run;
    let letter = dead.try_recv().unwrap();
    assert_eq!(letter.cause, DeadLetterCause::DuplicateRun { run, key: "a".into() });
    assert!(reports.try_recv().is_none(), "no second run");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_order_is_a_dead_letter_with_its_cause_and_its_bytes() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut dead = runtime.subscribe("onex.dlq.orders.place-order.v1");
    let mut letters = runtime.dead_letters();
    let text = r#"{"order":{"id":"a","price":5}}"#;
    let payload = Payload::json(serde_json::value::RawValue::from_string(text.into()).unwrap());
    let topic = Topic::new("onex.cmd.orders.place-order.v1");

    runtime.deliver(Envelope::external(uuid::Uuid::from_u128(7), topic, payload)).await.unwrap();
    runtime.settled().await;

    let letter = letters.try_recv().unwrap();
    assert_eq!(letter.envelope.payload.as_ref().unwrap().get(), text);
    let DeadLetterCause::Decode { message } = &letter.cause else { panic!("{:?}", letter.cause) };
    assert!(message.contains("missing field `cents` at line 1 column 29"), "{message}");
    assert_eq!(dead.try_recv().unwrap().correlation_id, uuid::Uuid::from_u128(7));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_fails_its_run_and_no_other() {
    let log = Arc::new(Log::default());
    let runtime = runtime(&log);
    let mut reports = runtime.reports();

    runtime.publish(placed("bad", PANICS)).await.unwrap();
    runtime.publish(placed("good", 500)).await.unwrap();
    runtime.settled().await;

    let mut states = Vec::new();
    while let Some(report) = reports.try_recv() {
        states.push((report.key.to_string(), report.state, report.step("price").unwrap().error.clone()));
    }
    states.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        states,
        [
            ("bad".to_owned(), RunState::Failed, Some("an unlucky price".to_owned())),
            ("good".to_owned(), RunState::Completed, None),
        ]
    );
}

#[tokio::test]
async fn the_typed_path_needs_no_runtime() {
    let app = App { log: Arc::default(), bank: Arc::new(Bank) };
    let emit = onex::dispatch::<Orders, _, _>(placed("a", 500), onex::Ctx::detached(), &app).await.unwrap();
    assert_eq!(emit.events_of::<OrderValidated>().count(), 1);
    assert!(emit.intents().is_empty());
}

#[tokio::test]
async fn a_handler_is_a_function_that_a_test_can_call() {
    let emit = order_placed(placed("a", 0)).await;
    assert_eq!(emit.events_of::<OrderRejected>().next().unwrap().reason, "costs nothing");
    assert_eq!(emit.intents_of::<RecordAudit>().next().unwrap().text, "rejected a");
}

#[test]
fn a_node_is_an_empty_shell_and_its_tables_are_static() {
    use onex::node::Node;

    assert_eq!(size_of::<Orders>(), 0);
    let table: &'static onex::plan::NodeTable = Orders::TABLE;
    assert_eq!((table.name, table.routes.len(), table.intents.len()), ("node_orders_orchestrator", 2, 1));
    let workflow = table.workflow.expect("the contract has one");
    assert_eq!(
        workflow.steps.iter().map(|step| step.id).collect::<Vec<_>>(),
        ["received", "price", "reserve", "gift-wrap", "charge", "ship", "type"]
    );
    assert_eq!(workflow.steps[5].depends_on, [4, 3]);
}

#[test]
fn a_program_that_is_not_closed_says_everything_that_is_missing() {
    let app = App { log: Arc::default(), bank: Arc::new(Bank) };
    let error = Runtime::builder(app).mount::<Orders>().build().unwrap_err().to_string();
    assert!(error.contains("audit.record") && error.contains("node_audit_effect"), "{error}");
    assert!(error.contains("contracts/orders.yaml:21:"), "{error}");
}
