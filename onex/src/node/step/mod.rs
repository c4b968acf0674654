//! Steps: markers that a workflow declares and the functions that handle them.
//!
//! `inputs` is what a function takes of other steps, `outputs` what these have returned, `edges` whether it may, and `each` the lists
//! that a step goes over.

mod each;
mod edges;
mod inputs;
mod outputs;

use std::future::{Future, Pending};

pub use self::each::*;
pub use self::edges::*;
pub use self::inputs::*;
pub use self::outputs::Outputs;
use super::call::{Callee, not_called};
use super::{Ctx, Fault, Node};
use crate::message::Payload;

/// A step of a workflow: the marker `order_workflow::charge`. Written by the node's macro.
pub trait Step: Sized + 'static {
    /// The node whose contract declares it.
    type Node: Node;
    /// `node_id`.
    const ID: &'static str;
    /// Its index in [`WorkflowRow::steps`](crate::plan::WorkflowRow::steps); the run's input comes after the last.
    const INDEX: u32;
}

/// What a step or its compensation gives to whoever depends on it.
///
/// `X` is a dummy, the container's type where the node is mounted: see [`RouteHandler`](super::route::RouteHandler).
#[diagnostic::on_unimplemented(
    message = "the step `{Self}` has no handler, so its node cannot be mounted",
    label = "this node is not complete",
    note = "the error at the node's contract says where the step is declared and what to write"
)]
pub trait StepHandler<X>: Step {
    /// What it returns: a [`StepValue`](crate::message::StepValue), which is checked where it can be said best.
    type Output: 'static;
    /// What it gives to whoever depends on it: what it returns, or a list of that where it is done once for each entry of a
    /// list.
    type Gives: 'static;
    /// What it takes of other steps: a tuple of [`Required`], [`Optional`] and [`Told`].
    type Inputs: Inputs;
    /// A tuple of [`Dep`](super::Dep)s.
    type Deps: Send + 'static;
    /// Whether [`run`](StepHandler::run) has to be awaited; compute steps and reducers are done when it returns.
    const ASYNC: bool;
    /// Runs the function.
    fn run<'a>(
        inputs: <Self::Inputs as Inputs>::Refs<'a>,
        ctx: Ctx,
        deps: Self::Deps,
    ) -> Attempt<Self::Output, impl Future<Output = Result<Self::Output, Fault>> + Send + 'a>;

    /// Whether [`run_group`](StepHandler::run_group) is called, for many items of a batch at once.
    const GROUPS: bool = false;
    /// Runs the function for a group of items: one result for each, in their order.
    fn run_group<'a>(
        inputs: Vec<<Self::Inputs as Inputs>::Refs<'a>>,
        ctx: Vec<Ctx>,
        deps: Self::Deps,
    ) -> Attempt<GroupOf<Self::Output>, impl Future<Output = GroupResult<Self::Output>> + Send + 'a> {
        let _ = (inputs, ctx, deps);
        let fault = Fault::permanent("a step that takes one item at a time is not called for a group");
        Attempt::<_, Pending<GroupResult<Self::Output>>>::Done(Err(fault))
    }

    /// What the items before have come to, with one more: of a reducer of a batch or a stream.
    ///
    /// # Errors
    /// The function's own.
    fn fold(
        before: Self::Output,
        inputs: <Self::Inputs as Inputs>::Refs<'_>,
        ctx: Ctx,
    ) -> Result<Self::Output, Fault> {
        let _ = (before, inputs, ctx);
        Err(Fault::permanent("a step that does not fold is not called to"))
    }

    /// The workflow that the step is, if it is one.
    const CALLS: Option<Callee> = None;
    /// What a run of that workflow starts with.
    ///
    /// # Errors
    /// The function's own.
    fn call(inputs: <Self::Inputs as Inputs>::Refs<'_>, ctx: Ctx) -> Result<Payload, Fault> {
        let _ = (inputs, ctx);
        Err(not_called())
    }
}

/// A step that a handler executes, and no event and no intents of others do. Written by the node's macro, and asked of what a
/// handler becomes: one that is written for another step is then no second thing that gives the step its output.
pub trait Executed<X> {}

/// A step that may take one item, or one run, at a time. Written by the node's macro.
pub trait MayTakeOne<X> {}

/// A step that may fold items: a reducer of a batch or a stream. Written by the node's macro.
pub trait MayFold<X> {}

/// The results of a group, one for each item.
pub type GroupOf<T> = Vec<Result<T, Fault>>;

/// The results of a group, or one failure of all.
pub type GroupResult<T> = Result<GroupOf<T>, Fault>;

/// A step that may take groups of items: one of a batch. Written by the node's macro.
pub trait MayTakeGroups<X> {}

/// An attempt that is over, or has to be awaited.
#[derive(Debug)]
pub enum Attempt<T, F> {
    /// The function has returned.
    Done(Result<T, Fault>),
    /// The function is asynchronous.
    Running(F),
}

/// A step that an event completes in the middle of a run. Written by the node's macro.
///
/// `X` is a dummy: see [`StepHandler`].
pub trait Gate<X>: Step {
    /// The event: what the step gives to whoever depends on it.
    type Event: 'static;
    /// The key of the run that it belongs to. Takes a payload that was read as [`Self::Event`](Gate::Event).
    fn key(event: &Payload) -> Option<String>;
}

/// A step that one of several events completes: the event at this place of the contract's events is one of them. Written by
/// the node's macro.
pub trait OneOf<const EVENT: usize>: Step {
    /// The event.
    type Event: 'static;
    /// The key of the run that it starts, or that waits for it.
    fn key(event: &Self::Event) -> Option<String>;
}

/// What undoes a step: the marker `order_workflow::release`. Written by the node's macro.
pub trait Compensation: Sized + 'static {
    /// The step that it undoes.
    type Undoes: Step;
}

/// The function that undoes a step.
#[diagnostic::on_unimplemented(
    message = "the compensation `{Self}` has no handler, so its node cannot be mounted",
    label = "this node is not complete",
    note = "the error at the node's contract says where it is declared and what to write"
)]
pub trait CompensationHandler<X>: Compensation {
    /// What it takes of steps.
    type Inputs: Inputs;
    /// A tuple of [`Dep`](super::Dep)s.
    type Deps: Send + 'static;
    /// Runs the function.
    fn run<'a>(
        inputs: <Self::Inputs as Inputs>::Refs<'a>,
        ctx: Ctx,
        deps: Self::Deps,
    ) -> impl Future<Output = Result<(), Fault>> + Send + 'a;
}

/// A step that may be [`Asynchronous`], or take a [`Dependency`]. Written by the node's macro, for every effect.
pub trait MayUse<What> {}

/// What a pure step cannot be.
#[derive(Debug)]
pub enum Asynchronous {}

/// What a pure step, or the handler of an orchestrator, cannot take.
#[derive(Debug)]
pub enum Dependency {}
