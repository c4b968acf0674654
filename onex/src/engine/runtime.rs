//! What a program holds of an engine.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::action::Action;
use super::again::{AgainError, RedriveError};
use super::batch::{BatchInput, BatchReport};
use super::builder::RuntimeBuilder;
use super::circuit::CircuitReport;
use super::clock;
use super::completed::{OutputOf, RunFailed};
use super::control::{ControlError, Order};
use super::core::{Engine, IdFrom};
use super::counters::Counters;
use super::driver::Driver;
use super::entity::{EntityError, EntityState};
use super::error::{PublishError, StartError, SubscribeError};
use super::health::Health;
use super::held::HeldRun;
use super::load::Load;
use super::migration::{MigrateError, Migrated, Migration};
use super::report::RunReport;
use super::run_handle::RunHandle;
use super::shutdown::Shutdown;
use super::start::Started;
use super::status::status;
use super::stream::{SeekSource, Source, StreamBuilder};
use super::watch::Watch;
use super::weak::WeakRuntime;
use crate::bus::Subscription;
use crate::bus::routing::Destination;
use crate::journal::{DeadLetter, Journal, Lease, Memory, StorageError};
use crate::message::{Envelope, Event, Payload, RunId, StepValue, Topic};
use crate::node::reduce::{Reducer, ReducerState};
use crate::node::route::RouteHandler;
use crate::node::step::StepOutput;
use crate::node::{BatchWorkflow, Completes, Node, StreamWorkflow, Workflow};

/// A running engine: nodes that are mounted, a container that serves them, a journal that remembers. Cheap to clone;
/// all clones are one engine. It lives until the last clone is dropped and nothing is in flight.
///
/// # Panics
/// Whatever publishes, delivers or starts spawns tasks and panics outside a tokio runtime with its timer enabled.
pub struct Runtime<C, J = Memory> {
    engine: Arc<Engine<C, J>>,
}

impl<C> Runtime<C>
where
    C: Send + Sync + 'static,
{
    /// Begins a runtime over this container, for a program that chooses its nodes when it starts: whether their contracts
    /// fit together is found by [`build`](RuntimeBuilder::build). Where the nodes are known while the program is compiled,
    /// [`#[application]`](macro@crate::application) finds it then.
    pub fn builder(container: C) -> RuntimeBuilder<C> {
        RuntimeBuilder::new(container)
    }
}

impl<C, J> Runtime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) fn of(engine: Arc<Engine<C, J>>) -> Self {
        Runtime { engine }
    }

    pub(super) async fn recover(&self) -> Result<(), StorageError> {
        self.engine.recover().await
    }

    /// Publishes an event on the topic on which mounted nodes consume events of its name, as a message from outside.
    /// Waits for room; returns the envelope's id when it is accepted, which is before it is handled.
    ///
    /// Where a contract declares a key, events of one key are handled one after the other, in the order in which they
    /// were accepted. All others are handled as they come, many at once.
    ///
    /// # Errors
    /// No node consumes it, or on several topics; the runtime is shut down; the journal refuses.
    pub async fn publish<E: Event>(&self, event: E) -> Result<Uuid, PublishError> {
        let destination = match self.engine.registry.routing.consumed(E::NAME) {
            [] => return Err(PublishError::NotConsumed { event: E::NAME }),
            [destination] => destination,
            several => {
                let topics = several.iter().map(|destination| destination.topic.clone()).collect();
                return Err(PublishError::Ambiguous { event: E::NAME, topics });
            }
        };
        self.send(destination, Payload::new(event)).await
    }

    /// Asks a mounted node for what one of its routes does, with what its handler takes: `runtime.ask::<users::store>(user)`.
    /// The message travels on the first topic of the route, under the name that leads to it, like one that a node sends.
    /// Waits for room; returns the envelope's id when it is accepted, which is before it is handled.
    ///
    /// # Errors
    /// The node is not mounted; the runtime is shut down; the journal refuses.
    pub async fn ask<R: RouteHandler<C>>(&self, message: R::Takes) -> Result<Uuid, PublishError> {
        let address = self.engine.registry.address(TypeId::of::<R::Node>(), R::INDEX);
        let address = address.ok_or(PublishError::NotMounted { node: R::Node::TABLE.name })?;
        self.send(address, Payload::new(message)).await
    }

    /// A message from outside.
    async fn send(&self, to: &Destination, payload: Payload) -> Result<Uuid, PublishError> {
        let envelope_id = clock::time_id(clock::unix_ms());
        let envelope = Envelope {
            envelope_id,
            correlation_id: envelope_id,
            causation_id: None,
            traceparent: None,
            topic: to.topic.clone(),
            wire_type: Arc::clone(&to.wire_type),
            payload,
        };
        self.engine.accept(envelope, IdFrom::Here).await?;
        Ok(envelope_id)
    }

    /// Takes an envelope from a source that has its own ids. One that is delivered again is handled once.
    /// Waits for room; returns when it is accepted, which is before it is handled.
    ///
    /// # Errors
    /// Nobody subscribes to its topic (it is kept as a dead letter); the runtime is shut down; the journal refuses.
    pub async fn deliver(&self, envelope: Envelope) -> Result<(), PublishError> {
        self.engine.accept(envelope, IdFrom::Source).await
    }

    /// Watches a topic, given with its placeholders filled.
    pub fn subscribe(&self, topic: impl Into<Arc<str>>) -> Subscription {
        self.engine.watchers.subscribe(Topic::new(topic))
    }

    /// Watches the topic that the contract of `N` gives the event `E`.
    ///
    /// # Errors
    /// `N` is not mounted, or its contract does not know `E`.
    pub fn subscribe_to<N: Node, E: Event>(&self) -> Result<Subscription, SubscribeError> {
        let node = N::TABLE.name;
        let registry = &self.engine.registry;
        let table = registry.table(TypeId::of::<N>()).ok_or(SubscribeError::NotMounted { node })?;
        let row = table.events.iter().find(|row| row.name == E::NAME);
        let destination = row.and_then(|row| registry.routing.event(row.topic));
        let destination = destination.ok_or(SubscribeError::NoSuchEvent { node, event: E::NAME })?;
        Ok(self.engine.watchers.subscribe(destination.topic.clone()))
    }

    /// Starts a run of the workflow of `N`; it goes on by itself. `key` is its identity; without one, the field that
    /// the contract declares is.
    ///
    /// With `on_duplicate: join` and a key that exists, the handle is that of the existing run.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start<N>(&self, input: N::Input, key: Option<String>) -> Result<RunHandle, StartError>
    where
        N: Workflow<Input: StepValue>,
    {
        Ok(match self.engine.start::<N>(Payload::new(input), key).await? {
            Started::New(driver) => self.go_on_with(driver),
            Started::Joined(handle) => handle,
        })
    }

    fn go_on_with(&self, driver: Box<Driver<C, J>>) -> RunHandle {
        let handle = driver.handle();
        self.engine.tasks.spawn(async move {
            // What becomes of the run is told by its handle.
            driver.drive().await;
        });
        handle
    }

    /// Runs the workflow of `N` in the caller's own task, without spawning. Dropping the future ends the run as a
    /// crash would.
    ///
    /// # Errors
    /// See [`StartError`]. A run that fails is no error here: its report says so.
    pub async fn run<N>(&self, input: N::Input, key: Option<String>) -> Result<RunReport, StartError>
    where
        N: Workflow<Input: StepValue>,
    {
        Ok(match self.engine.start::<N>(Payload::new(input), key).await? {
            Started::New(driver) => driver.drive_here().await?,
            Started::Joined(handle) => handle.await?,
        })
    }

    /// [Runs](Self::run) the workflow of `N` for what it is for: the output of its last step, or why there is none. It does
    /// not compile where several steps come last.
    ///
    /// ```
    /// use onex::{handler, orchestrator};
    ///
    /// // Two steps, of which `label` is the last.
    /// #[orchestrator(contract = "doc/parcels.yaml")]
    /// pub struct Parcels;
    ///
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// pub struct Parcel { grams: u64 }
    ///
    /// #[handler(step = parcels::weigh)]
    /// fn weigh(input: &Parcel) -> Result<u64, String> {
    ///     if input.grams > 0 { Ok(input.grams) } else { Err("it weighs nothing".to_owned()) }
    /// }
    ///
    /// #[handler(step = parcels::label)]
    /// fn label(weigh: &u64) -> String {
    ///     format!("{weigh} g")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = onex::Runtime::builder(()).mount::<Parcels>().build()?;
    ///
    /// let label = runtime.complete::<Parcels>(Parcel { grams: 400 }).await?;
    /// assert_eq!(*label, "400 g");
    ///
    /// let failed = runtime.complete::<Parcels>(Parcel { grams: 0 }).await.unwrap_err();
    /// assert!(failed.to_string().ends_with("has no output: step `weigh`: it weighs nothing"));
    /// assert!(failed.report().is_some_and(|report| report.get::<parcels::weigh>().is_err()));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The run did not start, or its last step has no output: the run stopped before, or the step was skipped.
    pub async fn complete<N>(&self, input: N::Input) -> Result<Arc<OutputOf<N>>, RunFailed>
    where
        N: Completes<Input: StepValue, Last: StepOutput<Type: StepValue>>,
    {
        RunFailed::unless_complete::<N>(self.run::<N>(input, None).await?)
    }

    /// Runs the workflow of `N`, whose mode is `batch`, over many items in the caller's own task, without spawning: each of
    /// its steps for each item, in groups of `batch_size` where a handler takes groups, by `max_parallel_steps` workers.
    ///
    /// A batch is one run: its strategy decides what the failure of an item means for the others, its timeout is for all of
    /// them, and the next process goes on with what was not done. Dropping the future ends it as a crash would.
    ///
    /// ```
    /// use onex::{Ctx, Runtime, handler, orchestrator};
    ///
    /// type Invoice = u64;
    ///
    /// #[orchestrator(contract = "doc/invoices.yaml")]
    /// struct Invoices;
    ///
    /// #[handler(step = invoices::price)]
    /// fn price(input: &Invoice) -> u64 {
    ///     input * 119 / 100
    /// }
    /// // Many at once, one result for each; each has its own context, and with it its own idempotency key.
    /// #[handler(batch = invoices::send)]
    /// async fn send(price: &[&u64], ctx: &[Ctx]) -> Vec<Result<u64, String>> {
    ///     let keys = ctx.iter().map(Ctx::idempotency_key);
    ///     price.iter().zip(keys).map(|(price, _key)| Ok(**price)).collect()
    /// }
    /// #[handler(fold = invoices::total)]
    /// fn total(total: &mut u64, send: &u64) {
    ///     *total += send;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let runtime = Runtime::builder(()).mount::<Invoices>().build()?;
    /// let report = runtime.batch::<Invoices>(vec![100, 200, 300], None).await?;
    /// assert_eq!(report.items().map(|item| *item.output::<u64>("send").unwrap()).collect::<Vec<_>>(), [119, 238, 357]);
    /// assert_eq!(*report.output::<u64>("total")?, 714);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`StartError`]. Items that fail are no error here: the report says so.
    pub async fn batch<N>(&self, items: Vec<N::Input>, key: Option<String>) -> Result<BatchReport, StartError>
    where
        N: BatchWorkflow<Input: StepValue>,
    {
        Ok(BatchReport::new(match self.engine.start::<N>(batch_input(items), key).await? {
            Started::New(driver) => driver.drive_here().await?,
            Started::Joined(handle) => handle.await?,
        }))
    }

    /// Starts a run of the workflow of `N` over many items; it goes on by itself. See [`batch`](Self::batch) for what it does,
    /// [`start`](Self::start) for what can be done with it, and [`BatchReport::new`] for what its report says of its items.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_batch<N>(
        &self,
        items: Vec<N::Input>,
        key: Option<String>,
    ) -> Result<RunHandle, StartError>
    where
        N: BatchWorkflow<Input: StepValue>,
    {
        Ok(match self.engine.start::<N>(batch_input(items), key).await? {
            Started::New(driver) => self.go_on_with(driver),
            Started::Joined(handle) => handle,
        })
    }

    /// Opens a stream over the workflow of `N`, whose mode is `streaming`: each item of the source goes through all of its
    /// steps, as a run of its own would, and they come out in the order of the source.
    ///
    /// It is gone with the process; see [`durable_stream`](Self::durable_stream). The module [`stream`](super::stream) has an
    /// example.
    pub fn stream<N>(&self, source: impl Source<Item = N::Input>) -> StreamBuilder<C, J>
    where
        N: StreamWorkflow<Input: StepValue>,
    {
        StreamBuilder::new::<N>(Arc::clone(&self.engine), source)
    }

    /// As [`stream`](Self::stream), for a stream that goes on where it was when it is opened again under its name: its
    /// watermark is in the journal. Items that were in flight run again, with the same
    /// [idempotency keys](crate::Ctx::idempotency_key).
    ///
    /// One at a time: of two that are open under one name, the one that is later to commit is [lost](super::stream::StreamLost).
    pub fn durable_stream<N>(
        &self,
        name: impl Into<String>,
        source: impl SeekSource<Item = N::Input>,
    ) -> StreamBuilder<C, J>
    where
        N: StreamWorkflow<Input: StepValue>,
    {
        StreamBuilder::durable::<N>(Arc::clone(&self.engine), name.into(), source)
    }

    /// Asks a run to stop: see [`RunHandle::cancel`]. False if it is not live, or was asked before.
    pub fn cancel(&self, run: RunId, reason: impl Into<Arc<str>>) -> bool {
        self.engine.live.cancel(run, reason.into())
    }

    /// Asks a run to stop, and that nothing be undone: see [`RunHandle::kill`]. False if it is not live, or was killed before.
    pub fn kill(&self, run: RunId, reason: impl Into<Arc<str>>) -> bool {
        self.engine.live.kill(run, reason.into())
    }

    /// Holds a run until it is [resumed](Self::resume): nothing of it is dispatched or tried again, and neither its
    /// timeout nor the delays of its retries pass. What is in flight goes on and counts; a step that fails for good
    /// stops the run when it is resumed. Returns when the pause is committed; the report says `reason`.
    ///
    /// A run that is paused already stays so, for its first reason. A paused run can be cancelled, is in flight
    /// ([`settled`](Self::settled) waits for it) and is left as it is by a [`shutdown`](Self::shutdown), if nothing of it is under way.
    ///
    /// # Errors
    /// It is not live, or it is stopping already.
    pub async fn pause(&self, run: RunId, reason: impl Into<Arc<str>>) -> Result<(), ControlError> {
        let reason = reason.into();
        self.engine.live.order(run, |reply| Order::Pause { reason, reply }).await
    }

    /// Lets a paused run go on, with what remained of its timeout and of the delays of its retries. Returns when that
    /// is committed. A run that is not paused goes on anyway.
    ///
    /// # Errors
    /// As [`pause`](Self::pause).
    pub async fn resume(&self, run: RunId) -> Result<(), ControlError> {
        self.engine.live.order(run, |reply| Order::Resume { reply }).await
    }

    /// Lets a run that failed, was cancelled, timed out or is parked go on from a step: that step, what follows it and what did
    /// not come to its end are done again, under the idempotency keys that they had; all else keeps its output. It has its
    /// whole timeout anew. Returns when that is committed.
    ///
    /// # Errors
    /// See [`AgainError`]. What is undone is not retried: [`fork_from`](Self::fork_from) is for that.
    pub async fn retry_from(&self, run: RunId, step: &str) -> Result<RunHandle, AgainError> {
        self.engine.retry_from(run, step).await
    }

    /// Makes a new run of one that is over or parked: with its input, with the outputs of the steps that do not follow `step`,
    /// and with keys of its own. The old run stays as it is; of those of its key, the new one is found from now on. Returns
    /// when that is committed.
    ///
    /// # Errors
    /// See [`AgainError`].
    pub async fn fork_from(&self, run: RunId, step: &str) -> Result<RunHandle, AgainError> {
        self.engine.fork_from(run, step, None).await
    }

    /// As [`fork_from`](Self::fork_from) under an id of the caller's: asked for twice, it begins once.
    ///
    /// # Errors
    /// As [`fork_from`](Self::fork_from).
    pub async fn fork_as(&self, fork: RunId, run: RunId, step: &str) -> Result<RunHandle, AgainError> {
        self.engine.fork_from(run, step, Some(fork)).await
    }

    /// Moves a run that is alive, held or parked for crashes to the plan that this program has of its workflow: what had completed
    /// keeps its output, what is new is pending, and it goes on from there. Returns when that is committed. A run of which an
    /// attempt is in flight is not moved: [pause](Self::pause) it first. Whoever [watches](Self::watch) it sees no more of it.
    ///
    /// # Errors
    /// All that stands against it; see [`MigrateError`].
    pub async fn migrate(&self, run: RunId, map: &Migration) -> Result<Migrated, MigrateError> {
        self.engine.migrate(run, map).await
    }

    /// What [`migrate`](Self::migrate) would come to, as far as the journal can tell. Writes nothing.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub async fn try_migration(&self, run: RunId, map: &Migration) -> Result<Migrated, MigrateError> {
        self.engine.try_migration(run, map).await
    }

    /// Delivers what nobody could handle again, under a new id, to the node that could not handle it and to nobody else: to
    /// the handler that this program has for it now. Gives back that id; asked for twice, it is delivered once. The letter
    /// stays.
    ///
    /// # Errors
    /// See [`RedriveError`].
    pub async fn redrive(&self, letter: &DeadLetter) -> Result<Uuid, RedriveError> {
        self.engine.redrive(letter).await
    }

    /// Watches a run: where it is now, and each time that it comes further. See [`Watch`]. A stream answers when its taker
    /// drives it, as it does for [`pause`](Self::pause).
    ///
    /// # Errors
    /// It is not live. How it ended is told by [`status`](Self::status).
    pub async fn watch(&self, run: RunId) -> Result<Watch, ControlError> {
        self.engine.live.watch(run).await
    }

    /// A run as its journal tells of it, live or ended. What is computed and not committed yet is not in it.
    ///
    /// `None`: it is not known or not retained any more, or its workflow is not mounted here with the plan that it is
    /// pinned to.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn status(&self, run: RunId) -> Result<Option<RunReport>, StorageError> {
        status(&self.engine, run).await
    }

    /// What a run asks nodes for: see [`RunReport::actions`]. As its journal tells of it, live or ended, with the lease of who
    /// owns it now, which need not be this runtime.
    ///
    /// `None`: as for [`status`](Self::status).
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn actions(&self, run: RunId) -> Result<Option<Vec<Action>>, StorageError> {
        Ok(status(&self.engine, run).await?.map(|report| report.actions()))
    }

    /// The state of an entity of the reducer `N`, by the field that its contract names as `key`; `""` where it names none. `None`:
    /// nothing was folded yet.
    ///
    /// # Errors
    /// What is journalled is of another version of the program or of its contract, or cannot be read.
    pub async fn entity<N>(&self, key: &str) -> Result<Option<EntityState<N>>, EntityError>
    where
        N: Reducer<Data: ReducerState>,
    {
        let record = self.engine.journal.entity(&EntityState::<N>::id(key)).await?;
        record.as_ref().map(EntityState::read).transpose()
    }

    /// The runs that are alive here, driven or asleep, oldest first, to the millisecond.
    pub fn live_runs(&self) -> Vec<RunId> {
        self.engine.live.ids()
    }

    /// The unfinished runs of the journal that cannot go on here, because what runs them has changed or is gone. They stay
    /// as they are, for a program that can run them. Complete once the runtime has [`settled`](Self::settled) for the first
    /// time.
    pub fn held_runs(&self) -> Vec<HeldRun> {
        self.engine.held_runs()
    }

    /// The report of every run that ends or is parked from now on. A stream is one run: [`RunReport::items`].
    pub fn reports(&self) -> Subscription<Arc<RunReport>> {
        self.engine.reports.subscribe()
    }

    /// Every dead letter from now on.
    pub fn dead_letters(&self) -> Subscription<Arc<DeadLetter>> {
        self.engine.dead_letters.subscribe()
    }

    /// The dead letters that the journal retains, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn dead_letter_list(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.engine.journal.dead_letters().await
    }

    /// Waits until nothing is in flight: no envelope, no run, no retry. What a handler emits is in flight before the
    /// handler is not.
    pub async fn settled(&self) {
        self.engine.in_flight.settled().await;
    }

    /// What was done since the runtime was built.
    pub fn counters(&self) -> Counters {
        self.engine.tally.snapshot()
    }

    /// What is going on at this moment.
    pub fn load(&self) -> Load {
        self.engine.load()
    }

    /// How the circuit breakers stand: those that the builder was given, in that order, then those of contracts.
    pub fn circuits(&self) -> Vec<CircuitReport> {
        self.engine.circuits.iter().map(|circuit| circuit.report()).collect()
    }

    /// The same, without keeping it alive.
    pub fn downgrade(&self) -> WeakRuntime<C, J> {
        WeakRuntime::of(Arc::downgrade(&self.engine))
    }

    /// Whether it can do its work: what its parts say of themselves. The journal is asked, all else is looked at.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onex::engine::HealthStatus;
    ///
    /// let runtime = onex::Runtime::builder(()).build()?;
    /// let health = runtime.health().await;
    /// assert_eq!(health.status, HealthStatus::Healthy);
    /// assert_eq!(serde_json::to_value(&health)?["components"]["journal"], "healthy");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn health(&self) -> Health {
        self.engine.health().await
    }

    /// The journal.
    pub fn journal(&self) -> &J {
        &self.engine.journal
    }

    /// By what right this runtime commits.
    pub fn lease(&self) -> &Lease {
        &self.engine.lease
    }

    /// Accepts nothing any more and waits up to `timeout` for what is in flight. Runs that wait for an event, for a time that
    /// does not come until then, or to be resumed are left as they are, for the next owner of the journal. After `timeout` every
    /// other run is cancelled and gets twice the grace period, to stop and to undo; what is not over then is dropped as by a
    /// crash. What a program drives itself, with [`run`](Self::run), is the program's to drop.
    pub async fn shutdown(&self, timeout: Duration) -> Shutdown {
        self.engine.shut_down(timeout).await
    }

    /// [Shuts down](Self::shutdown), and returns when the journal has let go of its file, so that whoever opens it next, here or in
    /// another process, is not refused. A journal in memory has nothing to let go of.
    ///
    /// It is closed for every clone of this runtime: nothing can be read from a journal in a file any more, and a run that a program
    /// drives itself is lost as by a crash. A journal that the program shares ([`Arc`]) is not closed; it is the program's to drop.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// let runtime = onex::Runtime::builder(()).build()?;
    /// let shutdown = runtime.close(Duration::from_secs(30)).await;
    /// assert!(shutdown.settled, "nothing was cut short");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(self, timeout: Duration) -> Shutdown {
        self.engine.close(timeout).await
    }
}

fn batch_input<T: StepValue>(items: Vec<T>) -> Payload {
    Payload::new(BatchInput(items.into_iter().map(Payload::new).collect()))
}

impl<C, J> Clone for Runtime<C, J> {
    fn clone(&self) -> Self {
        Runtime { engine: Arc::clone(&self.engine) }
    }
}

impl<C, J> fmt::Debug for Runtime<C, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("lease", &self.engine.lease).finish_non_exhaustive()
    }
}
