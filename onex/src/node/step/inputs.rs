//! What a function takes of other steps: a tuple of parameters, each named after one.

use std::marker::PhantomData;

use super::{Outputs, Step};
use crate::message::{Payload, StepValue};
use crate::node::Outcome;

/// A parameter `&T`, named after the step `D`: the step is skipped when `D` has no output.
#[derive(Debug)]
pub struct Required<D, T>(PhantomData<fn() -> (D, T)>);

/// A parameter `Option<&T>`, named after the step `D`: the step runs either way.
#[derive(Debug)]
pub struct Optional<D, T>(PhantomData<fn() -> (D, T)>);

/// A parameter `Outcome<&T>`, named after the step `D`: the step runs either way, and is told.
#[derive(Debug)]
pub struct Told<D, T>(PhantomData<fn() -> (D, T)>);

/// A tuple of parameters.
pub trait Inputs: 'static {
    /// The references that the function takes.
    type Refs<'a>: Send;
    /// The steps that are taken as [`Required`].
    fn required(into: &mut Vec<u32>);
    /// The steps that are taken as [`Optional`].
    fn optional(into: &mut Vec<u32>);
    /// The steps that are [`Told`] of.
    fn told(into: &mut Vec<u32>);
    /// Borrows each from the run's outputs; `None` when a required one is absent.
    fn take(outputs: &Outputs) -> Option<Self::Refs<'_>>;
}

impl<D: Step, T: StepValue> Inputs for Required<D, T> {
    type Refs<'a> = &'a T;

    fn required(into: &mut Vec<u32>) {
        into.push(D::INDEX);
    }

    fn optional(_: &mut Vec<u32>) {}

    fn told(_: &mut Vec<u32>) {}

    fn take(outputs: &Outputs) -> Option<&T> {
        outputs.get(D::INDEX)?.downcast_ref()
    }
}

impl<D: Step, T: StepValue> Inputs for Optional<D, T> {
    type Refs<'a> = Option<&'a T>;

    fn required(_: &mut Vec<u32>) {}

    fn optional(into: &mut Vec<u32>) {
        into.push(D::INDEX);
    }

    fn told(_: &mut Vec<u32>) {}

    fn take(outputs: &Outputs) -> Option<Option<&T>> {
        Some(outputs.get(D::INDEX).and_then(Payload::downcast_ref))
    }
}

impl<D: Step, T: StepValue> Inputs for Told<D, T> {
    type Refs<'a> = Outcome<&'a T>;

    fn required(_: &mut Vec<u32>) {}

    fn optional(_: &mut Vec<u32>) {}

    fn told(into: &mut Vec<u32>) {
        into.push(D::INDEX);
    }

    fn take(outputs: &Outputs) -> Option<Outcome<&T>> {
        outputs.ended(D::INDEX)?.as_ref().and_then(Payload::downcast_ref)
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => { $(
        impl<$($name: Inputs),*> Inputs for ($($name,)*) {
            type Refs<'a> = ($($name::Refs<'a>,)*);

            #[allow(unused_variables)]
            fn required(into: &mut Vec<u32>) {
                $($name::required(into);)*
            }

            #[allow(unused_variables)]
            fn optional(into: &mut Vec<u32>) {
                $($name::optional(into);)*
            }

            #[allow(unused_variables)]
            fn told(into: &mut Vec<u32>) {
                $($name::told(into);)*
            }

            #[allow(unused_variables, clippy::unused_unit)]
            fn take(outputs: &Outputs) -> Option<Self::Refs<'_>> {
                Some(($($name::take(outputs)?,)*))
            }
        }
    )* };
}

// More than eight are nested by the macro.
tuples! { ; A; A B; A B D; A B D E; A B D E F; A B D E F G; A B D E F G H; A B D E F G H I; }
