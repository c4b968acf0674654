//! Along which edges outputs flow, and what rustc is asked to prove about each parameter.

use std::marker::PhantomData;

use super::{Step, StepHandler};
use crate::message::StepValue;
use crate::node::Contracted;

/// A step or compensation that may take the output of `D`: an edge of the graph. Written by the node's macro, through
/// a private trait that carries the lines of the contract.
pub trait DependsOn<D> {
    /// [`Always`] or [`Maybe`].
    type Presence;
}

/// The output is there, or the step that takes it is skipped.
#[derive(Debug)]
pub enum Always {}

/// The output may be absent and the function runs all the same.
#[derive(Debug)]
pub enum Maybe {}

/// The presence of an output that may be taken as `&T`.
#[diagnostic::on_unimplemented(
    message = "`{D}` may have no output when `{S}` runs",
    label = "must be an `Option<&_>` or an `Outcome<&_>`",
    note = "a compensation also runs when it is not known how the step ended"
)]
pub trait IsPresent<D, S> {}
impl<D, S> IsPresent<D, S> for Always {}

/// The output of a step that is disabled.
#[derive(Debug)]
pub enum Never {}

/// A step that may have an output. Nothing implements it: it is in the words of [`Never`].
#[diagnostic::on_unimplemented(
    message = "the step `{Self}` is disabled and never has an output",
    label = "must be an `Option<&_>` or an `Outcome<&_>`",
    note = "its contract says `enabled: false`; what requires its output would never run"
)]
pub trait Enabled {}
impl<D: Enabled, S> IsPresent<D, S> for Never {}

/// A step that returns `Actual` and may be taken as `&T`: the same type. Written by the node's macro.
pub trait GivesTo<T, Actual> {}

/// What a step gives to whoever depends on it: what its handler returns, or the event that completes it.
pub trait StepOutput: Step {
    /// The type.
    type Type;
}

#[diagnostic::do_not_recommend]
impl<S: StepHandler<()>> StepOutput for S {
    type Type = S::Gives;
}

/// What starts a run. `X` is a dummy, so that a contract which names a type that does not exist is reported once.
pub trait RunInput<X> {
    /// The type.
    type Type;
}

/// A parameter's type check. Vacuous while `D` has no handler, which is reported once, elsewhere: the inherent
/// method is preferred where it exists.
#[derive(Debug)]
pub struct Param<D, T>(pub PhantomData<fn() -> (D, T)>);

impl<D: StepOutput<Type: StepValue>, T> Param<D, T> {
    /// `T` is what `D` returns.
    pub fn check(self)
    where
        D: GivesTo<T, D::Type>,
    {
    }
}

/// The fallback of [`Param::check`].
pub trait NoHandlerYet: Sized {
    /// Nothing to check yet.
    fn check(self) {}
}
impl<D, T> NoHandlerYet for Param<D, T> {}

/// A step whose output, a `T`, is the event that the contract publishes it as. Written by the node's macro.
pub trait PublishedAs<T> {}

/// The check of a parameter `&T`: `S` depends on `D`, whose output is there when `S` runs. Vacuous while the contract
/// declares no such `D`, which is reported once, elsewhere.
#[derive(Debug)]
pub struct RequiredEdge<D, S>(pub PhantomData<fn() -> (D, S)>);

impl<D: Step<Node: Contracted>, S> RequiredEdge<D, S> {
    /// `S` may take `D` as `&T`.
    pub fn check(self)
    where
        S: DependsOn<D, Presence: IsPresent<D, S>>,
    {
    }
}
impl<D, S> NoHandlerYet for RequiredEdge<D, S> {}

/// The check of a parameter `Option<&T>` or `Outcome<&T>`: `S` depends on `D`. Vacuous while the contract declares no such `D`.
#[derive(Debug)]
pub struct OptionalEdge<D, S>(pub PhantomData<fn() -> (D, S)>);

impl<D: Step<Node: Contracted>, S> OptionalEdge<D, S> {
    /// `S` may take `D` as `Option<&T>` or `Outcome<&T>`.
    pub fn check(self)
    where
        S: DependsOn<D>,
    {
    }
}
impl<D, S> NoHandlerYet for OptionalEdge<D, S> {}

/// The check of a step whose output is published. Vacuous while the step has no handler.
#[derive(Debug)]
pub struct Publishes<S>(pub PhantomData<fn() -> S>);

impl<S: StepOutput> Publishes<S> {
    /// The output of `S` is its event.
    pub fn check(self)
    where
        S: PublishedAs<S::Type>,
    {
    }
}
impl<S> NoHandlerYet for Publishes<S> {}
