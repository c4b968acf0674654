//! Two nodes as the macros would write them: an orchestrator that takes orders and an effect that keeps the books.
//! They share a chain of messages: order placed → order validated → stocked by a third, and an intent to record.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use onex::message::Topic;
use onex::node::mount::{Mount, Mounted};
use onex::node::route::{Message, Route, RouteHandler};
use onex::node::{Ctx, Dep, Emit, Emits, Emitted, Fault, Intends, Node};
use onex::plan::{At, Brings, EventRow, FailureRow, IntentRow, Kind, NodeTable, RouteRow};
use onex::{Envelope, Event, Intent, Payload, Runtime};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{World, quick};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order_id: String,
    pub items: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderValidated {
    pub order_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBooked {
    pub order_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordAudit {
    pub line: String,
}

impl Event for OrderPlaced {
    const NAME: &'static str = "OrderPlaced";
}

impl Event for OrderValidated {
    const NAME: &'static str = "OrderValidated";
}

impl Event for OrderBooked {
    const NAME: &'static str = "OrderBooked";
}

impl Intent for RecordAudit {
    const TYPE: &'static str = "audit.record_line";
    type Id = onex::message::IntentId<{ onex::message::intent_hash("audit.record_line") }>;
}

/// What starts a run in some tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub id: String,
}

impl Event for Ticket {
    const NAME: &'static str = "Ticket";
}

/// What a scripted step gives, as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered(pub u64);

impl Event for Answered {
    const NAME: &'static str = "Answered";
}

pub const PLACED: &str = "onex.cmd.orders.place-order.v1";
pub const VALIDATED: &str = "onex.evt.orders.order-validated.v1";
pub const BOOKED: &str = "onex.evt.books.order-booked.v1";
pub const AUDIT: &str = "onex.intent.audit.record-line.v1";

/// What the effects of these nodes act on, and how a test makes them fail.
#[derive(Debug, Default)]
pub struct Desk {
    /// What was done, in order.
    pub done: Mutex<Vec<String>>,
    /// How many of the next calls of `book` fail.
    pub failures: AtomicU32,
    /// The attempts that `book` saw.
    pub attempts: Mutex<Vec<u32>>,
    /// If set, `record` takes a permit for each call.
    pub gate: Mutex<Option<Arc<Semaphore>>>,
}

impl Desk {
    pub fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    fn note(&self, what: String) {
        self.done.lock().unwrap().push(what);
    }
}

const fn at(line: u32) -> At {
    At { file: "orders.yaml", line, column: 7 }
}

const fn event(name: &'static str, topic: &'static str, wire_type: &'static str, line: u32) -> EventRow {
    EventRow { name, topic, wire_type, consumed: true, published: true, external: true, at: at(line) }
}

pub struct OrderDesk;

impl Node for OrderDesk {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "node_order_desk",
        kind: Kind::Orchestrator,
        contract: "orders.yaml",
        events: &[
            event("OrderPlaced", PLACED, "orders.place-order", 10),
            event("OrderValidated", VALIDATED, "orders.order-validated", 11),
        ],
        routes: &[RouteRow { brings: Brings::Event(0), handler: "order_placed", parks: false, at: at(5) }],
        intents: &[IntentRow { intent_type: "audit.record_line", node: "node_books", at: at(20) }],
        failures: FailureRow::NONE,
        workflow: None,
    };
}

pub mod order_desk {
    use super::*;

    pub enum OrderPlacedRoute {}

    impl Route for OrderPlacedRoute {
        type Node = OrderDesk;
        type Message = OrderPlaced;
        const INDEX: usize = 0;
        const DECLARED: &'static str = "";
    }

    impl Emits<OrderValidated> for OrderPlacedRoute {
        const EVENT: &'static EventRow = &OrderDesk::TABLE.events[1];
    }

    impl Intends<RecordAudit> for OrderPlacedRoute {
        const TARGET: &'static IntentRow = &OrderDesk::TABLE.intents[0];
    }

    impl<X> RouteHandler<X> for OrderPlacedRoute {
        type Takes = OrderPlaced;
        type Deps = ();
        type Gives = Emit<Self>;
        async fn call(message: Message<OrderPlaced>, _: Ctx, (): ()) -> Result<Emit<Self>, Fault> {
            let order = message.into_owned();
            match order.items {
                0 => return Err(Fault { class: None, message: "no items".into() }),
                13 => panic!("thirteen items"),
                _ => {}
            }
            let line = format!("placed {}", order.order_id);
            Ok(Emit::event(OrderValidated { order_id: order.order_id }).and_intent(RecordAudit { line }))
        }
        fn emitted(gives: Emit<Self>) -> Result<Emitted, Fault> {
            Ok(gives.into_emitted())
        }
    }

    impl Mount<World> for OrderDesk {
        fn mounted() -> Mounted<World> {
            Mounted::new(Self::TABLE).route::<OrderPlacedRoute>()
        }
    }
}

pub struct Books;

impl Node for Books {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "node_books",
        kind: Kind::Effect,
        contract: "books.yaml",
        events: &[
            event("OrderValidated", VALIDATED, "orders.order-validated", 11),
            event("OrderBooked", BOOKED, "books.order-booked", 12),
        ],
        routes: &[
            RouteRow { brings: Brings::Event(0), handler: "book", parks: false, at: at(5) },
            RouteRow {
                brings: Brings::Intent("audit.record_line"),
                handler: "record",
                parks: false,
                at: at(6),
            },
        ],
        intents: &[],
        failures: FailureRow::NONE,
        workflow: None,
    };
}

pub mod books {
    use super::*;

    pub enum OrderValidatedRoute {}
    pub enum RecordAuditRoute {}

    impl Route for OrderValidatedRoute {
        type Node = Books;
        type Message = OrderValidated;
        const INDEX: usize = 0;
        const DECLARED: &'static str = "";
    }

    impl Route for RecordAuditRoute {
        type Node = Books;
        type Message = RecordAudit;
        const INDEX: usize = 1;
        const DECLARED: &'static str = "";
    }

    impl Emits<OrderBooked> for OrderValidatedRoute {
        const EVENT: &'static EventRow = &Books::TABLE.events[1];
    }

    impl<X> RouteHandler<X> for OrderValidatedRoute {
        type Takes = OrderValidated;
        type Deps = (Dep<Desk>,);
        type Gives = Emit<Self>;
        async fn call(
            message: Message<OrderValidated>,
            ctx: Ctx,
            (desk,): (Dep<Desk>,),
        ) -> Result<Emit<Self>, Fault> {
            desk.attempts.lock().unwrap().push(ctx.attempt);
            let fails = |left: u32| left.checked_sub(1);
            if desk.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fails).is_ok() {
                return Err(Fault { class: None, message: "the ledger is locked".into() });
            }
            desk.note(format!("booked {}", message.order_id));
            Ok(Emit::event(OrderBooked { order_id: message.order_id.clone() }))
        }
        fn emitted(gives: Emit<Self>) -> Result<Emitted, Fault> {
            Ok(gives.into_emitted())
        }
    }

    impl<X> RouteHandler<X> for RecordAuditRoute {
        type Takes = RecordAudit;
        type Deps = (Dep<Desk>,);
        type Gives = Emit<Self>;
        async fn call(
            message: Message<RecordAudit>,
            _: Ctx,
            (desk,): (Dep<Desk>,),
        ) -> Result<Emit<Self>, Fault> {
            let gate = desk.gate.lock().unwrap().clone();
            if let Some(gate) = gate {
                gate.acquire().await.expect("the gate is never closed").forget();
            }
            desk.note(format!("recorded {}", message.line));
            Ok(Emit::nothing())
        }
        fn emitted(gives: Emit<Self>) -> Result<Emitted, Fault> {
            Ok(gives.into_emitted())
        }
    }

    impl Mount<World> for Books {
        fn mounted() -> Mounted<World> {
            Mounted::new(Self::TABLE).route::<OrderValidatedRoute>().route::<RecordAuditRoute>()
        }
    }
}

pub fn order(id: &str) -> OrderPlaced {
    OrderPlaced { order_id: id.into(), items: 1 }
}

/// Both nodes, mounted.
pub fn both(world: &World) -> Runtime<World> {
    let builder = Runtime::builder(world.clone()).settings(quick());
    builder.mount::<OrderDesk>().mount::<Books>().build().unwrap()
}

/// An envelope from outside, as JSON.
pub fn json(topic: &str, id: u128, text: &str) -> Envelope {
    let payload = Payload::json(RawValue::from_string(text.into()).unwrap());
    Envelope::external(Uuid::from_u128(id), Topic::new(topic), payload)
}
