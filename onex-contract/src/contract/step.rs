//! One step of a workflow, and what completes, gates, repeats or undoes it.

use super::{Condition, EventIndex, NodeKind, StepIndex};
use crate::language::words;
use crate::source::{Span, Spanned};

/// One step of `execution_graph.nodes`.
#[derive(Debug, Clone)]
pub struct Step {
    /// `node_id` as written.
    pub id: Spanned<String>,
    /// `node_id` as a Rust identifier (`-` is `_`, a keyword is `r#keyword`).
    pub ident: String,
    /// `node_type`.
    pub kind: StepKind,
    /// Where `node_type` stands.
    pub kind_span: Span,
    /// `description`.
    pub description: Option<String>,
    /// `depends_on`, resolved.
    pub depends_on: Vec<Spanned<StepIndex>>,
    /// Where the list of `depends_on` stands, if there is one.
    pub depends_on_span: Option<Span>,
    /// `timeout_ms` of one attempt: 100 to 300,000; the default is `step_timeout_ms`, 30,000.
    pub timeout_ms: u64,
    /// Whether the contract gives it, here or for all steps.
    pub says_timeout: bool,
    /// `retry_count`: additional attempts, 0 to 10. `None`: what the strategy says.
    pub retry_count: Option<u32>,
    /// `continue_on_error`, or `error_action: continue`: a failure of this step does not fail the run.
    pub continue_on_error: bool,
    /// `error_action`: what a failure of this step means, whatever the strategy.
    pub error_action: Option<ErrorAction>,
    /// `enabled`.
    pub enabled: bool,
    /// `skip_on_failure`: it is skipped once another step has failed.
    pub skip_on_failure: bool,
    /// `priority`: 1 to 1,000, default 100; the lower goes first.
    pub priority: u32,
    /// `order_index`: which of several steps of one priority that may run goes first, before the order of the file.
    pub order_index: u32,
    /// `parallel_group`.
    pub parallel_group: Option<String>,
    /// `max_parallel_instances`: 1 to 100, default 1.
    pub max_parallel_instances: u32,
    /// `max_memory_mb`: 1 to 32,768.
    pub max_memory_mb: Option<u32>,
    /// `max_cpu_percent`: 1 to 100.
    pub max_cpu_percent: Option<u32>,
    /// `compensation`: what undoes this step.
    pub compensation: Option<Compensation>,
    /// `event_pattern` of a step that nothing comes before: its event starts a run, and it has no handler.
    pub entry: Option<Entry>,
    /// `event_pattern` of any other step: it waits for an event, and has no handler.
    pub gate: Option<Gate>,
    /// `intent_filter`: it sends the intents of what it depends on, and has no handler.
    pub sends: Option<IntentFilter>,
    /// `output_events`: the output of this step is one of these events, published when the step is recorded.
    pub publishes: Vec<Spanned<EventIndex>>,
    /// `run_if`.
    pub run_if: RunIf,
    /// `condition` or `conditions`.
    pub condition: Option<Condition>,
    /// `branch_group`.
    pub branch_group: Option<Spanned<String>>,
    /// `circuit`: whose circuit breaker counts the failures of this step.
    pub circuit: Option<Spanned<String>>,
    /// `for_each`: the list of which each entry is an instance of this step.
    pub for_each: Option<OutputPath>,
    /// `workflow`: the workflow that is this step.
    pub workflow: Option<Spanned<String>>,
    /// `node_name`, or a node named in `step_config`: who executes the step in place of a handler here.
    pub executors: Vec<Executor>,
    /// `step_config.available_compute_nodes`: of which the step's handler chooses.
    pub candidates: Vec<Spanned<String>>,
    /// `step_config.aggregation_strategy`: how the outcomes that come together here are judged.
    pub aggregation: Option<Spanned<String>>,
    /// `step_config.routing_field`: the field by which the work is given to one of several nodes.
    pub routing_field: Option<Spanned<String>>,
    /// `step_config.skip_condition`: an expression; the step is skipped where it holds.
    pub skip_condition: Option<Spanned<String>>,
    /// The step's mapping.
    pub span: Span,
}

impl Step {
    /// The events that complete the step, if some do.
    pub fn awaits(&self) -> Option<&Awaits> {
        let entry = self.entry.as_ref().map(|entry| &entry.awaits);
        entry.or(self.gate.as_ref().map(|gate| &gate.awaits))
    }

    /// What the enumeration of the events is called in Rust, if one of several completes the step.
    pub fn events_ident(&self) -> Option<String> {
        self.awaits().filter(|awaits| awaits.only().is_none()).map(|_| events_ident(&self.ident))
    }
}

/// `order_placed` as `OrderPlacedEvent`.
pub(crate) fn events_ident(ident: &str) -> String {
    let words = ident.trim_start_matches("r#").split('_').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    });
    words.chain(["Event".to_owned()]).collect()
}

/// A node that executes a step.
#[derive(Debug, Clone)]
pub struct Executor {
    /// Its name.
    pub node: Spanned<String>,
    /// The kind of node that the step asks for; `None`: any, as for what the orchestrator does itself.
    pub kind: Option<NodeKind>,
}

words! {
    /// `node_type` of a step: one of the four kinds, or work of the orchestrator itself.
    pub enum StepKind {
        /// Pure transformation: always gives back a value.
        Compute = "compute" | "compute_generic";
        /// Talks to the outside; gives back a value.
        Effect = "effect" | "effect_generic";
        /// Folds what comes before it into a value.
        Reducer = "reducer" | "reducer_generic";
        /// Another workflow, as one step of this one.
        Orchestrator = "orchestrator" | "orchestrator_generic", later;
        /// A decision of the orchestrator itself, without a node of its own.
        Internal = "orchestrator_internal" | "internal", later;
    }
}

impl StepKind {
    /// The kind of node that executes such a step, if it is not the orchestrator itself.
    pub fn of_node(self) -> Option<NodeKind> {
        match self {
            Self::Compute => Some(NodeKind::Compute),
            Self::Effect => Some(NodeKind::Effect),
            Self::Reducer => Some(NodeKind::Reducer),
            Self::Orchestrator => Some(NodeKind::Orchestrator),
            Self::Internal => None,
        }
    }
}

words! {
    /// `error_action`: what a failure of one step means.
    pub enum ErrorAction default Stop {
        /// It stops the run, and nothing is undone.
        Stop = "stop";
        /// What needs the step is skipped, all else runs.
        Continue = "continue";
        /// It is tried again `max_retries` times; then what the strategy says.
        Retry = "retry";
        /// It stops the run, and completed effects are undone.
        Compensate = "compensate";
    }
}

words! {
    /// `run_if`: what a step does without the outputs that it may take.
    pub enum RunIf default Inputs {
        /// It is skipped if all of them are absent.
        Inputs = "default";
        /// It runs.
        Always = "always";
    }
}

/// What undoes a step.
#[derive(Debug, Clone)]
pub struct Compensation {
    /// The name as written.
    pub name: Spanned<String>,
    /// The name as a Rust identifier.
    pub ident: String,
    /// `timeout_ms` of one attempt: 1,000 to 300,000.
    pub timeout_ms: Option<u64>,
    /// `retry_count`: 0 to 10.
    pub retry_count: Option<u32>,
    /// `delay_ms`: 0 to 60,000.
    pub delay_ms: Option<u64>,
    /// `priority`: 1 to 1,000; the lower goes first.
    pub priority: Option<u32>,
}

/// A step that an event completes and that nothing comes before: where a run starts.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What the step waits for.
    pub awaits: Awaits,
    /// `key`: the field of the event that is the run's identity; `None`: each event is a run of its own.
    pub key: Option<Spanned<String>>,
    /// `on_duplicate`: what a second event with the same key does.
    pub on_duplicate: OnDuplicate,
}

/// A step that an event completes in the middle of a run.
#[derive(Debug, Clone)]
pub struct Gate {
    /// What the step waits for.
    pub awaits: Awaits,
    /// `key`: the field of the event that tells which run waits for it.
    pub key: Spanned<String>,
    /// `gate_timeout_ms`: how long it waits by the clock on the wall; `None`: as long as the run.
    pub timeout_ms: Option<u64>,
}

/// The events that complete a step.
#[derive(Debug, Clone)]
pub struct Awaits {
    /// The event types that the patterns match, each once, at least one.
    pub events: Vec<EventIndex>,
    /// `event_pattern`, as written, at least one.
    pub patterns: Vec<Spanned<String>>,
}

impl Awaits {
    /// The event that is awaited, if it is the only one.
    pub fn only(&self) -> Option<EventIndex> {
        match self.events[..] {
            [event] => Some(event),
            _ => None,
        }
    }

    /// Where the first pattern stands.
    pub fn span(&self) -> Span {
        self.patterns[0].span
    }
}

/// A step that sends intents.
#[derive(Debug, Clone)]
pub struct IntentFilter {
    /// `intent_filter`, as written.
    pub patterns: Vec<Spanned<String>>,
    /// The lines of the routing table that they match: indexes into [`Contract::intents`](super::Contract::intents).
    pub intents: Vec<usize>,
}

/// A value that an earlier step gave back, or a field of it.
#[derive(Debug, Clone)]
pub struct OutputPath {
    /// Whose output.
    pub of: OutputOf,
    /// The fields, outermost first; none: the output itself.
    pub fields: Vec<String>,
    /// As written.
    pub span: Span,
}

/// Whose output is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputOf {
    /// What the run was started with, written `input`.
    Input,
    /// A step's.
    Step(StepIndex),
}

words! {
    /// `on_duplicate`.
    pub enum OnDuplicate default Reject {
        /// It is refused and dead-lettered with the run that it collides with.
        Reject = "reject";
        /// It is acknowledged; the existing run is the answer.
        Join = "join";
        /// It starts another run.
        NewRun = "new_run";
    }
}
