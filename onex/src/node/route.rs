//! Routes: markers that a contract declares, and the functions that handle them.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use super::{Ctx, Emitted, Fault, FromContainer, Node};
use crate::message::StepValue;
use crate::plan::EventRow;

/// A route of a contract: the marker `order_workflow::OrderPlaced`. Written by the node's macro.
pub trait Route: Sized + 'static {
    /// The node whose contract declares it.
    type Node: Node;
    /// What it brings. A [`StepValue`], unless the contract names a type that does not exist.
    type Message: 'static;
    /// Its index in [`NodeTable::routes`](crate::plan::NodeTable::routes).
    const INDEX: usize;
    /// The lines of the contract that name its handler, for messages.
    const DECLARED: &'static str;
    /// The event that the value of its handler is published as: only the routes of compute nodes have one.
    const OUTPUT: Option<&'static EventRow> = None;
}

/// The function that handles a route. Written by `#[handler(event = ..)]` and `#[handler(intent = ..)]`.
///
/// `X` is a dummy, the container's type where the node is mounted: it keeps every mention in generated code generic,
/// so that a missing handler is one error, at the contract, and not one at each mention.
#[diagnostic::on_unimplemented(
    message = "the route `{Self}` has no handler, so its node cannot be mounted",
    label = "this node is not complete",
    note = "the error at the node's contract says where the route is declared and what to write"
)]
pub trait RouteHandler<X>: Route {
    /// The type of its message parameter.
    type Takes: StepValue;
    /// A tuple of [`Dep`](super::Dep)s.
    type Deps: Send + 'static;
    /// What it returns: an [`Emit`](super::Emit), nothing, or the value of a compute node.
    type Gives;
    /// Runs the function.
    fn call(
        message: Message<Self::Takes>,
        ctx: Ctx,
        deps: Self::Deps,
    ) -> impl Future<Output = Result<Self::Gives, Fault>> + Send;
    /// What is published of it.
    ///
    /// # Errors
    /// It is no answer that the node's kind can give: a compile error elsewhere.
    fn emitted(gives: Self::Gives) -> Result<Emitted, Fault>;
}

/// A node that routes messages of type `M`. Written by the node's macro; the compiled routing table as types.
#[diagnostic::on_unimplemented(
    message = "the contract of `{Self}` does not route `{M}`",
    label = "no route for this message"
)]
pub trait Routes<M>: Node {
    /// The route.
    type Route: Route<Node = Self, Message = M>;
}

/// A message on its way into a handler: owned on the typed path, shared when an envelope brings it.
#[derive(Debug)]
pub enum Message<M> {
    /// The handler is the only one to see it.
    Owned(M),
    /// Others may see it too.
    Shared(Arc<M>),
}

impl<M> Deref for Message<M> {
    type Target = M;

    fn deref(&self) -> &M {
        match self {
            Message::Owned(message) => message,
            Message::Shared(message) => message,
        }
    }
}

impl<M> Message<M> {
    /// The message by value; cloned only when it is shared.
    pub fn into_owned(self) -> M
    where
        M: ByValue,
    {
        match self {
            Message::Owned(message) => message,
            Message::Shared(message) => Arc::unwrap_or_clone(message),
        }
    }
}

/// A route whose handler may take a `P`: what the route brings. Written by the node's macro.
pub trait Brings<P> {}

/// A route that may be answered with `T`, which is of this [`sort`](super::answer::sort). Written by the node's macro, in the
/// words of its kind.
pub trait Answers<const SORT: u8, T> {}

/// A route whose handler may be `async`: not that of a pure node. Written by the node's macro. `X` is a dummy, so that the
/// reason why it may not is given in the contract's words.
pub trait MayAwait<X> {}

/// A route whose handler may take a [`Dependency`](super::step::Dependency). Written by the macro of an effect.
pub trait MayTake<What> {}

/// A handler's check of its message parameter. Vacuous while the contract names a type that does not exist, which is
/// reported once, elsewhere: the inherent method is preferred where it exists.
#[derive(Debug)]
pub struct Takes<R, P>(pub PhantomData<fn() -> (R, P)>);

impl<R: Route<Message: StepValue>, P> Takes<R, P> {
    /// `P` is what `R` brings.
    pub fn check(self)
    where
        R: Brings<P>,
    {
    }
}

/// The fallback of [`Takes::check`].
pub trait NothingBrought: Sized {
    /// Nothing to check.
    fn check(self) {}
}
impl<R, P> NothingBrought for Takes<R, P> {}

/// A message that a handler may take by value although others may hold it too.
#[diagnostic::on_unimplemented(
    message = "a handler can take `{Self}` by value only if it is `Clone`, because others may hold it too",
    label = "needs `Clone`",
    note = "take `&{Self}`, or derive `Clone` for it"
)]
pub trait ByValue: Clone {}

#[diagnostic::do_not_recommend]
impl<T: Clone> ByValue for T {}

/// Routes one typed message to its handler: the compiled table without an envelope, a bus or an allocation.
///
/// What the handler returns is returned here, and what it emits goes nowhere: this is the way to test a handler with its
/// routing, and to embed a node in a program that has its own transport.
///
/// # Errors
/// What the handler returned as an error.
pub fn dispatch<N, M, C>(
    message: M,
    ctx: Ctx,
    container: &C,
) -> impl Future<Output = Result<<N::Route as RouteHandler<C>>::Gives, Fault>> + Send
where
    N: Routes<M>,
    N::Route: RouteHandler<C, Takes = M, Deps: FromContainer<C>>,
{
    let deps = <N::Route as RouteHandler<C>>::Deps::from_container(container);
    <N::Route as RouteHandler<C>>::call(Message::Owned(message), ctx, deps)
}
