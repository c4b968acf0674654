//! Reducers: state that events are folded into, and the machine that says which of them may be.
//!
//! Everything here is a function of the state and the event. Who keeps the state, and when a fold counts, is the engine's to say.

use std::any::Any;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::route::{Message, Route};
use super::{Ctx, EmittedIntent, Fault, Node};
use crate::message::{DecodeError, Intent, Payload, StepValue};
use crate::plan::MachineRow;

/// A node that folds events into state. Written by the node's macro.
pub trait Reducer: Node {
    /// `state_model`: what is folded. A [`ReducerState`], which is checked where it can be said best.
    type Data: 'static;
    /// The states of its machine.
    type State: MachineState;
    /// Its machine.
    const MACHINE: &'static MachineRow;
    /// Why a transition does not fire with this data, if it does not: its guards, and what its target requires. Data of another
    /// type is a compile error elsewhere, and refused.
    fn refusal(transition: usize, data: &dyn Any) -> Option<&'static str>;
    /// What follows from a transition that fires: the intents of the state that is left, of the transition, and of the state that
    /// is entered, made from the data that was folded.
    fn intents(from: usize, transition: usize, data: &dyn Any) -> Vec<EmittedIntent>;
}

/// The enumeration of a machine's states, `order_reducer::State`. Written by the node's macro.
pub trait MachineState: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// Every state, in the order of the contract.
    const ALL: &'static [Self];
    /// `state_name`.
    fn name(self) -> &'static str;
}

/// An intent that a machine emits. Written by the node's macro, where the intent's type is in scope.
pub trait Emitting {
    /// Its type.
    type Model;
}

/// An intent of a machine whose type, a `T`, can be made from the state. Written by the node's macro.
pub trait MadeFromState<T> {}

/// The intent `I` of a machine, made from a state of type `D`. Where `I` is no intent or `D` no state, which is reported once,
/// elsewhere, nothing is checked and nothing made: the inherent methods are preferred where they exist.
#[derive(Debug)]
pub struct Made<I, D>(pub PhantomData<(I, D)>);

impl<I: Emitting<Model: Intent>, D: ReducerState> Made<I, D> {
    /// It can be made.
    pub fn check(self)
    where
        I: MadeFromState<I::Model>,
    {
    }
}

/// The fallback of [`Made::check`].
pub trait NotChecked: Sized {
    /// Nothing to check.
    fn check(self) {}
}
impl<I, D> NotChecked for Made<I, D> {}

/// As [`Made`], when it is time to make it.
#[derive(Debug)]
pub struct Make<'d, I, D>(pub PhantomData<I>, pub &'d D);

impl<I: Emitting<Model: Intent + for<'a> From<&'a D>>, D> Make<'_, I, D> {
    /// The intent.
    #[must_use]
    pub fn payload(self) -> Option<Payload> {
        Some(Payload::new(I::Model::from(self.1)))
    }
}

/// The fallback of [`Make::payload`].
pub trait NotMade: Sized {
    /// Nothing.
    fn payload(self) -> Option<Payload> {
        None
    }
}
impl<I, D> NotMade for Make<'_, I, D> {}

/// What a reducer can fold: it starts as its default, and a fold that is refused leaves it as it was.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the state of a reducer",
    label = "a reducer's state is `Clone`, has a `Default` to start from, and is serialisable",
    note = "add `#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]`"
)]
pub trait ReducerState: StepValue + Default + Clone {}

#[diagnostic::do_not_recommend]
impl<T: StepValue + Default + Clone> ReducerState for T {}

/// A route of a reducer: an event that is a trigger of its machine. Written by the node's macro.
pub trait Transition: Route<Node: Reducer> {
    /// Its index in [`MachineRow::triggers`].
    const TRIGGER: usize;
}

/// The function that folds an event. Written by `#[handler(transition = ..)]`.
///
/// `X` is a dummy, the container's type where the node is mounted: see [`RouteHandler`](super::route::RouteHandler).
#[diagnostic::on_unimplemented(
    message = "the transition `{Self}` has no handler, so its node cannot be mounted",
    label = "this node is not complete",
    note = "the error at the node's contract says where it is declared and what to write"
)]
pub trait TransitionHandler<X>: Sized + 'static {
    /// The type of its state parameter.
    type Data: 'static;
    /// The type of its event parameter.
    type Takes: StepValue;
    /// Runs the function.
    ///
    /// # Errors
    /// What it returned as an error: nothing is folded.
    fn fold(data: Self::Data, message: Message<Self::Takes>, ctx: Ctx) -> Result<Self::Data, Fault>;
}

/// A transition whose handler may take and return the state as a `D`. Written by the node's macro.
pub trait Folds<D> {}

/// A handler's check of its state: that it takes a `D`, and returns a `T` of the sort `SORT`. Vacuous while the contract names a
/// type that does not exist or cannot be a state, which is reported once, elsewhere: the inherent methods are preferred where they
/// exist.
#[derive(Debug)]
pub struct State<R, const SORT: u8, D, T>(pub PhantomData<(R, D, T)>);

impl<R, const SORT: u8, D, T> State<R, SORT, D, T>
where
    R: Transition<Node: Reducer<Data: ReducerState>>,
{
    /// `D` is the state.
    pub fn taken(self)
    where
        R: Folds<D>,
    {
    }

    /// `T` is the next state.
    pub fn given(self)
    where
        R: super::route::Answers<SORT, T>,
    {
    }
}

/// The fallback of [`State`].
pub trait NoStateType: Sized {
    /// Nothing to check.
    fn taken(self) {}
    /// Nothing to check.
    fn given(self) {}
}
impl<R, const SORT: u8, D, T> NoStateType for State<R, SORT, D, T> {}

/// The next state as a handler returned it, on its way to becoming one.
#[derive(Debug)]
pub struct Next<D, T>(PhantomData<fn() -> D>, T);

impl<D, T> Next<D, T> {
    /// Wraps what a handler returned.
    pub fn new(next: T) -> Self {
        Next(PhantomData, next)
    }
}

impl<D> Next<D, D> {
    /// The state itself.
    #[allow(clippy::missing_errors_doc)] // infallible; the signature is that of the fallback
    pub fn settle(self) -> Result<D, Fault> {
        Ok(self.1)
    }
}

/// The fallback for what is no state, which is a compile error elsewhere.
pub trait NoState<D>: Sized {
    /// A fault.
    #[allow(clippy::missing_errors_doc)]
    fn settle(self) -> Result<D, Fault> {
        Err(Fault::permanent("the handler's return type is not the state"))
    }
}
impl<D, T> NoState<D> for Next<D, T> {}

/// What a handler that changes the state in place returned, which should be nothing.
#[derive(Debug)]
pub struct InPlace<T>(PhantomData<T>);

/// The state of one entity, as it is journalled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entity<D> {
    /// The name of the state that its machine is in.
    pub state: Cow<'static, str>,
    /// What was folded so far.
    pub data: D,
}

impl From<DecodeError> for NotFolded {
    fn from(error: DecodeError) -> Self {
        NotFolded::Decode(error)
    }
}

/// Why an event was not folded. The state is as it was.
#[derive(Debug)]
pub enum NotFolded {
    /// The event, or the state, is not what it should be.
    Decode(DecodeError),
    /// The handler returned an error.
    Fault(Fault),
    /// The handler, or the code of a type that it takes, panicked.
    Panicked(String),
    /// The machine takes no transition.
    Refused {
        /// The state that it is in.
        state: String,
        /// What should have moved it.
        trigger: &'static str,
        /// Why it did not.
        message: String,
    },
}

/// A fold that the machine allows.
#[derive(Debug)]
pub struct Folded {
    /// The next state, as it is journalled.
    pub state: Payload,
    /// What follows from it.
    pub intents: Vec<EmittedIntent>,
}

/// Folds an event into the state as it is journalled; `None`: nothing was folded yet.
///
/// The handler makes the new data, then the machine decides: guards see what the event has changed, and if no transition fires,
/// nothing has happened.
///
/// # Errors
/// See [`NotFolded`].
pub fn fold<R, X>(entity: Option<&Payload>, message: &Payload, ctx: Ctx) -> Result<Folded, NotFolded>
where
    R: Transition + TransitionHandler<X, Data: ReducerState>,
{
    let machine = <R::Node as Reducer>::MACHINE;
    let message = Message::Shared(message.get::<R::Takes>()?);
    let entity = match entity {
        Some(entity) => (*entity.get::<Entity<R::Data>>()?).clone(),
        None => Entity { state: machine.states[machine.initial].name.into(), data: R::Data::default() },
    };
    let Some(from) = machine.states.iter().position(|state| state.name == entity.state) else {
        let message = "the contract of this version has no such state".to_owned();
        return Err(refused::<R>(entity.state, message));
    };
    let data = R::fold(entity.data, message, ctx).map_err(NotFolded::Fault)?;
    match next(machine, from, R::TRIGGER, |transition| <R::Node as Reducer>::refusal(transition, &data)) {
        Ok(transition) => {
            let intents = <R::Node as Reducer>::intents(from, transition, &data);
            let state = machine.states[machine.transitions[transition].to].name.into();
            Ok(Folded { state: Payload::new(Entity { state, data }), intents })
        }
        Err(message) => Err(refused::<R>(entity.state, message)),
    }
}

fn refused<R: Transition>(state: Cow<'static, str>, message: String) -> NotFolded {
    let trigger = <R::Node as Reducer>::MACHINE.triggers[R::TRIGGER];
    NotFolded::Refused { state: state.into_owned(), trigger, message }
}

/// The transition that a trigger fires, or why it fires none. Transitions of the very state go before those of any state; of each
/// the highest priority first, ties in the order of the contract.
fn next(
    machine: &MachineRow,
    from: usize,
    trigger: usize,
    refusal: impl Fn(usize) -> Option<&'static str>,
) -> Result<usize, String> {
    let mut candidates: Vec<usize> = (0..machine.transitions.len())
        .filter(|at| {
            let row = &machine.transitions[*at];
            let leaves = row.from == Some(from) || (row.from.is_none() && !machine.states[from].terminal);
            row.trigger == trigger && leaves
        })
        .collect();
    candidates.sort_by_key(|at| {
        let row = &machine.transitions[*at];
        (row.from.is_none(), Reverse(row.priority))
    });
    let mut reasons = Vec::new();
    for at in candidates {
        match refusal(at) {
            None => return Ok(at),
            Some(why) => reasons.push(format!("{why} ({})", machine.transitions[at].at)),
        }
    }
    if reasons.is_empty() {
        reasons.push("no transition of this trigger leads out of this state".to_owned());
    }
    Err(reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::next;
    use crate::plan::{At, MachineRow, StateRow, TransitionRow};

    const AT: At = At { file: "m.yaml", line: 7, column: 3 };

    const fn state(name: &'static str, terminal: bool) -> StateRow {
        StateRow { name, terminal }
    }

    const fn row(from: Option<usize>, to: usize, trigger: usize, priority: u32) -> TransitionRow {
        TransitionRow { from, to, trigger, priority, at: AT }
    }

    /// 0 open, 1 checked, 2 closed, 3 void (terminal); triggers 0 go, 1 cancel.
    const MACHINE: MachineRow = MachineRow {
        states: &[state("open", false), state("checked", false), state("closed", false), state("void", true)],
        initial: 0,
        triggers: &["go", "cancel"],
        transitions: &[
            row(None, 3, 1, 9),
            row(Some(0), 1, 0, 1),
            row(Some(0), 2, 0, 5),
            row(Some(0), 0, 0, 5),
            row(Some(1), 2, 1, 0),
        ],
    };

    fn to(from: usize, trigger: usize, holds: &[usize]) -> Result<usize, String> {
        next(&MACHINE, from, trigger, |at| (!holds.contains(&at)).then_some("it does not hold"))
            .map(|at| MACHINE.transitions[at].to)
    }

    #[test]
    fn the_highest_priority_that_holds_fires_and_ties_are_in_the_order_of_the_contract() {
        assert_eq!(to(0, 0, &[1, 2, 3]), Ok(2));
        assert_eq!(to(0, 0, &[1, 3]), Ok(0));
        assert_eq!(to(0, 0, &[1]), Ok(1));
    }

    #[test]
    fn a_transition_of_any_state_comes_after_those_of_its_own_whatever_its_priority() {
        assert_eq!(to(1, 1, &[0, 4]), Ok(2));
        assert_eq!(to(1, 1, &[0]), Ok(3), "the own one does not fire");
        assert_eq!(to(0, 1, &[0]), Ok(3));
    }

    #[test]
    fn nothing_leads_out_of_a_terminal_state() {
        assert_eq!(to(3, 1, &[0]), Err("no transition of this trigger leads out of this state".to_owned()));
    }

    #[test]
    fn who_is_refused_is_told_why_and_where_the_contract_says_so() {
        assert_eq!(
            to(1, 1, &[]),
            Err("it does not hold (m.yaml:7:3); it does not hold (m.yaml:7:3)".to_owned())
        );
        assert_eq!(to(2, 0, &[]), Err("no transition of this trigger leads out of this state".to_owned()));
    }
}
