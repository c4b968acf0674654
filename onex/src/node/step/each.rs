//! A step that is done once for each entry of a list: the list, and what its handler takes of an entry.

use std::marker::PhantomData;

use super::{Inputs, NoHandlerYet, Outputs, Step};
use crate::message::{Payload, StepValue};
use crate::node::Contracted;

/// The parameter `item: &T` of a step with `for_each`: the entry of the list.
#[derive(Debug)]
pub struct Item<T>(PhantomData<fn() -> T>);

impl<T: StepValue> Inputs for Item<T> {
    type Refs<'a> = &'a T;

    fn required(_: &mut Vec<u32>) {}

    fn optional(_: &mut Vec<u32>) {}

    fn told(_: &mut Vec<u32>) {}

    fn take(outputs: &Outputs) -> Option<&T> {
        outputs.entry()?.downcast_ref()
    }
}

/// A step that is done once for each entry of a list. Written by the node's macro.
#[diagnostic::on_unimplemented(
    message = "the step `{Self}` goes over no list, so there is no `item`",
    label = "no entry of a list",
    note = "its contract has no `for_each` for it; a parameter that is named `item` is the entry of that list"
)]
pub trait ForEach: Step {}

/// The check of a parameter `item`: `S` goes over a list. Vacuous while the contract declares no such `S`, which is
/// reported once, elsewhere.
#[derive(Debug)]
pub struct OverAList<S>(pub PhantomData<fn() -> S>);

impl<S: Step<Node: Contracted>> OverAList<S> {
    /// The handler of `S` may take an `item`.
    pub fn check(self)
    where
        S: ForEach,
    {
    }
}
impl<S> NoHandlerYet for OverAList<S> {}

/// What a step takes of each entry of the list that it goes over.
///
/// `X` is a dummy: see [`StepHandler`](super::StepHandler).
#[diagnostic::on_unimplemented(
    message = "the step `{Self}` is done once for each entry of a list, and its handler takes none",
    label = "this node is not complete",
    note = "add a parameter `item: &T` to the handler, or remove `for_each` from the step"
)]
pub trait TakesItem<X>: Step {
    /// The entry's type.
    type Item: 'static;
}

/// The list that the step `D` goes over.
#[derive(Debug)]
pub struct EntriesFor<D>(pub PhantomData<fn() -> D>);

impl<D: TakesItem<()>> EntriesFor<D> {
    /// A copy of each entry.
    pub fn copies<L>(self, list: &L) -> Vec<Payload>
    where
        D: GoesOver<L, D::Item>,
        D::Item: StepValue + Clone,
    {
        D::entries(list).map(|entry| Payload::new(entry.clone())).collect()
    }
}

/// That what the contract names is a list of what the handler takes. Written by the node's macro, with the contract's lines.
pub trait GoesOver<L, T: 'static>: Step {
    /// The entries of the list, in order.
    fn entries(list: &L) -> impl Iterator<Item = &T>;
}

/// The fallback of [`EntriesFor::copies`] while `D` has no handler, or one that takes no entry, which is reported once,
/// elsewhere.
pub trait NoItemYet: Sized {
    /// Nothing to copy yet.
    fn copies<L: ?Sized>(self, _: &L) -> Vec<Payload> {
        Vec::new()
    }
}
impl<D> NoItemYet for EntriesFor<D> {}

/// A list of `T` that a step may go over.
pub trait Entries<T: 'static> {
    /// Its entries, in order.
    fn entries(&self) -> impl Iterator<Item = &T>;
}

macro_rules! lists {
    ($($list:ident)*) => { $(
        impl<T: 'static> Entries<T> for std::collections::$list<T> {
            fn entries(&self) -> impl Iterator<Item = &T> {
                self.iter()
            }
        }
    )* };
}
lists! { VecDeque BTreeSet }

impl<T: 'static> Entries<T> for Vec<T> {
    fn entries(&self) -> impl Iterator<Item = &T> {
        self.iter()
    }
}
