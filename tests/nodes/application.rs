//! A closed application: what compiled runs, in the environment that it is given, and carries nothing of its proof.
#![allow(missing_docs, unreachable_pub, reason = "a test's own types")]

use std::sync::{Arc, Mutex};

use onex::{Container, Dep, Emit, Event, Intent, Payload, application, effect, handler, orchestrator};
use onex_benches::dispatch::{Spoke, Tape};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
pub struct VisitorRang {
    name: String,
}

mod generic {
    use super::{Deserialize, Event, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[serde(bound = "")]
    pub struct VisitorAdmitted<T: onex::StepValue> {
        pub who: T,
    }
}

/// A contract names a type, and an instance of a generic one is a type.
pub type VisitorAdmitted = generic::VisitorAdmitted<String>;

#[derive(Intent, Serialize, Deserialize)]
#[intent("gate.open")]
pub struct OpenGate;

#[orchestrator(contract = "contracts/application/porter.yaml")]
pub struct Porter;

#[effect(contract = "contracts/application/gate.yaml")]
pub struct Gate;

#[handler(event = porter::VisitorRang)]
async fn visitor_rang(visitor: &VisitorRang) -> Emit<porter::VisitorRang> {
    Emit::event(VisitorAdmitted { who: visitor.name.clone() })
        .and_event(Spoke { line: 1 })
        .and_intent(OpenGate)
}

#[handler(intent = gate::OpenGate)]
async fn open_gate(_open: &OpenGate, log: Dep<Log>) {
    log.add("opened".to_owned());
}

#[handler(event = gate::VisitorAdmitted)]
async fn visitor_admitted(visitor: &VisitorAdmitted, log: Dep<Log>) -> Emit<gate::VisitorAdmitted> {
    log.add(format!("{} is in", visitor.who));
    Emit::nothing()
}

#[derive(Default)]
pub struct Log(Mutex<Vec<String>>);

impl Log {
    fn add(&self, line: String) {
        self.0.lock().expect("nothing panics while it writes a line").push(line);
    }

    fn sorted(&self) -> Vec<String> {
        let mut lines = std::mem::take(&mut *self.0.lock().expect("nothing panics while it writes a line"));
        lines.sort();
        lines
    }
}

#[derive(Container)]
pub struct App {
    log: Arc<Log>,
    tape: Arc<Tape>,
}

/// `Recorder` is a node of another crate.
#[application(
    container = App,
    nodes = [Porter, Gate, onex_benches::dispatch::Recorder],
    environments = [dev(env = "dev", namespace = "house"), live(env = "live", namespace = "house")],
)]
pub struct House;

fn app() -> (Arc<Log>, App) {
    let log = Arc::new(Log::default());
    (Arc::clone(&log), App { log, tape: Arc::new(Tape) })
}

#[tokio::test(start_paused = true)]
async fn a_closed_application_runs_in_its_environment() {
    for environment in House::ENVIRONMENTS {
        let (log, app) = app();
        let runtime = House::builder(*environment, app).build().expect("it is proven");
        let topic = format!("{}.house.porter.evt.visitor-admitted.v1", environment.name());
        let mut admitted = runtime.subscribe(topic);

        runtime.publish(VisitorRang { name: "Ada".into() }).await.expect("the porter is there");
        runtime.settled().await;

        let payload: Payload = admitted.try_recv().expect("on the topic of this environment").payload.clone();
        assert_eq!(payload.get::<VisitorAdmitted>().expect("it is one").who, "Ada");
        assert_eq!(log.sorted(), ["Ada is in", "opened"]);
        let counters = runtime.counters();
        assert_eq!(
            (counters.handled, counters.dead_letters),
            (4, 0),
            "one of them by a node of another crate"
        );
    }
    assert_eq!(House::ENVIRONMENTS, [House::DEV, House::LIVE]);
    assert_eq!(House::LIVE.values(), [("env", "live"), ("namespace", "house")]);
}

#[test]
fn nothing_of_the_proof_is_in_the_program() {
    let (_, app) = app();
    House::builder(House::DEV, app).build().expect("it is proven");
    let program = std::fs::read(std::env::current_exe().expect("a test is a file")).expect("it can be read");
    let has = |text: &str| program.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    // What the table has, which the runtime reads; and what a message would show of the same line. Both are put together
    // here, so that this test does not bring what it looks for.
    assert!(has(&["node_porter", "orchestrator"].join("_")));
    assert!(!has(&["this line is for", "the compiler alone"].join(" ")));
}
