//! The state machine of a node, with every name resolved.

use super::{Guard, Version};
use crate::source::{Span, Spanned};

/// `state_machine`.
#[derive(Debug, Clone)]
pub struct Machine {
    /// `state_machine_name`.
    pub name: Option<Spanned<String>>,
    /// `state_machine_version`, or `version`.
    pub version: Option<Version>,
    /// `description`.
    pub description: Option<String>,
    /// The states, in the order of the file. Each can be reached from the initial one.
    pub states: Vec<State>,
    /// `initial_state`.
    pub initial: StateIndex,
    /// What makes the machine move, once each, in order of first mention.
    pub triggers: Vec<Trigger>,
    /// The transitions, in the order of the file. Each may fire: none is hidden behind another.
    pub transitions: Vec<Transition>,
    /// `operations`: what an administrator may do whatever the state.
    pub operations: Vec<Operation>,
    /// `persistence_enabled`: whether the state survives the process; default true.
    pub persistent: bool,
    /// `checkpoint_interval_ms`: at least 1,000, default 30,000.
    pub checkpoint_interval_ms: u64,
    /// `transition_timeout_ms`: default 5,000.
    pub transition_timeout_ms: u64,
    /// The key.
    pub span: Span,
}

impl Machine {
    /// Every action: those of the states, then those of the transitions.
    pub fn actions(&self) -> Vec<&Action> {
        let of_states = self.states.iter().flat_map(|state| state.exit.iter().chain(&state.entry));
        of_states.chain(self.transitions.iter().flat_map(|transition| &transition.actions)).collect()
    }
}

/// An index into [`Machine::states`].
pub type StateIndex = usize;

/// An index into [`Machine::triggers`].
pub type TriggerIndex = usize;

/// A state.
#[derive(Debug, Clone)]
pub struct State {
    /// `state_name`, as written.
    pub name: Spanned<String>,
    /// The variant of a Rust enumeration that stands for it: `closing_out`, `CLOSING_OUT` and `closing-out` are
    /// all `ClosingOut`.
    pub variant: String,
    /// `description`.
    pub description: Option<String>,
    /// `is_terminal`, or its name in `terminal_states`: nothing leads out of it.
    pub terminal: bool,
    /// Its name is in `error_states`.
    pub error: bool,
    /// `required_data`: the fields that must be there in this state.
    pub required_data: Vec<Spanned<String>>,
    /// `optional_data`: the fields that may be there in this state.
    pub optional_data: Vec<Spanned<String>>,
    /// `entry_actions`.
    pub entry: Vec<Action>,
    /// `exit_actions`.
    pub exit: Vec<Action>,
    /// `timeout_ms`: how long the machine may be in this state.
    pub timeout_ms: Option<u64>,
}

/// What makes a machine move.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// As written where it is first mentioned.
    pub name: Spanned<String>,
    /// The variant of a Rust enumeration that stands for it.
    pub variant: String,
}

/// A transition.
#[derive(Debug, Clone)]
pub struct Transition {
    /// `transition_name`.
    pub name: Option<Spanned<String>>,
    /// `from_state`; `None` is `*`: any state that is not terminal and has no transition of its own that fires.
    pub from: Option<StateIndex>,
    /// `to_state`.
    pub to: StateIndex,
    /// `trigger`.
    pub trigger: Spanned<TriggerIndex>,
    /// `description`.
    pub description: Option<String>,
    /// `priority`: of several that may fire, the one with the highest does; ties in the order of the file. Default 0.
    pub priority: u32,
    /// `conditions` and `guard_conditions`: all that are required must hold.
    pub guards: Vec<Guard>,
    /// `actions`.
    pub actions: Vec<Action>,
    /// `max_retries`: default 0.
    pub max_retries: u32,
    /// `retry_delay_ms`: default 1,000.
    pub retry_delay_ms: u64,
    /// The transition's mapping.
    pub span: Span,
}

/// What is done when a state is entered or left, or when a transition fires.
#[derive(Debug, Clone)]
pub struct Action {
    /// `action_name`.
    pub name: Spanned<String>,
    /// `action_type`: a word of the node's own.
    pub kind: Option<String>,
    /// `is_critical`: its failure is a failure of the transition.
    pub critical: bool,
    /// `timeout_ms`.
    pub timeout_ms: Option<u64>,
}

/// What an administrator may do.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operation_name`.
    pub name: Spanned<String>,
    /// `target_state`: where it leads, from any state.
    pub target: Option<StateIndex>,
    /// The operation's mapping.
    pub span: Span,
}
