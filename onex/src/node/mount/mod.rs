//! Mounting: a node whose handlers are known becomes a table of plain functions over the container.
//!
//! This is where types are forgotten and what the engine drives. Written by the node's macro through the builder
//! methods of [`Mounted`].

mod builder;
mod calls;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::condition::{ConditionFn, Known};
use super::intents::AskedFn;
use super::reduce::{Folded, NotFolded};
use super::step::{GroupOf, Outputs};
use super::{Ctx, Emitted, Fault, Node};
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
