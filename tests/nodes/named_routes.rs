//! Routes that no type leads to: by operation, by payload, by topic, and what takes the rest; and commands, which have
//! one owner.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use onex::engine::{BuildProblem, PublishError, RedriveError};
use onex::journal::{DeadLetterCause, Journal, Memory};
use onex::message::Topic;
use onex::node::mount::Mount;
use onex::{
    Container, Dep, Emit, Envelope, Event, Intent, Payload, Runtime, compute, effect, handler, orchestrator,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct User {
    name: String,
}

#[derive(Debug, Event, Serialize, Deserialize)]
struct UserStored {
    name: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Cart {
    cents: u64,
}

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
struct Priced {
    cents: u64,
}

#[derive(Debug, Intent, Serialize, Deserialize)]
#[intent("gate.move")]
struct MoveGate {
    open: bool,
}

#[derive(Debug, Event, Serialize, Deserialize)]
struct StopMotor {}

#[effect(contract = "contracts/named/storage.yaml")]
struct UserStorage;

#[effect(contract = "contracts/named/audit.yaml")]
struct UserAudit;

#[compute(contract = "contracts/named/prices.yaml")]
struct Prices;

#[orchestrator(contract = "contracts/named/gate.yaml")]
struct Gate;

#[effect(contract = "contracts/named/motor.yaml")]
struct Motor;

#[effect(contract = "contracts/named/brake.yaml")]
struct Brake;

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn add(&self, note: String) {
        self.0.lock().unwrap().push(note);
    }
}

#[handler(operation = user_storage::users_store)]
async fn users_store(user: &User, notes: Dep<Notes>) -> Emit<user_storage::users_store> {
    notes.add(format!("store {}", user.name));
    Emit::event(UserStored { name: user.name.clone() })
}

/// The contract gives no type: the parameter does.
#[handler(operation = user_storage::users_forget)]
async fn users_forget(name: &String, notes: Dep<Notes>) {
    notes.add(format!("forget {name}"));
}

#[handler(topic = user_audit::users_user_stored)]
async fn note_stored(stored: &UserStored, notes: Dep<Notes>) {
    notes.add(format!("stored {}", stored.name));
}

#[handler(operation = user_audit::seen_twice)]
async fn note_twice(times: &u32, notes: Dep<Notes>) {
    notes.add(format!("seen {times} times"));
}

#[handler(default = user_audit::default)]
async fn note_rest(envelope: &Envelope, notes: Dep<Notes>) -> Result<(), String> {
    let name: Arc<String> = envelope.payload.get().map_err(|error| error.to_string())?;
    notes.add(format!("{} on {}: {name}", envelope.wire_type, envelope.topic));
    Ok(())
}

#[handler(payload = prices::prices_cart)]
fn price_cart(cart: &Cart) -> Priced {
    Priced { cents: cart.cents }
}

#[handler(payload = prices::prices_gift)]
fn price_gift(_cart: &Cart) -> Priced {
    Priced { cents: 0 }
}

#[handler(default = gate::default)]
async fn gate(envelope: &Envelope) -> Emit<gate::default> {
    Emit::intent(MoveGate { open: &*envelope.wire_type == "gate.open" })
}

#[handler(intent = motor::MoveGate)]
async fn move_gate(to: &MoveGate, notes: Dep<Notes>) {
    notes.add(format!("open: {}", to.open));
}

#[handler(event = motor::StopMotor)]
async fn stop_motor(_stop: &StopMotor, notes: Dep<Notes>) {
    notes.add("stopped".to_owned());
}

/// The storage in the next version of the program.
mod next {
    use super::{Dep, Notes};

    #[onex::effect(contract = "contracts/named/storage_next.yaml")]
    pub(super) struct UserStorage;

    #[onex::handler(operation = user_storage::users_store)]
    async fn users_store(name: &String, notes: Dep<Notes>) {
        notes.add(format!("next stores {name}"));
    }

    #[onex::handler(operation = user_storage::users_count)]
    async fn users_count(times: &u32, notes: Dep<Notes>) {
        notes.add(format!("count {times}"));
    }
}

mod brake_handlers {
    use super::{StopMotor, brake};

    #[onex::handler(event = brake::StopMotor)]
    async fn stop_motor(_stop: &StopMotor) {}
}

#[derive(Container)]
struct App {
    notes: Arc<Notes>,
}

fn on<N: Mount<App>>() -> (Runtime<App>, Arc<Notes>) {
    let notes = Arc::<Notes>::default();
    let builder = Runtime::builder(App { notes: Arc::clone(&notes) }).topic_value("env", "dev");
    (builder.topic_value("namespace", "acme").mount::<N>().mount::<UserAudit>().build().unwrap(), notes)
}

fn noted(notes: &Notes) -> Vec<String> {
    let mut noted = notes.0.lock().unwrap().clone();
    noted.sort();
    noted
}

fn new_id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    Uuid::from_u64_pair(0, LAST.fetch_add(1, Ordering::Relaxed))
}

/// A message from elsewhere, as JSON, that bears a name.
fn named(topic: &str, name: &str, json: &str) -> Envelope {
    let payload = Payload::json(serde_json::value::RawValue::from_string(json.to_owned()).unwrap());
    Envelope { wire_type: name.into(), ..Envelope::external(new_id(), Topic::new(topic), payload) }
}

#[tokio::test]
async fn an_operation_is_asked_for_by_its_name_and_what_it_emits_goes_on() {
    let (runtime, notes) = on::<UserStorage>();
    runtime.ask::<user_storage::users_store>(User { name: "Ada".into() }).await.unwrap();
    runtime.ask::<user_storage::users_forget>("Bob".to_owned()).await.unwrap();
    let json = named("onex.cmd.users.change.v1", "users.store", r#"{ "name": "Cleo" }"#);
    runtime.deliver(json).await.unwrap();
    runtime.settled().await;
    assert_eq!(noted(&notes), ["forget Bob", "store Ada", "store Cleo", "stored Ada", "stored Cleo"]);
    assert_eq!(runtime.dead_letter_list().await.unwrap().len(), 0);
}

#[tokio::test]
async fn what_nobody_does_is_a_dead_letter_that_says_so() {
    let (runtime, notes) = on::<UserStorage>();
    for name in ["users.count", "users.change"] {
        runtime.deliver(named("onex.cmd.users.change.v1", name, "1")).await.unwrap();
    }
    let other_type = named("onex.cmd.users.change.v1", "users.store", "17");
    runtime.deliver(other_type).await.unwrap();
    runtime.settled().await;
    assert_eq!(noted(&notes), [""; 0]);
    let mut causes: Vec<DeadLetterCause> =
        runtime.dead_letter_list().await.unwrap().iter().map(|letter| letter.cause.clone()).collect();
    let decode = causes.pop().unwrap();
    assert!(matches!(decode, DeadLetterCause::Decode { .. }), "{decode:?}");
    let asked = ["users.count", "users.change"].map(|asked| DeadLetterCause::NoRoute { asked: asked.into() });
    assert_eq!(causes, asked, "of two operations a message has to name one");
}

#[tokio::test]
async fn what_nobody_did_is_redriven_to_whoever_of_the_node_does_it_now() {
    async fn open<N: Mount<App>>(journal: &Arc<Memory>) -> (Runtime<App, Arc<Memory>>, Arc<Notes>) {
        let notes = Arc::<Notes>::default();
        let builder = Runtime::builder(App { notes: Arc::clone(&notes) }).mount::<N>();
        let builder = builder.topic_value("env", "dev").topic_value("namespace", "acme").mount::<UserAudit>();
        (builder.build_on(Arc::clone(journal), "tests").await.unwrap(), notes)
    }
    let journal = Arc::<Memory>::default();
    let (runtime, notes) = open::<UserStorage>(&journal).await;
    runtime.deliver(named("onex.cmd.users.change.v1", "users.count", "3")).await.unwrap();
    runtime.settled().await;
    let letter = journal.dead_letters().await.unwrap().remove(0);
    runtime.redrive(&letter).await.unwrap();
    runtime.settled().await;
    let letters = journal.dead_letters().await.unwrap();
    assert_eq!((letters.len(), &letters[1].cause), (2, &letter.cause), "this program still does not");
    assert_eq!(noted(&notes), [""; 0]);
    drop(runtime);

    let (runtime, notes) = open::<next::UserStorage>(&journal).await;
    for letter in [&letter, &letters[1], &letters[1]] {
        runtime.redrive(letter).await.unwrap();
    }
    runtime.settled().await;
    assert_eq!(noted(&notes), ["count 3"], "the first letter was delivered before, and became the second");
    assert_eq!(journal.dead_letters().await.unwrap().len(), 2);
    drop(runtime);

    let (runtime, _) = open::<Motor>(&journal).await;
    let nobody = runtime.redrive(&letters[1]).await.unwrap_err();
    assert!(matches!(&nobody, RedriveError::NobodyThere { node, .. } if node == "node_user_storage_effect"));
    assert_eq!(journal.dead_letters().await.unwrap().len(), 2, "nothing was written");
}

#[tokio::test]
async fn a_redelivered_message_that_nobody_takes_is_one_dead_letter() {
    let (runtime, _) = on::<UserStorage>();
    let unknown = named("onex.cmd.users.change.v1", "users.count", "1");
    for _ in 0..2 {
        runtime.deliver(unknown.clone()).await.unwrap();
        runtime.settled().await;
    }
    let letters = runtime.dead_letter_list().await.unwrap();
    assert_eq!((letters.len(), letters[0].node.as_deref()), (1, Some("node_user_storage_effect")));
}

#[tokio::test]
async fn the_default_handler_takes_the_rest_with_its_envelope() {
    let (runtime, notes) = on::<UserStorage>();
    for (topic, name, json) in [
        ("onex.evt.users.user-stored.v1", "anything", r#"{ "name": "Ada" }"#),
        ("onex.evt.users.user-seen.v1", "seen.twice", "2"),
        ("onex.evt.users.user-seen.v1", "users.user-seen", r#""Bob""#),
        ("dev.acme.hall.evt.door-opened.v1", "hall.door-opened", r#""left""#),
    ] {
        runtime.deliver(named(topic, name, json)).await.unwrap();
    }
    runtime.settled().await;
    let expected = [
        "hall.door-opened on dev.acme.hall.evt.door-opened.v1: left",
        "seen 2 times",
        "stored Ada",
        "users.user-seen on onex.evt.users.user-seen.v1: Bob",
    ];
    assert_eq!(noted(&notes), expected);
}

#[tokio::test]
async fn a_payload_is_known_by_its_name_though_two_have_one_type() {
    let (runtime, _) = on::<Prices>();
    let mut priced = runtime.subscribe_to::<Prices, Priced>().unwrap();
    runtime.ask::<prices::prices_cart>(Cart { cents: 7 }).await.unwrap();
    runtime.settled().await;
    runtime.ask::<prices::prices_gift>(Cart { cents: 7 }).await.unwrap();
    runtime.settled().await;
    let prices = [(); 2].map(|()| priced.try_recv().unwrap().payload.get::<Priced>().unwrap().cents);
    assert_eq!(prices, [7, 0]);
}

#[tokio::test]
async fn what_only_says_its_topic_asks_for_the_one_route_of_a_node_that_takes_everything() {
    let notes = Arc::<Notes>::default();
    let builder = Runtime::builder(App { notes: Arc::clone(&notes) });
    let runtime = builder.mount::<Gate>().mount::<Motor>().build().unwrap();
    for topic in ["onex.cmd.gate.open.v1", "onex.cmd.gate.close.v1"] {
        let nothing = Payload::new(());
        runtime.deliver(Envelope::external(new_id(), Topic::new(topic), nothing)).await.unwrap();
    }
    runtime.publish(StopMotor {}).await.unwrap();
    runtime.settled().await;
    assert_eq!(noted(&notes), ["open: false", "open: true", "stopped"]);
}

#[tokio::test]
async fn a_command_has_one_owner() {
    let builder = Runtime::builder(App { notes: Arc::default() });
    let refused = builder.mount::<Gate>().mount::<Motor>().mount::<Brake>().build().unwrap_err();
    let [BuildProblem::Routing(problem)] = &refused.problems[..] else { panic!("{refused}") };
    let text = problem.to_string();
    assert!(text.contains("onex.cmd.motor.stop.v1"), "{text}");
    assert!(text.contains("node_motor_effect") && text.contains("node_brake_effect"), "{text}");
}

#[tokio::test]
async fn what_is_not_mounted_cannot_be_asked() {
    let (runtime, _) = on::<UserStorage>();
    let refused = runtime.ask::<prices::prices_cart>(Cart { cents: 7 }).await.unwrap_err();
    assert!(matches!(refused, PublishError::NotMounted { node: "node_prices_compute" }), "{refused}");
}
