//! What a state machine declares, before its names are resolved.

use super::{Given, List};
use crate::contract::{Action, Guard, Version};
use crate::source::{Span, Spanned};

/// `state_machine`.
#[derive(Debug)]
pub(crate) struct MachineDeclaration {
    pub(crate) key: Span,
    pub(crate) name: Given<Option<Spanned<String>>>,
    pub(crate) version: Given<Option<Version>>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) states: Given<List<StateDeclaration>>,
    pub(crate) initial: Given<Spanned<String>>,
    pub(crate) terminal: List<Spanned<String>>,
    pub(crate) error: List<Spanned<String>>,
    pub(crate) transitions: Given<List<TransitionDeclaration>>,
    pub(crate) operations: List<OperationDeclaration>,
    pub(crate) persistent: Given<Option<Spanned<bool>>>,
    pub(crate) checkpoint_interval_ms: Given<Option<Spanned<u64>>>,
    pub(crate) transition_timeout_ms: Given<Option<Spanned<u64>>>,
}

/// A state's or a trigger's name, and the Rust variant that stands for it.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) name: Spanned<String>,
    pub(crate) variant: String,
}

/// An entry of `states`.
#[derive(Debug)]
pub(crate) struct StateDeclaration {
    pub(crate) name: Given<Variant>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) terminal: Given<Option<Spanned<bool>>>,
    pub(crate) required_data: List<Spanned<String>>,
    pub(crate) optional_data: List<Spanned<String>>,
    pub(crate) entry: Given<Vec<Action>>,
    pub(crate) exit: Given<Vec<Action>>,
    pub(crate) timeout_ms: Given<Option<Spanned<u64>>>,
}

/// An entry of `transitions`.
#[derive(Debug)]
pub(crate) struct TransitionDeclaration {
    pub(crate) name: Given<Option<Spanned<String>>>,
    pub(crate) from: Given<Spanned<String>>,
    pub(crate) to: Given<Spanned<String>>,
    pub(crate) trigger: Given<Variant>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) priority: Given<Option<Spanned<u32>>>,
    pub(crate) guards: Given<Vec<Guard>>,
    pub(crate) actions: Given<Vec<Action>>,
    pub(crate) max_retries: Given<Option<Spanned<u32>>>,
    pub(crate) retry_delay_ms: Given<Option<Spanned<u64>>>,
    pub(crate) rollbacks: List<Spanned<String>>,
    pub(crate) span: Span,
}

/// An entry of `operations`.
#[derive(Debug)]
pub(crate) struct OperationDeclaration {
    pub(crate) name: Given<Spanned<String>>,
    pub(crate) target: Given<Option<Spanned<String>>>,
    pub(crate) rollbacks: Given<Vec<RollbackDeclaration>>,
    pub(crate) span: Span,
}

/// What undoes an operation: the states that it names.
#[derive(Debug)]
pub(crate) struct RollbackDeclaration {
    pub(crate) states: Vec<Spanned<String>>,
}

impl StateDeclaration {
    /// A state that is only a name.
    pub(crate) fn named(name: Variant) -> Self {
        Self {
            name: Ok(name),
            description: Ok(None),
            terminal: Ok(None),
            required_data: List::absent(),
            optional_data: List::absent(),
            entry: Ok(Vec::new()),
            exit: Ok(Vec::new()),
            timeout_ms: Ok(None),
        }
    }
}
