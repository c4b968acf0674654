//! Steps: markers that a workflow declares, the functions that handle them, and the typed flow between them.

use std::future::{Future, Pending};
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use super::{Contracted, Ctx, Fault, Node, Outcome};
use crate::message::{Payload, StepValue};

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
    /// What it returns: a [`StepValue`], which is checked where it can be said best.
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
}

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

/// What the steps of one run have returned so far, and the run's input.
#[derive(Debug)]
pub struct Outputs {
    slots: Box<[OnceLock<Outcome<Payload>>]>,
    instance: Option<Instance>,
}

/// What one instance of a step sees beside what all see.
#[derive(Debug)]
struct Instance {
    base: Arc<Outputs>,
    entry: Payload,
    /// The step itself, and what stands for its output.
    own: Option<(u32, Outcome<Payload>)>,
}

impl Outputs {
    /// Room for the outputs of `steps` steps and for the run's input.
    #[must_use]
    pub fn new(steps: usize) -> Arc<Self> {
        Arc::new(Outputs { slots: (0..=steps).map(|_| OnceLock::new()).collect(), instance: None })
    }

    /// What an instance of a step sees that is done once for each entry of a list: `base`, the entry and, where it has
    /// one, `own` for the output of the step itself.
    #[must_use]
    pub fn for_instance(base: &Arc<Self>, entry: Payload, own: Option<(u32, Payload)>) -> Arc<Self> {
        let own = own.map(|(step, output)| (step, Outcome::Completed(output)));
        let instance = Some(Instance { base: Arc::clone(base), entry, own });
        Arc::new(Outputs { slots: Box::default(), instance })
    }

    /// The entry of the list that this is about, if it is about one.
    #[must_use]
    pub fn entry(&self) -> Option<&Payload> {
        self.instance.as_ref().map(|instance| &instance.entry)
    }

    /// Records an output. The first one stands: a step completes once.
    pub fn set(&self, step: u32, output: Payload) {
        if let Some(slot) = self.slots.get(step as usize) {
            let _ = slot.set(Outcome::Completed(output));
        }
    }

    /// Records how a step ended, for whoever takes it as an [`Outcome`]. It may be recorded again: a step ends once.
    pub fn end(&self, step: u32, outcome: Outcome<Payload>) {
        if let Some(slot) = self.slots.get(step as usize) {
            let _ = slot.set(outcome);
        }
    }

    /// Records the run's input.
    pub fn set_input(&self, input: Payload) {
        if let Some(slot) = self.slots.last() {
            let _ = slot.set(Outcome::Completed(input));
        }
    }

    /// An output, if the step has completed.
    #[must_use]
    pub fn get(&self, step: u32) -> Option<&Payload> {
        match self.ended(step)? {
            Outcome::Completed(output) => Some(output),
            _ => None,
        }
    }

    /// How a step ended, if it completed or if that was recorded.
    fn ended(&self, step: u32) -> Option<&Outcome<Payload>> {
        match &self.instance {
            None => self.slots.get(step as usize)?.get(),
            Some(Instance { own: Some((own, output)), .. }) if *own == step => Some(output),
            Some(instance) => instance.base.ended(step),
        }
    }
}

/// A parameter `&T`, named after the step `D`: the step is skipped when `D` has no output.
#[derive(Debug)]
pub struct Required<D, T>(PhantomData<fn() -> (D, T)>);

/// A parameter `Option<&T>`, named after the step `D`: the step runs either way.
#[derive(Debug)]
pub struct Optional<D, T>(PhantomData<fn() -> (D, T)>);

/// A parameter `Outcome<&T>`, named after the step `D`: the step runs either way, and is told.
#[derive(Debug)]
pub struct Told<D, T>(PhantomData<fn() -> (D, T)>);

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
/// `X` is a dummy: see [`StepHandler`].
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

/// A step that may be [`Asynchronous`], or take a [`Dependency`]. Written by the node's macro, for every effect.
pub trait MayUse<What> {}

/// What a pure step cannot be.
#[derive(Debug)]
pub enum Asynchronous {}

/// What a pure step, or the handler of an orchestrator, cannot take.
#[derive(Debug)]
pub enum Dependency {}
