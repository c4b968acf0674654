//! What expanded code may name. No part of the public interface: it changes with every release.
//!
//! The macro crate and this one are released together (`=` in the dependency), so the two always agree.

mod answer;
mod explain;
mod guard;
mod pattern;
mod placeholder;
mod text;

pub use core::marker::PhantomData;
pub use core::option::Option;
pub use core::result::Result;
pub use std::string::String;
pub use std::vec::Vec;

pub use answer::{NoResult, Returned};
pub use explain::{Explain, NotDisplayed, Opaque, Unclassified, ViaClassify, ViaDisplay};
pub use guard::{
    AlwaysGiven, Containing, EqualTo, Given, MayBeAbsent, Measured, OrderedWith, RequiredField, UnknownField,
};
pub use pattern::{Matching, Pattern};
pub use placeholder::{Declared, NOWHERE_EVENT, NOWHERE_INTENT, Nowhere, Placeholder, Probe, Untyped};
pub use text::{
    Names, Sort, check_event_name, check_handler_name, check_intent_type, check_workflow_name, declared,
};

pub use serde;

pub use crate::message::{DecodeError, Envelope, Event, Intent, IntentId, Payload, StepValue, intent_hash};
pub use crate::node::answer::sort::{AnyValue, EMIT, NOTHING, Sort as AnswerSort, VALUE};
pub use crate::node::answer::{Answer, NoAnswer, Valued};
pub use crate::node::call::{Callee, Calls, MayCall};
pub use crate::node::condition::{ConditionHandler, Decided, Known, NoOutputYet, NotDecidedYet, Output};
pub use crate::node::mount::{Mount, Mounted, RunValue};
pub use crate::node::reduce::{
    Emitting, Folds, InPlace, MachineState, Made, MadeFromState, Make, Next, NoState, NoStateType,
    NotChecked, NotMade, Reducer, ReducerState, State, Transition, TransitionHandler,
};
pub use crate::node::route::{
    Answers, Brings, ByValue, MayAwait, MayTake, Message, NothingBrought, Route, RouteHandler, Routes, Takes,
};
pub use crate::node::step::{
    Always, Asynchronous, Attempt, Compensation, CompensationHandler, Dependency, DependsOn, Entries,
    EntriesFor, Executed, ForEach, Gate, GivesTo, GoesOver, GroupOf, Inputs, IsPresent, Item, MayFold,
    MayTakeGroups, MayTakeOne, MayUse, Maybe, Never, NoHandlerYet, NoItemYet, OneOf, Optional, OptionalEdge,
    Outputs, OverAList, Param, PublishedAs, Publishes, Required, RequiredEdge, RunInput, Step, StepHandler,
    StepOutput, TakesItem, Told,
};
pub use crate::node::{
    AskedIntent, AsksNothing, BatchWorkflow, Completes, Contracted, Ctx, Dep, Emit, Emits, Emitted,
    EmittedIntent, Fault, FaultClass, FromContainer, HandlerOf, Intends, IntentOutcomes, IntentsOf,
    NoHandlerThere, Node, Provides, Starts, StreamWorkflow, Workflow,
};
pub use crate::plan::Brings as BringsRow;
pub use crate::plan::{
    At, BackendRow, BreakerRow, CompensationRow, EachRow, EntryRow, ErrorAction, EventRow, FailureRow,
    GateRow, Growth, IntentRow, Kind, LastingRow, MachineRow, Mode, NodeTable, OnDuplicate, PaceRow,
    RetryRow, RouteRow, Said, StateRow, StepRow, Strategy, TransitionRow, UndoOrder, UndoingRow, WindowRow,
    WorkflowRow, WorkflowType,
};

/// What one node says to others, and the proof over several.
pub mod system {
    pub use crate::system::*;
}

/// A step that is async.
pub const fn may_be_async<S: MayUse<Asynchronous>>() {}

/// A step that takes one item, or one run, at a time.
pub const fn may_take_one<S: MayTakeOne<()>>() {}

/// A step that is a workflow, which its handler calls by what it returns.
///
/// # Panics
/// While compiling, if that is another workflow than the contract names.
#[track_caller]
pub const fn may_call<S: MayCall<()>, C: Calls>() {
    if let Some(workflow) = C::CALLEE.table.workflow {
        check_workflow_name(workflow.name, S::WORKFLOW, S::AT);
    }
}

/// A step that folds items.
pub const fn may_fold<S: MayFold<()>>() {}

/// What a fold keeps.
pub const fn can_be_folded<T: ReducerState>() {}

/// A step that takes groups of items.
pub const fn may_take_groups<S: MayTakeGroups<()>>() {}

/// A step that takes a `Dep`.
pub const fn may_use_dependencies<S: MayUse<Dependency>>() {}

/// A route's handler that takes a `Dep`.
pub const fn may_take_dependencies<R: MayTake<Dependency>>() {}

/// A route's handler that is async.
pub const fn may_await<R: MayAwait<()>>() {}

/// What a route's handler returns, or what its `Result` holds.
pub const fn answers<R: Answers<SORT, T>, const SORT: u8, T>() {}

/// What a handler returned that changes the state in place. Other than nothing, it is a compile error elsewhere.
pub fn discard<T>(_: T) {}

/// What a step returns, or its error.
pub const fn can_be_journalled<T: StepValue>() {}

/// The identity of a run, from the field that the contract names as `key`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a run",
    label = "the contract names this field as `key`",
    note = "a key is a string, an integer or anything else that implements `Display`"
)]
pub trait RunKey {
    /// The key.
    fn run_key(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: std::fmt::Display> RunKey for T {
    fn run_key(&self) -> String {
        self.to_string()
    }
}
