//! How the node's macro fills a table: route by route and step by step, in the order of the contract.

use std::sync::Arc;

use super::calls::{call_route, fold_all, fold_one, gather, read_arm, run_compensation, run_group, run_step};
use super::{
    ArmFns, EachFns, EntriesFn, FoldFns, FoldStepFns, KeyFns, Mounted, ReadFn, RouteFns, RunValue, StartFns,
    StepFns,
};
use crate::message::{Payload, StepValue};
use crate::node::FromContainer;
use crate::node::condition::{ConditionFn, ConditionHandler};
use crate::node::intents::{AskedFn, IntentOutcomes};
use crate::node::reduce::{ReducerState, Transition, TransitionHandler, fold};
use crate::node::route::RouteHandler;
use crate::node::step::{CompensationHandler, Gate, Inputs, StepHandler};
use crate::plan::NodeTable;

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
