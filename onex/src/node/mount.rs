//! Mounting: a node whose handlers are known becomes a table of plain functions over the container.
//!
//! This is where types are forgotten and what the engine drives. Written by the node's macro through the builder
//! methods of [`Mounted`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::condition::{ConditionFn, ConditionHandler, Known};
use super::intents::{AskedFn, IntentOutcomes};
use super::reduce::{Folded, NotFolded, ReducerState, Transition, TransitionHandler, fold};
use super::route::{Message, RouteHandler};
use super::step::{Attempt, CompensationHandler, Gate, GroupOf, Inputs, Outputs, Step, StepHandler};
use super::{Ctx, Emitted, Fault, FromContainer, Node};
use crate::message::{DecodeError, Payload, StepValue};
use crate::plan::NodeTable;

/// A future on the heap.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// A node that the container `C` can serve: every route, step and compensation has a handler, and `C` provides each
/// dependency of each. Written by the node's macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "no contract describes this type",
    note = "write `#[onex::orchestrator(contract = \"..\")]` above it, or `effect`, `compute` or `reducer`, or mount the struct that has one"
)]
pub trait Mount<C>: Node {
    /// Its functions.
    fn mounted() -> Mounted<C>;
}

/// A node's table with its functions.
#[derive(Debug)]
pub struct Mounted<C> {
    /// What the contract says.
    pub table: &'static NodeTable,
    /// A function for each of [`NodeTable::routes`], in order.
    pub routes: Vec<RouteFns<C>>,
    /// The functions of each of the workflow's steps, in order.
    pub steps: Vec<StepFns<C>>,
    /// How the workflow's input is read from an envelope.
    pub start: Option<StartFns>,
    /// The routes whose messages have a key, by their position, and how it is read. A route that brings the event of
    /// the workflow's entry has the key of the entry and need not be here.
    pub keys: Vec<(usize, KeyFns)>,
    /// The steps that wait for an event, by their position, and how it and its key are read.
    pub gates: Vec<(usize, KeyFns)>,
    /// How an event is read that is one of several that complete a step.
    pub arms: Vec<ArmFns>,
    /// The steps that send intents, by their position, and what the steps before them ask for.
    pub sends: Vec<(usize, AskedFn)>,
    /// What the functions look at that decide about steps: the position of such a step, and the step that is looked at.
    pub decided_by: Vec<(usize, u32)>,
    /// The steps that are done once for each entry of a list, by their position.
    pub each: Vec<(usize, EachFns)>,
}

/// One of several events that complete a step.
#[derive(Debug, Clone, Copy)]
pub struct ArmFns {
    /// The step, by its position.
    pub step: usize,
    /// The event, as an index of [`NodeTable::events`].
    pub event: usize,
    /// The payload as what the step gives, of which the event is one variant.
    pub read: ReadFn,
}

/// The list that a step goes over, and what it makes of what is returned for each entry.
#[derive(Debug, Clone, Copy)]
pub struct EachFns {
    /// A copy of each entry; `None` where the list is absent.
    pub entries: EntriesFn,
    /// What was returned for those entries that completed, as one list. Of values that were returned, or read.
    pub gather: fn(&[&Payload]) -> Payload,
}

/// The entries of a list in what is known of a run.
pub type EntriesFn = fn(&Known<'_>) -> Option<Vec<Payload>>;

/// What a route does.
#[derive(Debug)]
pub enum RouteFns<C> {
    /// Its handler answers.
    Answer(RouteFn<C>),
    /// Its handler folds: a route of a reducer.
    Fold(FoldFns),
}

// A derive would ask it of `C` too.
impl<C> Clone for RouteFns<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C> Copy for RouteFns<C> {}

/// How an event is folded into the state of whom it concerns.
#[derive(Debug, Clone, Copy)]
pub struct FoldFns {
    /// The payload as the event's type, decoded if it came as JSON.
    pub event: fn(&Payload) -> Result<Payload, DecodeError>,
    /// The field that says whose state it concerns, if the contract names one. Takes what `event` returned.
    pub key: Option<fn(&Payload) -> Option<String>>,
    /// Makes the next state of what is journalled, and what follows from it.
    pub fold: fn(Option<&Payload>, &Payload, Ctx) -> Result<Folded, NotFolded>,
}

/// Decodes a message and calls its handler.
pub type RouteFn<C> = fn(&Payload, Ctx, &C) -> Result<BoxFuture<Result<Emitted, Fault>>, DecodeError>;

/// The functions of one step.
#[derive(Debug)]
pub struct StepFns<C> {
    /// The handler; `None` for the step that an event completes.
    pub run: Option<RunFn<C>>,
    /// The handler, if it takes a group of items of a batch at once.
    pub group: Option<GroupFn<C>>,
    /// The handler, if it folds the items of a batch or a stream.
    pub fold: Option<FoldStepFns>,
    /// What undoes it.
    pub compensate: Option<CompensateFn<C>>,
    /// How its output is read back from a journal; `None`: it is taken as it is there.
    pub read: Option<ReadFn>,
    /// The steps whose outputs the handler cannot do without.
    pub required: Vec<u32>,
    /// The steps whose outputs the handler can do without.
    pub optional: Vec<u32>,
    /// The steps whose ends the handler is told of.
    pub told: Vec<u32>,
    /// The steps whose ends the function that undoes it is told of.
    pub undo_told: Vec<u32>,
    /// What must hold for it to run.
    pub condition: Option<ConditionFn>,
}

/// Makes a payload one of a step's output type, decoded if it came as JSON.
pub type ReadFn = fn(&Payload) -> Result<Payload, DecodeError>;

/// Runs one attempt of a step.
pub type RunFn<C> = fn(&Arc<Outputs>, Ctx, &C) -> StepCall;

/// Runs one attempt of a step for each of a group of items, each with its own outputs and context.
pub type GroupFn<C> = fn(Vec<Arc<Outputs>>, Vec<Ctx>, &C) -> GroupCall;

/// As [`StepCall`], for a group: one result for each item, or one failure of all.
pub enum GroupCall {
    /// The function has returned.
    Done(Result<GroupOf<Payload>, Fault>),
    /// The function is asynchronous.
    Running(BoxFuture<Result<GroupOf<Payload>, Fault>>),
}

/// How a reducer of a batch or a stream folds items.
#[derive(Debug, Clone, Copy)]
pub struct FoldStepFns {
    /// All items, in order; one that lacks an output that is required is left out.
    pub all: fn(&[Arc<Outputs>], &Ctx) -> Result<Payload, Fault>,
    /// One more item into what those before have come to, which stays as it was.
    pub one: fn(Option<&Payload>, &Outputs, Ctx) -> Result<Payload, Fault>,
}

/// Runs one attempt of a compensation.
pub type CompensateFn<C> = fn(&Arc<Outputs>, Ctx, &C) -> BoxFuture<Result<(), Fault>>;

/// An attempt of a step, its output type forgotten.
pub enum StepCall {
    /// The function has returned: a compute step or a reducer.
    Done(Result<Payload, Fault>),
    /// The function is asynchronous: an effect.
    Running(BoxFuture<Result<Payload, Fault>>),
}

/// What a run starts with. Every [`StepValue`], and what stands in for a type that does not exist, so that the one
/// message about it is the only one.
pub trait RunValue: Sized + 'static {
    /// The payload as this type, decoded if it came as JSON.
    ///
    /// # Errors
    /// It is not.
    fn read(payload: &Payload) -> Result<Payload, DecodeError>;

    /// The value, if the payload is one that was [`read`](Self::read).
    fn borrow(payload: &Payload) -> Option<&Self>;
}

#[diagnostic::do_not_recommend]
impl<T: StepValue> RunValue for T {
    fn read(payload: &Payload) -> Result<Payload, DecodeError> {
        payload.get::<T>().map(Payload::shared)
    }

    fn borrow(payload: &Payload) -> Option<&Self> {
        payload.downcast_ref()
    }
}

/// How the workflow's input is read from an envelope.
#[derive(Debug, Clone, Copy)]
pub struct StartFns {
    /// The payload as the input's type, decoded if it came as JSON.
    pub input: ReadFn,
    /// The field that is the run's identity, if the contract declares one. Takes what `input` returned.
    pub key: Option<fn(&Payload) -> Option<String>>,
}

/// How the key of a message is read: messages with one key are handled one at a time, in order.
#[derive(Debug, Clone, Copy)]
pub struct KeyFns {
    /// The payload as the message's type, decoded if it came as JSON.
    pub input: fn(&Payload) -> Result<Payload, DecodeError>,
    /// Its key. Takes what `input` returned.
    pub key: fn(&Payload) -> Option<String>,
}

impl<C> Mounted<C> {
    /// A table without functions yet.
    #[must_use]
    pub fn new(table: &'static NodeTable) -> Self {
        Mounted {
            table,
            routes: Vec::new(),
            steps: Vec::new(),
            start: None,
            keys: Vec::new(),
            gates: Vec::new(),
            arms: Vec::new(),
            sends: Vec::new(),
            decided_by: Vec::new(),
            each: Vec::new(),
        }
    }

    /// The next route.
    #[must_use]
    pub fn route<R>(mut self) -> Self
    where
        R: RouteHandler<C, Deps: FromContainer<C>>,
    {
        self.routes.push(RouteFns::Answer(call_route::<R, C>));
        self
    }

    /// The next route, of a reducer. `key`: the field of its event that says whose state it concerns.
    #[must_use]
    pub fn transition<R>(mut self, key: Option<fn(&Payload) -> Option<String>>) -> Self
    where
        R: Transition + TransitionHandler<C, Data: ReducerState>,
    {
        let event = <R::Takes as RunValue>::read;
        self.routes.push(RouteFns::Fold(FoldFns { event, key, fold: fold::<R, C> }));
        self
    }

    /// The messages of the route just added have a key: those of one key are handled one at a time, in order.
    #[must_use]
    pub fn keyed<M: RunValue>(mut self, key: fn(&Payload) -> Option<String>) -> Self {
        if let Some(route) = self.routes.len().checked_sub(1) {
            self.keys.push((route, KeyFns { input: M::read, key }));
        }
        self
    }

    /// The next step is completed by an event.
    #[must_use]
    pub fn entry(mut self) -> Self {
        self.steps.push(StepFns {
            run: None,
            group: None,
            fold: None,
            compensate: None,
            read: None,
            required: Vec::new(),
            optional: Vec::new(),
            told: Vec::new(),
            undo_told: Vec::new(),
            condition: None,
        });
        self
    }

    /// The next step waits for an event in the middle of a run.
    #[must_use]
    pub fn gate<G>(mut self) -> Self
    where
        G: Gate<C, Event: RunValue>,
    {
        let read: ReadFn = G::Event::read;
        self.gates.push((self.steps.len(), KeyFns { input: read, key: G::key }));
        self = self.entry();
        if let Some(step) = self.steps.last_mut() {
            step.read = Some(read);
        }
        self
    }

    /// The step just added is completed by this event, among others.
    #[must_use]
    pub fn arm<E, A>(mut self, event: usize) -> Self
    where
        E: StepValue,
        A: StepValue + From<Arc<E>>,
    {
        if let Some(step) = self.steps.len().checked_sub(1) {
            self.arms.push(ArmFns { step, event, read: read_arm::<E, A> });
        }
        self
    }

    /// The next step sends the intents of the steps before it.
    #[must_use]
    pub fn sends(mut self, asked: AskedFn) -> Self {
        self.sends.push((self.steps.len(), asked));
        self = self.entry();
        if let Some(step) = self.steps.last_mut() {
            step.read = Some(IntentOutcomes::read);
        }
        self
    }

    /// The next step.
    #[must_use]
    pub fn step<S>(mut self) -> Self
    where
        S: StepHandler<C, Output: StepValue, Deps: FromContainer<C>>,
    {
        let (mut required, mut optional, mut told) = (Vec::new(), Vec::new(), Vec::new());
        S::Inputs::required(&mut required);
        S::Inputs::optional(&mut optional);
        S::Inputs::told(&mut told);
        let read: ReadFn = S::Output::read;
        self.steps.push(StepFns {
            run: Some(run_step::<S, C>),
            group: if S::GROUPS { Some(run_group::<S, C>) } else { None },
            fold: None,
            compensate: None,
            read: Some(read),
            required,
            optional,
            told,
            undo_told: Vec::new(),
            condition: None,
        });
        self
    }

    /// The step just added is done once for each entry of a list.
    #[must_use]
    pub fn each<S>(mut self, entries: EntriesFn) -> Self
    where
        S: StepHandler<C, Output: StepValue + Clone>,
    {
        if let Some(step) = self.steps.len().checked_sub(1) {
            self.each.push((step, EachFns { entries, gather: gather::<S::Output> }));
        }
        self
    }

    /// The next step, a reducer of a batch or a stream.
    #[must_use]
    pub fn folding<S>(self) -> Self
    where
        S: StepHandler<C, Output: ReducerState, Deps: FromContainer<C>>,
    {
        let mut mounted = self.step::<S>();
        if let Some(step) = mounted.steps.last_mut() {
            step.fold = Some(FoldStepFns { all: fold_all::<S, C>, one: fold_one::<S, C> });
        }
        mounted
    }

    /// What must hold for the step just added to run.
    #[must_use]
    pub fn condition(mut self, holds: ConditionFn) -> Self {
        if let Some(step) = self.steps.last_mut() {
            step.condition = Some(holds);
        }
        self
    }

    /// The condition of the step just added asks this function.
    #[must_use]
    pub fn decides<K>(mut self) -> Self
    where
        K: ConditionHandler<C>,
    {
        if let Some(step) = self.steps.len().checked_sub(1) {
            let mut looks_at = Vec::new();
            for ask in [K::Inputs::required, K::Inputs::optional, K::Inputs::told] {
                ask(&mut looks_at);
            }
            self.decided_by.extend(looks_at.into_iter().map(|looked| (step, looked)));
        }
        self
    }

    /// What undoes the step just added.
    #[must_use]
    pub fn compensation<K>(mut self) -> Self
    where
        K: CompensationHandler<C, Deps: FromContainer<C>>,
    {
        if let Some(step) = self.steps.last_mut() {
            step.compensate = Some(run_compensation::<K, C>);
            K::Inputs::told(&mut step.undo_told);
        }
        self
    }

    /// The workflow's input.
    #[must_use]
    pub fn input<I: RunValue>(mut self, key: Option<fn(&Payload) -> Option<String>>) -> Self {
        self.start = Some(StartFns { input: I::read, key });
        self
    }
}

/// An event as one of those that complete a step, unless it is that already.
fn read_arm<E, A>(payload: &Payload) -> Result<Payload, DecodeError>
where
    E: StepValue,
    A: StepValue + From<Arc<E>>,
{
    if payload.downcast_ref::<A>().is_some() {
        return Ok(payload.clone());
    }
    Ok(Payload::new(A::from(payload.get::<E>()?)))
}

fn call_route<R, C>(
    payload: &Payload,
    ctx: Ctx,
    container: &C,
) -> Result<BoxFuture<Result<Emitted, Fault>>, DecodeError>
where
    R: RouteHandler<C, Deps: FromContainer<C>>,
{
    let message = Message::Shared(payload.get::<R::Takes>()?);
    let deps = R::Deps::from_container(container);
    Ok(Box::pin(async move { R::call(message, ctx, deps).await.and_then(R::emitted) }))
}

fn run_step<S, C>(outputs: &Arc<Outputs>, ctx: Ctx, container: &C) -> StepCall
where
    S: StepHandler<C, Output: StepValue, Deps: FromContainer<C>>,
{
    let deps = S::Deps::from_container(container);
    if !S::ASYNC {
        let Some(inputs) = S::Inputs::take(outputs) else { return StepCall::Done(Err(absent::<S>())) };
        if let Attempt::Done(result) = S::run(inputs, ctx, deps) {
            return StepCall::Done(result.map(Payload::new));
        }
        return StepCall::Done(Err(Fault::permanent("a step that is not asynchronous must return")));
    }
    let outputs = Arc::clone(outputs);
    StepCall::Running(Box::pin(async move {
        let inputs = S::Inputs::take(&outputs).ok_or_else(absent::<S>)?;
        match S::run(inputs, ctx, deps) {
            Attempt::Done(result) => result,
            Attempt::Running(future) => future.await,
        }
        .map(Payload::new)
    }))
}

fn gather<T: StepValue + Clone>(outputs: &[&Payload]) -> Payload {
    Payload::new(outputs.iter().filter_map(|output| output.downcast_ref::<T>().cloned()).collect::<Vec<T>>())
}

fn run_group<S, C>(outputs: Vec<Arc<Outputs>>, ctx: Vec<Ctx>, container: &C) -> GroupCall
where
    S: StepHandler<C, Output: StepValue, Deps: FromContainer<C>>,
{
    let (deps, items) = (S::Deps::from_container(container), outputs.len());
    if !S::ASYNC {
        let returned = match take_group::<S, C>(&outputs).map(|inputs| S::run_group(inputs, ctx, deps)) {
            Ok(Attempt::Done(returned)) => returned,
            Ok(Attempt::Running(_)) => Err(Fault::permanent("a step that is not asynchronous must return")),
            Err(absent) => Err(absent),
        };
        return GroupCall::Done(returned.and_then(|returned| each::<S, C>(returned, items)));
    }
    GroupCall::Running(Box::pin(async move {
        let returned = match S::run_group(take_group::<S, C>(&outputs)?, ctx, deps) {
            Attempt::Done(returned) => returned,
            Attempt::Running(future) => future.await,
        };
        each::<S, C>(returned?, items)
    }))
}

fn take_group<S, C>(outputs: &[Arc<Outputs>]) -> Result<Vec<<S::Inputs as Inputs>::Refs<'_>>, Fault>
where
    S: StepHandler<C>,
{
    outputs.iter().map(|outputs| S::Inputs::take(outputs).ok_or_else(absent::<S>)).collect()
}

/// Which result is whose, only their number says: if that is wrong, nobody has one.
fn each<S, C>(returned: GroupOf<S::Output>, items: usize) -> Result<GroupOf<Payload>, Fault>
where
    S: StepHandler<C, Output: StepValue>,
{
    if returned.len() != items {
        let (id, results) = (S::ID, returned.len());
        return Err(Fault::permanent(format!(
            "the handler of `{id}` gave back {results} results for a group of {items} items"
        )));
    }
    Ok(returned.into_iter().map(|result| result.map(Payload::new)).collect())
}

fn fold_all<S, C>(items: &[Arc<Outputs>], ctx: &Ctx) -> Result<Payload, Fault>
where
    S: StepHandler<C, Output: ReducerState>,
{
    let inputs = items.iter().filter_map(|outputs| S::Inputs::take(outputs));
    let folded = inputs
        .into_iter()
        .try_fold(S::Output::default(), |before, inputs| S::fold(before, inputs, ctx.clone()));
    folded.map(Payload::new)
}

fn fold_one<S, C>(before: Option<&Payload>, outputs: &Outputs, ctx: Ctx) -> Result<Payload, Fault>
where
    S: StepHandler<C, Output: ReducerState>,
{
    let before = match before.map(Payload::get::<S::Output>) {
        Some(Ok(before)) => S::Output::clone(&before),
        Some(Err(error)) => return Err(Fault::permanent(error.to_string())),
        None => S::Output::default(),
    };
    let inputs = S::Inputs::take(outputs).ok_or_else(absent::<S>)?;
    S::fold(before, inputs, ctx).map(Payload::new)
}

fn run_compensation<K, C>(outputs: &Arc<Outputs>, ctx: Ctx, container: &C) -> BoxFuture<Result<(), Fault>>
where
    K: CompensationHandler<C, Deps: FromContainer<C>>,
{
    let deps = K::Deps::from_container(container);
    let outputs = Arc::clone(outputs);
    Box::pin(async move {
        let inputs = K::Inputs::take(&outputs).ok_or_else(absent::<K::Undoes>)?;
        K::run(inputs, ctx, deps).await
    })
}

/// The kernel dispatches a step only when what it requires is there; a journal that was tampered with is not trusted.
fn absent<S: Step>() -> Fault {
    Fault::permanent(format!("an output that `{}` requires is absent or of another type", S::ID))
}
