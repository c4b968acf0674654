//! Conditions of steps: what is known when one is evaluated. It must not know how a run is driven.

use std::marker::PhantomData;

use super::mount::RunValue;
use super::step::{Inputs, Outputs, Step, StepOutput};

/// How a step ended that has no output because of a failure, or that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It completed.
    Completed,
    /// It failed, or its outcome is unknown.
    Failed,
    /// The same, because its last attempt took too long.
    TimedOut,
}

/// Whether the condition of a step holds. Written by the node's macro.
pub type ConditionFn = fn(&Known<'_>) -> bool;

/// What is known of a run when a condition is evaluated: all that the condition looks at is final.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    outputs: &'a Outputs,
    /// By the step's index; `None` for a step that did not run.
    ended: &'a dyn Fn(u32) -> Option<Ended>,
}

impl<'a> Known<'a> {
    /// What these say. `ended` is asked for steps that are final.
    #[must_use]
    pub fn new(outputs: &'a Outputs, ended: &'a dyn Fn(u32) -> Option<Ended>) -> Self {
        Known { outputs, ended }
    }

    /// `if_success`: the step completed.
    #[must_use]
    pub fn succeeded<D: Step>(&self) -> bool {
        (self.ended)(D::INDEX) == Some(Ended::Completed)
    }

    /// `if_error`: the step failed, for whatever reason.
    #[must_use]
    pub fn failed<D: Step>(&self) -> bool {
        matches!((self.ended)(D::INDEX), Some(Ended::Failed | Ended::TimedOut))
    }

    /// `if_timeout`: the step failed, as its last attempt took too long.
    #[must_use]
    pub fn timed_out<D: Step>(&self) -> bool {
        (self.ended)(D::INDEX) == Some(Ended::TimedOut)
    }
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("outputs", &self.outputs).finish_non_exhaustive()
    }
}

/// The output of `D`, as a condition looks at it.
#[derive(Debug)]
pub struct Output<D>(pub PhantomData<fn() -> D>);

impl<D: StepOutput<Type: RunValue>> Output<D> {
    /// The output, if there is one.
    #[must_use]
    pub fn of<'a, F>(self, known: &Known<'a>, _: PhantomData<F>) -> Option<&'a D::Type> {
        known.outputs.get(D::INDEX).and_then(<D::Type as RunValue>::borrow)
    }
}

/// The fallback of [`Output::of`] while `D` has no handler, which is reported once, elsewhere: an `F`, which has the
/// fields that are looked at.
pub trait NoOutputYet: Sized {
    /// Nothing to look at yet.
    fn of<'a, F>(self, _: &Known<'a>, _: PhantomData<F>) -> Option<&'a F> {
        None
    }
}
impl<D> NoOutputYet for Output<D> {}

/// The function that a contract names as a condition: pure, the same each time that it is asked.
///
/// `X` is a dummy: see [`StepHandler`](super::step::StepHandler).
#[diagnostic::on_unimplemented(
    message = "the condition `{Self}` has no handler, so its node cannot be mounted",
    label = "this node is not complete",
    note = "the error at the node's contract says where it is declared and what to write"
)]
pub trait ConditionHandler<X>: 'static {
    /// What it looks at: steps that come before those that it decides about, and the run's input.
    type Inputs: Inputs;
    /// Whether the step is to run.
    fn holds(inputs: <Self::Inputs as Inputs>::Refs<'_>) -> bool;
}

/// What the function `K` says. One that takes the output of a step as `&T` does not hold where there is none, as any
/// other test of an absent output.
#[derive(Debug)]
pub struct Decided<K>(pub PhantomData<fn() -> K>);

impl<K: ConditionHandler<()>> Decided<K> {
    /// Asks it.
    #[must_use]
    pub fn holds(self, known: &Known<'_>) -> bool {
        K::Inputs::take(known.outputs).is_some_and(K::holds)
    }
}

/// The fallback of [`Decided::holds`] while `K` has no handler, which is reported once, elsewhere.
pub trait NotDecidedYet: Sized {
    /// Nobody to ask yet.
    fn holds(self, _: &Known<'_>) -> bool {
        false
    }
}
impl<K> NotDecidedYet for Decided<K> {}
