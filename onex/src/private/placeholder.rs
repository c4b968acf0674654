//! Placeholders: what stands in for a name that the contract does not declare, so that one fault is one message.
//!
//! Expanded code looks a name up through a glob import and falls back to a placeholder of the same name, which keeps the
//! rest of the expansion quiet. For markers the module's own list says what is missing, for the user's types
//! [`Probe::MISSING`] does. Nothing here ever runs: a program with a placeholder in use does not compile.

use crate::message::{Event, RustType};
use crate::node::reduce::{MachineState, Reducer};
use crate::node::{EmittedIntent, Node};
use crate::plan::{At, EventRow, FailureRow, IntentRow, Kind, MachineRow, NodeTable};

/// A type that stands in for a missing one.
pub trait Placeholder {}

/// Asks whether a name was found: `Probe::<name>::MISSING`.
#[derive(Debug)]
pub struct Probe<T>(std::marker::PhantomData<fn() -> T>);

impl<T: Placeholder> Probe<T> {
    /// The name is a placeholder.
    pub const MISSING: bool = true;
}

impl<T: Event> Probe<T> {
    /// Where the event is defined.
    pub const DEFINED: Option<RustType> = T::DEFINED;
}

/// The answer for every type that is no placeholder.
pub trait Declared {
    /// The name was found.
    const MISSING: bool = false;
    /// It is no event, which is said elsewhere.
    const DEFINED: Option<RustType> = None;
}
impl<T> Declared for Probe<T> {}

/// The message of a route to which a contract gives no type: the parameter of its handler does.
#[derive(Debug)]
pub enum Untyped {}

/// The node of a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nowhere {}

impl Node for Nowhere {
    const TABLE: &'static NodeTable = &NodeTable {
        name: "",
        kind: Kind::Effect,
        contract: "",
        events: &[],
        routes: &[],
        intents: &[],
        failures: FailureRow::NONE,
        workflow: None,
    };
}

impl Reducer for Nowhere {
    type Data = Nowhere;
    type State = Nowhere;
    const MACHINE: &'static MachineRow =
        &MachineRow { states: &[], initial: 0, triggers: &[], transitions: &[] };
    fn refusal(_: usize, _: &dyn std::any::Any) -> Option<&'static str> {
        None
    }
    fn intents(_: usize, _: usize, _: &dyn std::any::Any) -> Vec<EmittedIntent> {
        Vec::new()
    }
}

impl MachineState for Nowhere {
    const ALL: &'static [Self] = &[];
    fn name(self) -> &'static str {
        match self {}
    }
}

const NOWHERE: At = At { file: "", line: 0, column: 0 };

/// The event of a placeholder.
pub static NOWHERE_EVENT: EventRow = EventRow {
    name: "",
    topic: "",
    wire_type: "",
    consumed: false,
    published: false,
    external: false,
    at: NOWHERE,
};

/// The intent of a placeholder.
pub static NOWHERE_INTENT: IntentRow = IntentRow { intent_type: "", node: "", at: NOWHERE };

/// What it is given. An editor that does not expand it finds nothing in it.
#[doc(hidden)]
#[macro_export]
macro_rules! __onex_proven {
    ($($check:tt)*) => { $($check)* };
}

/// Markers that satisfy everything.
#[doc(hidden)]
#[macro_export]
macro_rules! __onex_placeholders {
    ($visibility:vis, $($name:ident)*) => { $(
        /// Stands in for a name of a contract that cannot be read.
        #[allow(non_camel_case_types, dead_code)]
        $visibility enum $name {}
        impl $crate::__private::Route for $name {
            type Node = $crate::__private::Nowhere;
            type Message = $crate::__private::Nowhere;
            const INDEX: usize = usize::MAX;
            const DECLARED: &'static str = "";
        }
        impl $crate::__private::Step for $name {
            type Node = $crate::__private::Nowhere;
            const ID: &'static str = "";
            const INDEX: u32 = u32::MAX;
        }
        impl $crate::__private::Compensation for $name {
            type Undoes = $name;
        }
        impl<D> $crate::__private::DependsOn<D> for $name {
            type Presence = $crate::__private::Always;
        }
        impl<T, A> $crate::__private::GivesTo<T, A> for $name {}
        impl<W> $crate::__private::MayUse<W> for $name {}
        impl<W> $crate::__private::Executed<W> for $name {}
        impl<W> $crate::__private::MayTakeOne<W> for $name {}
        impl<W> $crate::__private::MayTakeGroups<W> for $name {}
        impl<W> $crate::__private::MayFold<W> for $name {}
        impl<W> $crate::__private::MayCall<W> for $name {
            const WORKFLOW: &'static str = "";
            const AT: &'static str = "";
        }
        impl<W> $crate::__private::MayTake<W> for $name {}
        impl<X> $crate::__private::MayAwait<X> for $name {}
        impl<D> $crate::__private::Folds<D> for $name {}
        impl $crate::__private::Transition for $name {
            const TRIGGER: usize = usize::MAX;
        }
        impl<const SORT: u8, T> $crate::__private::Answers<SORT, T> for $name {}
        impl<X> $crate::__private::Starts<X> for $name {}
        impl<M> $crate::__private::Emits<M> for $name {
            const EVENT: &'static $crate::__private::EventRow = &$crate::__private::NOWHERE_EVENT;
        }
        impl<M> $crate::__private::Intends<M> for $name {
            const TARGET: &'static $crate::__private::IntentRow = &$crate::__private::NOWHERE_INTENT;
        }
    )* };
}
