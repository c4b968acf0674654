//! Intents that a step asks for, and what became of those that a workflow has sent.
//!
//! A step asks by returning [`Intents`]; a step of the contract with an `intent_filter` sends them and gives
//! [`IntentOutcomes`]. It must not know how they travel.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::emit::Intends;
use super::step::{Outputs, Step, StepHandler};
use crate::message::{Intent, Payload};

/// What the step `S` asks other nodes to do: intents, in order, which the workflow sends where the contract says so.
///
/// A step returns it, and the steps that depend on it and have an `intent_filter` send what they match. Which intents it may
/// hold follows from the contract: each of them is matched by one of these filters.
///
/// ```ignore
/// #[handler(step = orders::plan)]
/// fn plan(placed: &OrderPlaced) -> Intents<orders::plan> {
///     Intents::of(ReserveStock { order_id: placed.order_id.clone() })
/// }
/// ```
#[must_use = "intents that are not returned are not sent"]
pub struct Intents<S> {
    asked: Vec<AskedIntent>,
    step: PhantomData<fn() -> S>,
}

/// An intent that is to be sent.
#[derive(Debug, Clone)]
pub struct AskedIntent {
    /// The name that routing tables use.
    pub intent_type: Cow<'static, str>,
    /// The value.
    pub payload: Payload,
}

impl<S: Step> Intents<S> {
    /// Nothing is to be done. What would send them is skipped.
    pub fn none() -> Self {
        Intents { asked: Vec::new(), step: PhantomData }
    }

    /// One intent.
    pub fn of<I: Intent>(intent: I) -> Self
    where
        S: Intends<I>,
    {
        Self::none().and(intent)
    }

    /// And this intent.
    pub fn and<I: Intent>(mut self, intent: I) -> Self
    where
        S: Intends<I>,
    {
        self.push(intent);
        self
    }

    /// Adds an intent behind the others.
    pub fn push<I: Intent>(&mut self, intent: I)
    where
        S: Intends<I>,
    {
        let intent_type = Cow::Borrowed(S::TARGET.intent_type);
        self.asked.push(AskedIntent { intent_type, payload: Payload::new(intent) });
    }
}

impl<S> Intents<S> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.asked.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// The intents of type `I`, in order: what a handler's unit test asks for.
    pub fn of_type<I: Intent>(&self) -> impl Iterator<Item = &I> {
        self.asked.iter().filter_map(|asked| asked.payload.downcast_ref::<I>())
    }
}

impl<S: Step + Intends<I>, I: Intent> FromIterator<I> for Intents<S> {
    fn from_iter<L: IntoIterator<Item = I>>(intents: L) -> Self {
        let mut all = Self::none();
        intents.into_iter().for_each(|intent| all.push(intent));
        all
    }
}

// Derives would ask it of `S` too.
impl<S> Clone for Intents<S> {
    fn clone(&self) -> Self {
        Intents { asked: self.asked.clone(), step: PhantomData }
    }
}

impl<S> fmt::Debug for Intents<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.asked.iter().map(|asked| &asked.intent_type)).finish()
    }
}

/// An intent as a journal keeps it.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    intent_type: Cow<'a, str>,
    intent: Box<RawValue>,
}

impl<S> Serialize for Intents<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let stored = self.asked.iter().map(|asked| {
            let intent = asked.payload.to_json().map_err(T::Error::custom)?;
            Ok(Stored { intent_type: Cow::Borrowed(&asked.intent_type), intent })
        });
        serializer.collect_seq(stored.collect::<Result<Vec<_>, T::Error>>()?)
    }
}

impl<'de, S> Deserialize<'de> for Intents<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Vec::<Stored<'static>>::deserialize(deserializer).map_err(D::Error::custom)?;
        let asked = stored.into_iter().map(|Stored { intent_type, intent }| AskedIntent {
            intent_type,
            payload: Payload::json(intent),
        });
        Ok(Intents { asked: asked.collect(), step: PhantomData })
    }
}

/// What a step with an `intent_filter` gives to whoever depends on it: what became of each intent, in the order in which the
/// steps before it asked for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentOutcomes {
    outcomes: Vec<IntentOutcome>,
}

/// What became of one intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentOutcome {
    /// The name that routing tables use.
    pub intent_type: String,
    /// The id of the envelope that it travelled in: its idempotency key for whoever executed it.
    pub envelope_id: Uuid,
    /// How its handler ended.
    pub end: IntentEnd,
}

/// How the handler of an intent ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum IntentEnd {
    /// It has executed the intent.
    Executed,
    /// It has not, and does not try again: the intent is a dead letter.
    DeadLettered {
        /// Why, in words.
        because: String,
    },
}

impl IntentOutcomes {
    /// Those of intents that were sent in this order.
    #[must_use]
    pub fn new(outcomes: Vec<IntentOutcome>) -> Self {
        IntentOutcomes { outcomes }
    }

    /// In the order in which the intents were asked for.
    pub fn iter(&self) -> std::slice::Iter<'_, IntentOutcome> {
        self.outcomes.iter()
    }

    /// Whether each of them was executed.
    #[must_use]
    pub fn all_executed(&self) -> bool {
        self.failed().next().is_none()
    }

    /// Those that were not executed, with the reasons.
    pub fn failed(&self) -> impl Iterator<Item = (&IntentOutcome, &str)> {
        self.outcomes.iter().filter_map(|outcome| match &outcome.end {
            IntentEnd::Executed => None,
            IntentEnd::DeadLettered { because } => Some((outcome, because.as_str())),
        })
    }
}

impl<'a> IntoIterator for &'a IntentOutcomes {
    type Item = &'a IntentOutcome;
    type IntoIter = std::slice::Iter<'a, IntentOutcome>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The intents that the steps before one that sends intents ask for.
pub type AskedFn = fn(&Outputs) -> Vec<AskedIntent>;

/// The intents that the step `D` asks for, if it has a handler that returns them.
#[derive(Debug)]
pub struct IntentsOf<D>(pub PhantomData<fn() -> D>);

impl<D: StepHandler<(), Gives = Intents<D>>> IntentsOf<D> {
    /// It does.
    pub const ASKS: bool = true;

    /// Adds them, in order.
    pub fn collect(self, outputs: &Outputs, into: &mut Vec<AskedIntent>) {
        let asked = outputs.get(D::INDEX).and_then(|output| output.downcast_ref::<Intents<D>>());
        into.extend(asked.into_iter().flat_map(|intents| &intents.asked).cloned());
    }
}

/// The fallback of [`IntentsOf`]: a step that asks for nothing.
pub trait AsksNothing: Sized {
    /// It does not.
    const ASKS: bool = false;

    /// There are none.
    fn collect(self, _: &Outputs, _: &mut Vec<AskedIntent>) {}
}
impl<D> AsksNothing for IntentsOf<D> {}

/// Whether the step `D` has a handler.
#[derive(Debug)]
pub struct HandlerOf<D>(PhantomData<fn() -> D>);

impl<D: StepHandler<()>> HandlerOf<D> {
    /// It has.
    pub const THERE: bool = true;
}

/// The fallback of [`HandlerOf`].
pub trait NoHandlerThere {
    /// It has none, which is reported once, elsewhere.
    const THERE: bool = false;
}
impl<D> NoHandlerThere for HandlerOf<D> {}
