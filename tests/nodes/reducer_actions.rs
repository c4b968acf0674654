//! Actions of a state machine: intents, made from what was folded, sent in the commit that changes the state.

use std::sync::{Arc, Mutex};

use onex::journal::{Journal, Memory};
use onex::message::{Envelope, Payload, Topic};
use onex::{Container, Dep, Event, Intent, Runtime, effect, handler, reducer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Event, Serialize, Deserialize)]
struct DoorPushed;

#[derive(Event, Serialize, Deserialize)]
struct DoorLocked;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Door {
    pushes: u32,
}

macro_rules! intents {
    ($($visibility:vis $name:ident $intent:literal)*) => { $(
        #[derive(onex::Intent, serde::Serialize, serde::Deserialize)]
        #[intent($intent)]
        $visibility struct $name {
            $visibility pushes: u32,
        }
        impl From<&crate::reducer_actions::Door> for $name {
            fn from(door: &crate::reducer_actions::Door) -> Self {
                $name { pushes: door.pushes }
            }
        }
    )* };
}

intents! { LightOn "light.on" ReleaseLock "lock.release" RingBell "bell.ring" }

mod lights {
    intents! { pub(crate) LightOff "light.off" }
}

#[reducer(contract = "contracts/door.yaml")]
struct FrontDoor;

#[handler(transition = front_door::DoorPushed)]
fn door_pushed(door: &mut Door, _: &DoorPushed) {
    door.pushes += 1;
}

#[handler(transition = front_door::DoorLocked)]
fn door_locked(_: &mut Door, _: &DoorLocked) {}

#[effect(contract = "contracts/house.yaml")]
struct House;

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn note<I: Intent>(&self, pushes: u32) {
        self.0.lock().expect("nobody panics while noting").push(format!("{} after {pushes}", I::TYPE));
    }

    fn sorted(&self) -> Vec<String> {
        let mut log = self.0.lock().expect("nobody panics while noting").clone();
        log.sort();
        log
    }
}

#[handler(intent = house::LightOn)]
async fn light_on(intent: &LightOn, log: Dep<Log>) {
    log.note::<LightOn>(intent.pushes);
}

#[handler(intent = house::LightOff)]
async fn light_off(intent: &lights::LightOff, log: Dep<Log>) {
    log.note::<lights::LightOff>(intent.pushes);
}

#[handler(intent = house::ReleaseLock)]
async fn release_lock(intent: &ReleaseLock, log: Dep<Log>) {
    log.note::<ReleaseLock>(intent.pushes);
}

#[handler(intent = house::RingBell)]
async fn ring_bell(intent: &RingBell, log: Dep<Log>) {
    log.note::<RingBell>(intent.pushes);
}

#[derive(Container)]
struct App {
    log: Arc<Log>,
}

#[tokio::test]
async fn leaving_firing_and_entering_emit_what_they_name_made_from_the_new_state() {
    let log = Arc::new(Log::default());
    let app = App { log: Arc::clone(&log) };
    let runtime = Runtime::builder(app).mount::<FrontDoor>().mount::<House>().build().unwrap();
    runtime.publish(DoorPushed).await.unwrap();
    runtime.settled().await;
    assert_eq!(log.sorted(), ["bell.ring after 1", "light.on after 1", "lock.release after 1"]);

    log.0.lock().unwrap().clear();
    runtime.publish(DoorPushed).await.unwrap();
    runtime.settled().await;
    assert_eq!(log.sorted(), ["light.off after 2"]);

    // Refused: the guard does not hold after three pushes.
    log.0.lock().unwrap().clear();
    for _ in 0..2 {
        runtime.publish(DoorPushed).await.unwrap();
        runtime.settled().await;
    }
    log.0.lock().unwrap().clear();
    runtime.publish(DoorLocked).await.unwrap();
    runtime.settled().await;
    assert_eq!(runtime.dead_letter_list().await.unwrap().len(), 1);
    assert!(log.sorted().is_empty(), "what did not happen asks for nothing");
}

/// In the order of the machine: the state that is left, the transition, the state that is entered. And once: redelivered, the event
/// folds nothing and asks for nothing.
#[tokio::test]
async fn r07_the_intents_are_in_the_commit_of_the_fold_in_order_and_once() {
    let (log, journal) = (Arc::new(Log::default()), Arc::new(Memory::default()));
    let app = App { log: Arc::clone(&log) };
    let builder = Runtime::builder(app).mount::<FrontDoor>().mount::<House>();
    let runtime = builder.build_on(Arc::clone(&journal), "tests").await.unwrap();
    let mut watched: Vec<_> = ["lock.release", "bell.ring", "light.on"]
        .map(|intent| runtime.subscribe(format!("onex.intent.{intent}.v1")))
        .into_iter()
        .collect();
    let push = Envelope::external(
        Uuid::from_u128(7),
        Topic::new("onex.evt.doors.door-pushed.v1"),
        Payload::new(DoorPushed),
    );
    for _ in 0..2 {
        runtime.deliver(push.clone()).await.unwrap();
        runtime.settled().await;
    }
    let ids: Vec<Uuid> = watched
        .iter_mut()
        .map(|watched| {
            let envelope = watched.try_recv().expect("it is sent");
            assert_eq!(envelope.causation_id, Some(push.envelope_id));
            assert!(watched.try_recv().is_none(), "once");
            envelope.envelope_id
        })
        .collect();
    let expected: Vec<Uuid> = [("lock.release", 0), ("bell.ring", 1), ("light.on", 2)]
        .into_iter()
        .map(|(intent, index)| {
            onex::message::emitted_id(push.envelope_id, "node_door_reducer", "door_pushed", intent, index)
        })
        .collect();
    assert_eq!(ids, expected, "their place is part of their identity");
    assert!(journal.outbox().await.unwrap().is_empty());
}

#[test]
fn the_node_that_executes_them_has_to_be_mounted() {
    let app = App { log: Arc::default() };
    let error = Runtime::builder(app).mount::<FrontDoor>().build().unwrap_err().to_string();
    assert!(error.contains("light.on") && error.contains("node_house_effect"), "{error}");
}
