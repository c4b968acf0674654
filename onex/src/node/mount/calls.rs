//! The functions of a table: each takes what a handler asks for out of what is known, calls it, and forgets what it returned.

use std::sync::Arc;

use super::{BoxFuture, GroupCall, StepCall};
use crate::message::{DecodeError, Payload, StepValue};
use crate::node::reduce::ReducerState;
use crate::node::route::{Message, RouteHandler};
use crate::node::step::{Attempt, CompensationHandler, GroupOf, Inputs, Outputs, Step, StepHandler};
use crate::node::{Ctx, Emitted, Fault, FromContainer};

/// An event as one of those that complete a step, unless it is that already.
pub(super) fn read_arm<E, A>(payload: &Payload) -> Result<Payload, DecodeError>
where
    E: StepValue,
    A: StepValue + From<Arc<E>>,
{
    if payload.downcast_ref::<A>().is_some() {
        return Ok(payload.clone());
    }
    Ok(Payload::new(A::from(payload.get::<E>()?)))
}

pub(super) fn call_route<R, C>(
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

pub(super) fn run_step<S, C>(outputs: &Arc<Outputs>, ctx: Ctx, container: &C) -> StepCall
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

pub(super) fn gather<T: StepValue + Clone>(outputs: &[&Payload]) -> Payload {
    Payload::new(outputs.iter().filter_map(|output| output.downcast_ref::<T>().cloned()).collect::<Vec<T>>())
}

pub(super) fn run_group<S, C>(outputs: Vec<Arc<Outputs>>, ctx: Vec<Ctx>, container: &C) -> GroupCall
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

pub(super) fn fold_all<S, C>(items: &[Arc<Outputs>], ctx: &Ctx) -> Result<Payload, Fault>
where
    S: StepHandler<C, Output: ReducerState>,
{
    let inputs = items.iter().filter_map(|outputs| S::Inputs::take(outputs));
    let folded = inputs
        .into_iter()
        .try_fold(S::Output::default(), |before, inputs| S::fold(before, inputs, ctx.clone()));
    folded.map(Payload::new)
}

pub(super) fn fold_one<S, C>(before: Option<&Payload>, outputs: &Outputs, ctx: Ctx) -> Result<Payload, Fault>
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

pub(super) fn run_compensation<K, C>(
    outputs: &Arc<Outputs>,
    ctx: Ctx,
    container: &C,
) -> BoxFuture<Result<(), Fault>>
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
