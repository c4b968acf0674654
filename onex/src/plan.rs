//! The static tables that the macros generate: what a node is, as plain data.
//!
//! Everything here is `const`-constructible and borrowed for `'static`. It must not know handlers, containers or
//! the engine: a table says *what* is declared, the [`node`](crate::node) traits say *who* does it.

mod failures;
mod lasting;
mod said;
mod workflow_type;

use serde::{Deserialize, Serialize};

pub use failures::{
    BackendRow, BreakerRow, CompensationRow, FailureRow, Growth, PaceRow, RetryRow, UndoOrder, UndoingRow,
    WindowRow,
};
pub use lasting::LastingRow;
pub use said::Said;
pub use workflow_type::WorkflowType;

/// A place in a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The path of the contract, or of a file that it includes, relative to the same folder as the path in the attribute.
    pub file: &'static str,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
}

impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The four kinds of node, and of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Pure transformation.
    Compute,
    /// Talks to the outside.
    Effect,
    /// Folds events into state.
    Reducer,
    /// Coordinates: events and intents, never a result.
    Orchestrator,
}

/// One node, whole.
#[derive(Debug)]
pub struct NodeTable {
    /// The contract's `name`.
    pub name: &'static str,
    /// The contract's `node_type`.
    pub kind: Kind,
    /// The contract's path.
    pub contract: &'static str,
    /// Every event type that the contract gives a topic.
    pub events: &'static [EventRow],
    /// The routing table.
    pub routes: &'static [RouteRow],
    /// The intent routing table.
    pub intents: &'static [IntentRow],
    /// `error_handling`.
    pub failures: FailureRow,
    /// The workflow, if there is one.
    pub workflow: Option<&'static WorkflowRow>,
}

/// An event type on its topic.
#[derive(Debug, Clone, Copy)]
pub struct EventRow {
    /// The type's name in the contract.
    pub name: &'static str,
    /// The topic as declared, placeholders included.
    pub topic: &'static str,
    /// `producer.event-name`, derived from the topic.
    pub wire_type: &'static str,
    /// The node subscribes to it.
    pub consumed: bool,
    /// The node publishes it.
    pub published: bool,
    /// It is produced outside this program.
    pub external: bool,
    /// Where the contract says so.
    pub at: At,
}

/// One route: what arrives and who handles it.
#[derive(Debug, Clone, Copy)]
pub struct RouteRow {
    /// What arrives.
    pub brings: Brings,
    /// The handler's name.
    pub handler: &'static str,
    /// `on_exhausted: park`: what has a key and cannot be handled is kept, and holds back what comes behind it.
    pub parks: bool,
    /// Where the contract says so.
    pub at: At,
}

/// What a route brings to its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brings {
    /// The event at this index of [`NodeTable::events`].
    Event(usize),
    /// The intent of this type.
    Intent(&'static str),
    /// What asks for an operation or a payload by this name.
    Named {
        /// The [`wire_type`](crate::Envelope::wire_type) of the envelopes that ask for it.
        name: &'static str,
        /// The topics on which they travel, as declared. None: on a topic of the node's own.
        topics: &'static [&'static str],
    },
    /// Whatever travels on these topics, as declared, and asks for no route of the node by name.
    Topic(&'static [&'static str]),
    /// What no other route of the node takes.
    Rest {
        /// The topics on which it travels, as declared. None: a topic of the node's own.
        topics: &'static [&'static str],
        /// The handler takes the envelope, and not what it carries.
        whole: bool,
    },
}

/// One line of the intent routing table.
#[derive(Debug, Clone, Copy)]
pub struct IntentRow {
    /// The intent's type, for example `payment.process`.
    pub intent_type: &'static str,
    /// The contract name of the node that executes it.
    pub node: &'static str,
    /// Where the contract says so.
    pub at: At,
}

/// A workflow.
#[derive(Debug)]
pub struct WorkflowRow {
    /// `workflow_name`.
    pub name: &'static str,
    /// `workflow_version`: major, minor, patch.
    pub version: (u32, u32, u32),
    /// `workflow_type`.
    pub workflow_type: WorkflowType,
    /// Which of the numbers below the contract gives.
    pub said: Said,
    /// `execution_mode`.
    pub mode: Mode,
    /// `failure_recovery_strategy`.
    pub strategy: Strategy,
    /// `max_retries`.
    pub max_retries: u32,
    /// `timeout_ms` of a run.
    pub timeout_ms: u64,
    /// `max_parallel_steps`, at least 1. Of a batch, how many calls there are at once.
    pub max_parallel_steps: u32,
    /// `batch_size`, at least 1.
    pub batch_size: u32,
    /// `retry_delay_ms`, `backoff_strategy`, `backoff_multiplier`, `max_retry_delay_ms` and `jitter_factor`.
    pub pace: PaceRow,
    /// `circuit_breaker`: that of each effect step, unless it names another target.
    pub breaker: Option<BreakerRow>,
    /// `max_concurrent_workflows`; `None`: as many as the engine allows.
    pub max_concurrent_runs: Option<u32>,
    /// `shutdown_timeout_ms`; `None`: what the program says.
    pub grace_ms: Option<u64>,
    /// `max_workflow_depth`: how deep workflows may be in this one.
    pub max_depth: u32,
    /// `dead_letter_queue_enabled`.
    pub dead_letter: bool,
    /// What asks for runs that survive the process, if the contract does.
    pub lasting: Option<LastingRow>,
    /// `compensation_plan`, but for what it says of each step, which is in the steps' rows.
    pub undoing: UndoingRow,
    /// `min_required_steps_completion_percent`.
    pub min_completed_percent: Option<f64>,
    /// The steps in declaration order. Free of cycles: `onex-contract` has checked it.
    pub steps: &'static [StepRow],
    /// How an event starts a run, if one does.
    pub entry: Option<EntryRow>,
}

/// `execution_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One step at a time.
    Sequential,
    /// Every step whose dependencies are done, at most `max_parallel_steps` at once.
    Parallel,
    /// One step at a time, those whose conditions hold.
    Conditional,
    /// One run over many items, which steps may take in groups.
    Batch,
    /// One run over an endless stream of items, each of which goes through all steps.
    Streaming,
}

/// `failure_recovery_strategy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// The first failed step stops the run.
    FailFast,
    /// What needs the failed step is skipped.
    ContinueOnError,
    /// Retried by default, then as `FailFast`.
    Retry,
    /// Completed effects are undone.
    Compensate,
}

/// One step.
#[derive(Debug, Clone, Copy)]
pub struct StepRow {
    /// `node_id`.
    pub id: &'static str,
    /// `node_type`.
    pub kind: Kind,
    /// `depends_on`, as indexes of [`WorkflowRow::steps`].
    pub depends_on: &'static [u32],
    /// `timeout_ms` of one attempt.
    pub timeout_ms: u64,
    /// Whether the contract gives it, here or for all steps.
    pub says_timeout: bool,
    /// `retry_count`: additional attempts; `None`: what the strategy says.
    pub retry_count: Option<u32>,
    /// `continue_on_error`.
    pub continue_on_error: bool,
    /// `error_action`, where the failure of this step means something else than the strategy says.
    pub error_action: Option<ErrorAction>,
    /// `enabled`.
    pub enabled: bool,
    /// `skip_on_failure`.
    pub skip_on_failure: bool,
    /// `priority`: of the steps that may run, the lower goes first.
    pub priority: u32,
    /// `order_index`: of those of one priority, the lower goes first.
    pub order_index: u32,
    /// `run_if: always`: the step runs without any of the outputs that it may take.
    pub run_always: bool,
    /// The steps that its condition looks at. They come before it, and may be among `depends_on`.
    pub looks_at: &'static [u32],
    /// The branch before this one in its `branch_group`: of both only one runs.
    pub else_of: Option<u32>,
    /// `compensation`.
    pub compensation: Option<CompensationRow>,
    /// `circuit`: the target whose breaker guards the step.
    pub circuit: Option<&'static str>,
    /// `output_events`: index of [`NodeTable::events`].
    pub publishes: Option<usize>,
    /// `for_each`: the list that it goes over.
    pub each: Option<EachRow>,
    /// `event_pattern` of a step that is not the entry: what it waits for.
    pub gate: Option<GateRow>,
    /// `workflow`: the name of the workflow that it is.
    pub workflow: Option<&'static str>,
    /// `intent_filter`: what it sends of that which the steps before it ask for, as indexes of [`NodeTable::intents`].
    pub sends: &'static [usize],
    /// Where the contract says so.
    pub at: At,
}

/// `error_action`: how the run goes on when the step has failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorAction {
    /// It stops, and nothing is undone.
    Stop,
    /// What needs the step is skipped, all else runs.
    Continue,
    /// It stops, and completed effects are undone.
    Compensate,
}

/// A reducer's state machine. Every state can be reached and every transition may fire: `onex-contract` has checked it.
#[derive(Debug)]
pub struct MachineRow {
    /// The states, in the order of the contract.
    pub states: &'static [StateRow],
    /// The index of the state that a machine starts in.
    pub initial: usize,
    /// The names of the triggers.
    pub triggers: &'static [&'static str],
    /// The transitions, in the order of the contract.
    pub transitions: &'static [TransitionRow],
}

/// A state of a machine.
#[derive(Debug, Clone, Copy)]
pub struct StateRow {
    /// `state_name`.
    pub name: &'static str,
    /// Nothing leads out of it.
    pub terminal: bool,
}

/// A transition of a machine.
#[derive(Debug, Clone, Copy)]
pub struct TransitionRow {
    /// Index of the state that it leads out of. `None`: any that is not terminal and has no transition of its own that fires.
    pub from: Option<usize>,
    /// Index of the state that it leads to.
    pub to: usize,
    /// Index of its trigger.
    pub trigger: usize,
    /// Of several that may fire, the one with the highest does; ties in the order of the contract.
    pub priority: u32,
    /// Where the contract says so.
    pub at: At,
}

/// How an event starts a run.
#[derive(Debug, Clone, Copy)]
pub struct EntryRow {
    /// The entry step's index.
    pub step: u32,
    /// The events that start a run, as indexes of [`NodeTable::events`]: at least one.
    pub events: &'static [usize],
    /// `on_duplicate`.
    pub on_duplicate: OnDuplicate,
}

/// The list that a step goes over: it is done once for each entry.
#[derive(Debug, Clone, Copy)]
pub struct EachRow {
    /// The step in whose output the list is; `None`: it is in what the run was started with.
    pub of: Option<u32>,
    /// `max_parallel_instances`, at least 1.
    pub at_once: u32,
}

/// What a step waits for in the middle of a run.
#[derive(Debug, Clone, Copy)]
pub struct GateRow {
    /// The events of which one completes it, as indexes of [`NodeTable::events`]: at least one.
    pub events: &'static [usize],
    /// `gate_timeout_ms`: how long it waits, by the clock on the wall; `None`: as long as the run.
    pub timeout_ms: Option<u64>,
    /// Where the contract says so.
    pub at: At,
}

/// `on_duplicate`: what a second event with the key of an existing run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDuplicate {
    /// Refused, and dead-lettered with the run that it collides with.
    Reject,
    /// Acknowledged; the existing run is the answer.
    Join,
    /// Starts another run.
    NewRun,
}
