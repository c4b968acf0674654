//! Event-driven orchestration where a YAML contract is source code.
//!
//! A contract says which events a node takes, which handler answers each, what it may emit and which steps its workflow
//! has. [`#[orchestrator]`](macro@orchestrator) compiles it into the program, rustc proves that contract and code agree,
//! and a [`Runtime`] executes exactly what it declares. A route without a handler, an event that no route lists, a step
//! that takes the output of one it does not depend on, an orchestrator that returns a result: each is a compile error that
//! shows the line of the Rust and the line of the YAML. So is what contracts say against each other:
//! [`#[application]`](macro@application) proves over all nodes of a program that what one of them takes, another gives.
//!
//! ```
//! use std::sync::Arc;
//!
//! use onex::{Container, Dep, Emit, Event, Intent, application, effect, handler, orchestrator};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Event, Serialize, Deserialize)]
//! pub struct GuestArrived { name: String }
//! #[derive(Event, Serialize, Deserialize)]
//! pub struct GuestGreeted { name: String }
//! #[derive(Intent, Serialize, Deserialize)]
//! #[intent("bell.ring")]
//! pub struct RingBell;
//!
//! #[orchestrator(contract = "doc/greeter.yaml")]
//! pub struct Greeter;
//!
//! #[effect(contract = "doc/bell.yaml")]
//! pub struct Bell;
//!
//! // A route: events (what happened) and intents (what should happen next), never a result.
//! #[handler(event = greeter::GuestArrived)]
//! async fn guest_arrived(event: &GuestArrived) -> Emit<greeter::GuestArrived> {
//!     Emit::event(GuestGreeted { name: event.name.clone() }).and_intent(RingBell)
//! }
//!
//! #[handler(intent = bell::RingBell)]
//! async fn ring_bell(_ring: &RingBell) {}
//!
//! // A compute step is pure. Its parameter is named after the step whose output it takes.
//! #[handler(step = greeter::choose)]
//! fn choose(greeted: &GuestGreeted) -> usize {
//!     greeted.name.len() % 2
//! }
//!
//! // An effect is asynchronous and takes its dependencies.
//! #[handler(step = greeter::seat)]
//! async fn seat(choose: &usize, tables: Dep<Tables>) -> Result<String, String> {
//!     tables.0.get(*choose).map(|table| (*table).to_owned()).ok_or_else(|| "full".to_owned())
//! }
//!
//! #[handler(compensation = greeter::free)]
//! async fn free(seat: Option<&String>) {
//!     let _ = seat;
//! }
//!
//! pub struct Tables([&'static str; 2]);
//!
//! #[derive(Container)]
//! pub struct App { tables: Arc<Tables> }
//!
//! // The program in one place. That it compiles proves that the contracts fit together.
//! #[application(container = App, nodes = [Greeter, Bell])]
//! pub struct House;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let app = App { tables: Arc::new(Tables(["window", "garden"])) };
//!     let runtime = House::builder(app).build()?;
//!     let mut reports = runtime.reports();
//!
//!     runtime.publish(GuestArrived { name: "Ada".into() }).await?;
//!     runtime.settled().await;
//!
//!     let report = reports.try_recv().expect("the run has ended");
//!     assert_eq!(*report.last::<Greeter>()?, "garden");
//!     Ok(())
//! }
//! ```
//!
//! # The parts
//!
//! | module | what it is |
//! |---|---|
//! | [`message`] | what travels: events, intents, payloads, envelopes, topics |
//! | [`node`] | a node in the type system: routes, steps, dependencies |
//! | [`plan`] | the static tables that the macros generate |
//! | [`run`] | the kernel: one workflow run as a pure state machine |
//! | [`journal`] | what happened, committed atomically under a fencing check |
//! | [`bus`] | how envelopes travel in process |
//! | [`engine`] | tokio: deliveries, runs, timers, retries; the only place where time passes |
//!
//! # Features
//!
//! None is on unless it is asked for, since each costs build time.
//!
//! | feature | what it adds |
//! |---|---|
//! | `config` | `onex::config`: a program's configuration from TOML files, environment variables and code |
//! | `tracing` | spans for runs, steps, attempts and the handlers of routes |
//! | `metrics` | what runs come to, through the `metrics` facade |
//! | `prometheus` | `onex::prometheus`: the same over HTTP, for Prometheus |
//! | `conformance` | what every journal must do, for the tests of those who write one |
//!
//! # What a macro wrote
//!
//! `ONEX_MACROS_DEBUG=Shop,charge cargo check` prints what the macros on the items `Shop` and `charge` wrote, and in what time, formatted if rustfmt is
//! installed; `ONEX_MACROS_DEBUG=1` prints it all. A build does not depend on it, so what is up to date is not printed:
//! touch the file.

pub mod bus;
#[cfg(feature = "config")]
pub mod config;
pub mod engine;
pub mod failpoint;
mod hashing;
pub mod journal;
pub mod message;
pub mod node;
pub mod plan;
#[cfg(feature = "prometheus")]
pub mod prometheus;
pub mod run;
mod system;

/// Stand-ins for rustc's `diagnostic` attributes, for nodes in a module without a prelude.
///
/// `#![no_implicit_prelude]` takes those away too, and no path leads to them, so that what a node's macro writes would not
/// compile. `use onex::diagnostic;` beside the struct mends that; rustc's errors about the node are then in rustc's words only. Where
/// there is a prelude, it must not be imported.
pub mod diagnostic {
    pub use onex_macros::{do_not_recommend, on_unimplemented};
}

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

pub use bus::Subscription;
pub use engine::stream;
pub use engine::{
    BatchReport, BuildError, EntityState, RunFailed, RunHandle, RunReport, Runtime, RuntimeBuilder, Settings,
};
pub use journal::{DeadLetter, DeadLetterCause};
pub use message::{Envelope, Event, Intent, Payload, StepValue};
pub use node::route::dispatch;
pub use node::{
    Classify, Ctx, Dep, Emit, Fault, FaultClass, IntentEnd, IntentOutcome, IntentOutcomes, Intents, Outcome,
    Provides,
};
pub use system::Environment;

/// Makes an empty struct the orchestrator that a contract describes.
///
/// ```text
/// #[orchestrator(contract = "contract.yaml")]
/// pub struct OrderWorkflow;
/// ```
///
/// The path is relative to the folder of `Cargo.toml`, or to the source file if it starts with `./`. `crate = path` says where
/// onex is, if it is renamed or re-exported.
///
/// A value of the contract may be a file of its own, `consumed_events: !include parts/events.yaml`, by a path that is relative to
/// the file that it is written in. All files are tracked: a change of any of them rebuilds.
///
/// The struct stays as it is, and its documentation gets what the contract says: tables of routes and steps, and a picture in a
/// block of `mermaid`, which a page shows that has Mermaid's script (`RUSTDOCFLAGS="--html-in-header mermaid.html"`).
///
/// Beside it appears a module of its name in snake case, `order_workflow`, with a marker for each
/// route, step and compensation that the contract declares: what [`#[handler]`](macro@handler) refers to. A marker is as visible as
/// the struct, and so must be the types that the handlers exchange.
///
/// # Compile errors
///
/// Every fault of the contract, in one build, each with its code, its place and what to do; a struct with fields; a contract
/// of another kind; a route, step or compensation without a handler, or with two; a name in the contract that is no type.
pub use onex_macros::orchestrator;

/// Makes an empty struct the effect node that a contract describes: what executes intents and may answer with events.
///
/// Everything else is as for [`#[orchestrator]`](macro@orchestrator).
pub use onex_macros::effect;

/// Makes an empty struct the compute node that a contract describes: what transforms one value into another, and does
/// nothing else.
///
/// Its handlers are plain functions that return a value. Where the route has `output_events`, which names one event, the value
/// *is* that event and is published in the commit that settles its cause; a program that calls the node itself, with
/// [`dispatch`], gets the value. A handler that is `async`, takes a [`Dep`], returns nothing or an [`Emit`] does not compile.
///
/// Everything else is as for [`#[orchestrator]`](macro@orchestrator).
///
/// ```
/// use onex::{Ctx, Event, compute, dispatch, handler};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Event, Serialize, Deserialize)]
/// pub struct OrderPlaced { cents: Vec<u64> }
/// #[derive(Event, Serialize, Deserialize)]
/// pub struct OrderPriced { total: u64 }
///
/// #[compute(contract = "doc/pricing.yaml")]
/// pub struct Pricing;
///
/// #[handler(event = pricing::OrderPlaced)]
/// fn order_placed(order: &OrderPlaced) -> OrderPriced {
///     OrderPriced { total: order.cents.iter().sum() }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), onex::Fault> {
/// let order = OrderPlaced { cents: vec![250, 199] };
/// let priced = dispatch::<Pricing, _, _>(order, Ctx::detached(), &()).await?;
/// assert_eq!(priced.total, 449);
/// # Ok(())
/// # }
/// ```
pub use onex_macros::compute;

/// Makes an empty struct the reducer that a contract describes: what folds events into state, as its `state_machine` allows.
///
/// Each event that the contract routes is the trigger of its name: `OrderPaid` fires the transitions of `order_paid`. Its handler, in
/// the slot `transition`, takes the state and the event and gives back the next state, or changes a `&mut` state in place. Then
/// the machine decides: guards are accesses to fields of the state, checked by rustc, and see what the event has changed. If no
/// transition fires, or the target lacks its `required_data`, nothing has happened, and the event is a dead letter that says why.
///
/// Its actions are intents: `entry_actions`, `exit_actions` and `actions` name those that `intent_emission` lists, and each is made
/// from the state that was folded, by `impl From<&State> for Intent`.
///
/// The state is in the journal, one for each value of the field that the route names as `key`; [`Runtime::entity`] shows it. It
/// starts as its `Default` in the `initial_state`. Beside the markers, the node's module has an enumeration `State`.
///
/// A handler that is `async`, takes a [`Dep`], or gives back anything but the state does not compile. Everything else is as for
/// [`#[orchestrator]`](macro@orchestrator).
///
/// ```
/// use onex::{Event, Runtime, handler, reducer};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Event, Serialize, Deserialize)]
/// pub struct OrderPlaced { order_id: u64, cents: u64 }
/// #[derive(Event, Serialize, Deserialize)]
/// pub struct OrderPaid { order_id: u64, cents: u64 }
///
/// #[derive(Clone, Default, Serialize, Deserialize)]
/// pub struct Account { due: u64 }
///
/// #[reducer(contract = "doc/accounts.yaml")]
/// pub struct Accounts;
///
/// #[handler(transition = accounts::OrderPlaced)]
/// fn order_placed(account: &mut Account, order: &OrderPlaced) {
///     account.due = order.cents;
/// }
///
/// #[handler(transition = accounts::OrderPaid)]
/// fn order_paid(account: Account, payment: &OrderPaid) -> Result<Account, String> {
///     let due = account.due.checked_sub(payment.cents).ok_or("nobody pays more than is due")?;
///     Ok(Account { due })
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = Runtime::builder(()).mount::<Accounts>().build()?;
/// runtime.publish(OrderPlaced { order_id: 7, cents: 100 }).await?;
/// runtime.settled().await;
/// runtime.publish(OrderPaid { order_id: 7, cents: 100 }).await?;
/// runtime.settled().await;
///
/// let account = runtime.entity::<Accounts>("7").await?.expect("it has begun");
/// assert_eq!(account.state, accounts::State::Settled);
/// # Ok(())
/// # }
/// ```
pub use onex_macros::reducer;

/// Makes an empty struct a closed application: the nodes of a program and the container that serves them, in one place.
///
/// That it compiles proves, over the contracts of all nodes taken together:
///
/// * every intent that a node sends is executed by the node that it is sent to, and by no other;
/// * every topic that a node consumes is produced by one of the nodes, or its contract says `external: true`; and the same
///   for what is published and who consumes it;
/// * a command has one node that takes it, and a consumer group is one node's;
/// * both ends of a topic mean one Rust type, whatever the contracts call it;
/// * a node that a contract names is among the nodes, and of the kind that is asked for;
/// * the container provides each [`Dep`] of each handler;
/// * topics with placeholders are complete in every environment.
///
/// These are the rules of `onex check`, with the same codes; all faults are in one message, each with the lines of the
/// contracts that are at odds. What an open program, [`Runtime::builder`], finds when it starts, a closed application finds
/// before it is built. Nothing of the proof is in the binary.
///
/// ```
/// use onex::{Emit, Event, Intent, application, effect, handler, orchestrator};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Event, Serialize, Deserialize)]
/// pub struct VisitorRang { name: String }
/// #[derive(Event, Serialize, Deserialize)]
/// pub struct VisitorAdmitted { name: String }
/// #[derive(Intent, Serialize, Deserialize)]
/// #[intent("gate.open")]
/// pub struct OpenGate;
///
/// #[orchestrator(contract = "doc/porter.yaml")]
/// pub struct Porter;
///
/// #[effect(contract = "doc/gate.yaml")]
/// pub struct Gate;
///
/// #[handler(event = porter::VisitorRang)]
/// async fn visitor_rang(visitor: &VisitorRang) -> Emit<porter::VisitorRang> {
///     Emit::event(VisitorAdmitted { name: visitor.name.clone() }).and_intent(OpenGate)
/// }
///
/// #[handler(intent = gate::OpenGate)]
/// async fn open_gate(_open: &OpenGate) {}
///
/// #[application(
///     container = (),
///     nodes = [Porter, Gate],
///     environments = [dev(env = "dev", namespace = "house"), live(env = "live", namespace = "house")],
/// )]
/// pub struct House;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let runtime = House::builder(House::DEV, ()).build()?;
/// let mut admitted = runtime.subscribe("dev.house.porter.evt.visitor-admitted.v1");
///
/// runtime.publish(VisitorRang { name: "Ada".into() }).await?;
/// runtime.settled().await;
/// assert_eq!(admitted.try_recv().expect("the gate is open").payload.get::<VisitorAdmitted>()?.name, "Ada");
/// # Ok(())
/// # }
/// ```
///
/// # Arguments
///
/// | argument | what it is |
/// |---|---|
/// | `container = App` | the type of the container |
/// | `nodes = [Porter, Gate]` | the nodes, by path, of this crate or of others; each once |
/// | `environments = [dev(env = "dev", namespace = "house")]` | where it runs: a name, and the value of each placeholder there. Left out where no topic has a placeholder |
/// | `crate = path` | where onex is, if it is renamed or re-exported |
///
/// # What it adds
///
/// `builder(container)`, a [`RuntimeBuilder`] that has all nodes mounted. With environments it is
/// `builder(environment, container)`, and there is a constant of type [`Environment`] for each, `House::DEV`, and
/// `House::ENVIRONMENTS` to choose from by name. All are as visible as the struct.
///
/// # Compile errors
///
/// One message with every fault of the nodes taken together. A node that cannot be mounted, a handler that takes what the
/// container does not provide, and faults of a single contract come first.
///
/// Two instances of one generic event are one type to it, and so are two types whose impls of [`Event`](trait@Event) are
/// written by hand.
pub use onex_macros::application;

/// Joins a function to a name that a contract declares.
///
/// The attribute is a slot and one path:
///
/// | attribute | what the function does | what it takes | what it returns |
/// |---|---|---|---|
/// | `event = node::Event` | answers an event | the event, `&Event` or `Event` | `Emit<node::Event>`; for a compute node a value |
/// | `intent = node::Intent` | executes an intent | the intent, `&Intent` or `Intent` | `Emit<node::Intent>` or nothing |
/// | `operation = node::name`, `payload = node::name` | answers what is asked for by that name | `&T` or `T`, of the type that the contract gives, if it does | as for an event |
/// | `topic = node::producer_event_name` | answers whatever travels on a topic | the same | the same |
/// | `default = node::default` | answers what no other route takes | `&Envelope`, or the type that the contract gives | the same |
/// | `step = node::step` | is a step of a workflow | `&T`, `Option<&T>` or `Outcome<&T>`, named after steps in `depends_on`, or `input` | a value |
/// | `batch = node::step` | is a step of a batch, for many items at once | `&[&T]` or `&[Option<&T>]`, named as for a step; `&[Ctx]` | `Vec<T>` or `Vec<Result<T, E>>`, one for each |
/// | `fold = node::step` | is a reducer of a batch or a stream | what it keeps, `&mut T`, then what an item has, as for a step | nothing |
/// | `transition = node::Event` | folds an event into a reducer's state | the state, `&mut T` or `T`, then `&Event` or `Event` | nothing, or the next `T` |
/// | `condition = node::name` | decides whether a step runs | `&T`, `Option<&T>` or `Outcome<&T>`, named after steps that come before it, or `input` | `bool` |
/// | `compensation = node::name` | undoes a step | `Option<&T>` or `Outcome<&T>`, named after the step or what it depends on; `input: &T` | nothing |
///
/// Each but a condition may return a `Result` of that with an error that is serialisable; [`Classify`] says what the engine may do
/// about it, and may take a [`Ctx`]; effects, as nodes and as steps, may be `async` and take [`Dep`]s. A message is taken by value only if it is
/// `Clone`.
///
/// `&T` means: skip this step when that output is absent; a condition does not hold then. `Option<&T>`: run it anyway. [`Outcome<&T>`](Outcome): and tell it why.
///
/// The function stays as it is: a test calls it like any other.
///
/// # Compile errors
///
/// A name that the contract does not declare, a second handler for one name, a parameter that is no dependency or has another
/// type than its step returns, a pure step that is async or takes a `Dep`, an answer that the node's kind cannot give.
pub use onex_macros::handler;

/// Implements [`Event`](trait@Event).
///
/// `#[event(name = "ModelOrderPlacedEvent")]` gives the type the name that contracts use for it, if that is another.
///
/// ```
/// #[derive(onex::Event, serde::Serialize, serde::Deserialize)]
/// #[event(name = "ModelOrderPlacedEvent")]
/// struct OrderPlaced { order_id: String }
///
/// assert_eq!(<OrderPlaced as onex::Event>::NAME, "ModelOrderPlacedEvent");
/// ```
///
/// A contract's name for an event is the name of one type. An instance of a generic type gets one as an alias, and says it by
/// hand, or by a trait of yours if the generic type is another crate's:
///
/// ```
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Changed<T> { now: T }
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Address(String);
///
/// type AddressChanged = Changed<Address>;
/// impl onex::Event for AddressChanged {
///     const NAME: &'static str = "AddressChanged";
/// }
/// ```
pub use onex_macros::Event;

/// Implements [`Intent`](trait@Intent). `#[intent("domain.action")]` is the name that routing tables use.
///
/// ```
/// #[derive(onex::Intent, serde::Serialize, serde::Deserialize)]
/// #[intent("payment.process")]
/// struct ProcessPayment { cents: u64 }
///
/// assert_eq!(<ProcessPayment as onex::Intent>::TYPE, "payment.process");
/// ```
pub use onex_macros::Intent;

/// Implements [`Provides<T>`](trait@Provides) for each field of type `Arc<T>`.
///
/// A field that no handler takes is marked `#[container(skip)]`.
///
/// ```
/// use std::sync::Arc;
///
/// trait Clock: Send + Sync {}
/// struct Bank;
///
/// #[derive(onex::Container)]
/// struct App {
///     bank: Arc<Bank>,
///     clock: Arc<dyn Clock>,
///     #[container(skip)]
///     started: std::time::Instant,
/// }
/// ```
pub use onex_macros::Container;
