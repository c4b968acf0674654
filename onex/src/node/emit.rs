//! What handlers of nodes give back: events and intents, each one allowed by the contract.

use std::fmt;
use std::marker::PhantomData;

use super::route::Route;
use crate::message::{Event, Intent, Payload};
use crate::plan::{EventRow, IntentRow};

/// A route that may emit the event `M`: its contract lists it under `output_events`.
pub trait Emits<M> {
    /// Where it is published.
    const EVENT: &'static EventRow;
}

/// A route that may emit the intent `M`, or a step that may ask for it: its contract's routing table has a target for it.
#[diagnostic::on_unimplemented(
    message = "the step `{Self}` may not ask for the intent `{M}`",
    label = "nobody sends this intent",
    note = "no step with an `intent_filter` depends on this step: add one to the contract, which sends it by the `intent_routing_table`"
)]
pub trait Intends<M> {
    /// Who executes it.
    const TARGET: &'static IntentRow;
}

/// A route whose event starts a run of its node's workflow, if the handler says so. `X` is a dummy, so that the reason why
/// another route cannot is given in the contract's words.
pub trait Starts<X> {}

/// The answer of the route `R`: events (what happened) and intents (what should happen next), never a result.
///
/// Nothing is published until the handler has returned and the answer is recorded.
#[must_use = "an answer that is not returned is not published"]
pub struct Emit<R> {
    emitted: Emitted,
    route: PhantomData<fn() -> R>,
}

/// An answer whose route is forgotten.
#[derive(Debug, Default)]
pub struct Emitted {
    /// The events, in the order in which they were added.
    pub events: Vec<EmittedEvent>,
    /// The intents, in the order in which they were added.
    pub intents: Vec<EmittedIntent>,
    /// The event that was handled starts a run.
    pub start: bool,
}

/// An event that a handler gave back.
#[derive(Debug)]
pub struct EmittedEvent {
    /// Which event, and its topic.
    pub event: &'static EventRow,
    /// The value.
    pub payload: Payload,
}

/// An intent that a handler gave back.
#[derive(Debug)]
pub struct EmittedIntent {
    /// Which intent, and who executes it.
    pub target: &'static IntentRow,
    /// The value.
    pub payload: Payload,
}

impl<R: Route> Emit<R> {
    /// Handled, and there is nothing to say.
    pub fn nothing() -> Self {
        Emit { emitted: Emitted::default(), route: PhantomData }
    }

    /// One event.
    pub fn event<E: Event>(event: E) -> Self
    where
        R: Emits<E>,
    {
        Self::nothing().and_event(event)
    }

    /// One intent.
    pub fn intent<I: Intent>(intent: I) -> Self
    where
        R: Intends<I>,
    {
        Self::nothing().and_intent(intent)
    }

    /// The event that was handled starts a run of the workflow that it is the entry of.
    ///
    /// An event that is an entry and has no route starts a run by itself; with a route its handler decides, and this is how.
    pub fn start() -> Self
    where
        R: Starts<()>,
    {
        Self::nothing().and_start()
    }

    /// And the event that was handled starts a run.
    pub fn and_start(mut self) -> Self
    where
        R: Starts<()>,
    {
        self.emitted.start = true;
        self
    }

    /// And this event.
    pub fn and_event<E: Event>(mut self, event: E) -> Self
    where
        R: Emits<E>,
    {
        self.emitted.events.push(EmittedEvent { event: R::EVENT, payload: Payload::new(event) });
        self
    }

    /// And this intent.
    pub fn and_intent<I: Intent>(mut self, intent: I) -> Self
    where
        R: Intends<I>,
    {
        self.emitted.intents.push(EmittedIntent { target: R::TARGET, payload: Payload::new(intent) });
        self
    }
}

impl<R> Emit<R> {
    /// The events, in the order in which they were added.
    #[must_use]
    pub fn events(&self) -> &[EmittedEvent] {
        &self.emitted.events
    }

    /// The intents, in the order in which they were added.
    #[must_use]
    pub fn intents(&self) -> &[EmittedIntent] {
        &self.emitted.intents
    }

    /// Whether the event that was handled starts a run.
    #[must_use]
    pub fn starts(&self) -> bool {
        self.emitted.start
    }

    /// The events of type `E`, in order: what a handler's unit test asks for.
    pub fn events_of<E: Event>(&self) -> impl Iterator<Item = &E> {
        self.emitted.events.iter().filter_map(|event| event.payload.downcast_ref::<E>())
    }

    /// The intents of type `I`, in order.
    pub fn intents_of<I: Intent>(&self) -> impl Iterator<Item = &I> {
        self.emitted.intents.iter().filter_map(|intent| intent.payload.downcast_ref::<I>())
    }

    /// Forgets the route.
    #[must_use]
    pub fn into_emitted(self) -> Emitted {
        self.emitted
    }
}

impl<R> fmt::Debug for Emit<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = self.emitted.events.iter().map(|e| e.event.name);
        let intents = self.emitted.intents.iter().map(|i| i.target.intent_type);
        f.debug_struct("Emit")
            .field("events", &events.collect::<Vec<_>>())
            .field("intents", &intents.collect::<Vec<_>>())
            .field("start", &self.emitted.start)
            .finish()
    }
}
