//! The valid contract: what is left after every check has passed, with every reference resolved to an index.
//!
//! Only [`check`](crate::check) makes one, so nothing can be generated from a contract that was not checked.
//! It must not know YAML: spans are the only thing that is left of the file.

use crate::diagnostic::Diagnostic;
use crate::intent_type::IntentType;
use crate::language::words;
use crate::source::{Source, Span, Spanned};
use crate::topic::Topic;

/// A contract without a fault.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Contract {
    /// The texts that every span points into, those of included files among them.
    pub source: Source,
    /// `name`: how other contracts name this node.
    pub name: Spanned<String>,
    /// `node_type`.
    pub kind: NodeKind,
    /// Where `node_type` stands.
    pub kind_span: Span,
    /// `contract_version`.
    pub contract_version: Version,
    /// `node_version`, if given.
    pub node_version: Option<Version>,
    /// `description`.
    pub description: Option<String>,
    /// `input_model`: the type a program starts the workflow with, where no event does.
    pub input_model: Option<TypeRef>,
    /// `output_model`: documentation.
    pub output_model: Option<TypeRef>,
    /// Every event type that the contract names, once each, in order of first mention.
    pub events: Vec<Event>,
    /// `handler_routing.handlers`.
    pub routes: Vec<Route>,
    /// `intent_consumption.intent_routing_table`.
    pub intents: Vec<IntentTarget>,
    /// `workflow_coordination.workflow_definition`.
    pub workflow: Option<Workflow>,
    /// See [`Contract::unexecuted`].
    pub(crate) unexecuted: Vec<Diagnostic>,
}

impl Contract {
    /// A place as rustc shows it, for use inside a note; see [`Source::excerpt`].
    pub fn excerpt(&self, span: Span) -> String {
        self.source.excerpt(span)
    }

    /// Line and column of the start of a place, both from 1, in the file that [`Source::file_of`] tells.
    pub fn at(&self, span: Span) -> (usize, usize) {
        self.source.line_col(span.start)
    }
}

words! {
    /// `node_type`: one of the four kinds, in any of the spellings in use (`EFFECT_GENERIC`, `effect`).
    pub enum NodeKind {
        /// Pure transformation: always gives back a value.
        Compute = "compute" | "compute_generic";
        /// Talks to the outside: gives back events as a node, a value as a step.
        Effect = "effect" | "effect_generic";
        /// Folds events into state.
        Reducer = "reducer" | "reducer_generic";
        /// Coordinates: gives back events and intents, never a result.
        Orchestrator = "orchestrator" | "orchestrator_generic";
    }
}

/// A semantic version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Breaking changes.
    pub major: u32,
    /// Additions.
    pub minor: u32,
    /// Repairs.
    pub patch: u32,
}

/// A Rust type as a contract names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRef {
    /// A Rust identifier.
    pub name: Spanned<String>,
    /// The module it is in, as Rust path segments (`["crate", "events"]`); `None`: the scope of the node's struct.
    pub module: Option<Vec<String>>,
}

/// An event type and the one topic it travels on.
#[derive(Debug, Clone)]
pub struct Event {
    /// The type. Two spellings that differ only by a leading `Model` are one event; the shorter one is kept.
    pub rust: TypeRef,
    /// Where it travels.
    pub topic: Topic,
    /// The line that gives it its topic.
    pub declared: Span,
    /// It is in `consumed_events`: this node subscribes to its topic.
    pub consumed: bool,
    /// It is in `published_events`: this node may publish it.
    pub published: bool,
    /// `external: true`: it is produced outside this program.
    pub external: bool,
    /// `description`.
    pub description: Option<String>,
}

/// One entry of `handler_routing.handlers`.
#[derive(Debug, Clone)]
pub struct Route {
    /// What arrives.
    pub brings: Brings,
    /// `handler`.
    pub handler: HandlerRef,
    /// `output_events`, each with the place that lists it.
    pub outputs: Vec<Spanned<EventIndex>>,
    /// Where the list of `output_events` stands, if there is one.
    pub outputs_span: Option<Span>,
    /// The entry.
    pub span: Span,
}

/// An index into [`Contract::events`].
pub type EventIndex = usize;

/// An index into [`Workflow::steps`].
pub type StepIndex = usize;

/// What a route brings to its handler.
#[derive(Debug, Clone)]
pub enum Brings {
    /// `event_model`: an event of a consumed topic.
    Event(Spanned<EventIndex>),
    /// `intent_model` with `intent_type`: work that an orchestrator asks an effect for.
    Intent {
        /// The Rust type of the intent.
        model: TypeRef,
        /// Its name in routing tables.
        intent_type: Spanned<IntentType>,
    },
}

/// `handler: { name, module }`.
#[derive(Debug, Clone)]
pub struct HandlerRef {
    /// The name as written.
    pub name: Spanned<String>,
    /// The Rust function that the name stands for: `HandlerOrderPlaced` and `order_placed` are both `order_placed`.
    pub function: String,
    /// `module`: documentation, since the attribute on the function is the link.
    pub module: Option<String>,
}

/// One line of the intent routing table.
#[derive(Debug, Clone)]
pub struct IntentTarget {
    /// The intent.
    pub intent_type: Spanned<IntentType>,
    /// The contract name of the effect node that executes it.
    pub node: Spanned<String>,
}

/// A workflow: metadata, steps in declaration order, rules.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// `workflow_metadata.workflow_name`.
    pub name: Spanned<String>,
    /// `workflow_metadata.workflow_version`.
    pub version: Version,
    /// `workflow_metadata.description`.
    pub description: Option<String>,
    /// The steps, in the order of the file. The graph has no cycle.
    pub steps: Vec<Step>,
    /// The indexes of `steps` in topological order; ties in the order of the file.
    pub order: Vec<StepIndex>,
    /// The step whose event starts a run. `None`: only a program starts it.
    pub entry: Option<StepIndex>,
    /// `execution_mode`.
    pub mode: Mode,
    /// `failure_recovery_strategy`.
    pub strategy: Strategy,
    /// `max_retries`: 0 to 10, default 3.
    pub max_retries: u32,
    /// `timeout_ms` of the run: 1,000 to 86,400,000, default 300,000.
    pub timeout_ms: u64,
    /// `max_parallel_steps`: 1 to 100, default 5.
    pub max_parallel_steps: u32,
    /// `retry_delay_ms`: 100 to 60,000, default 1,000.
    pub retry_delay_ms: u64,
    /// `backoff_multiplier`: 1.0 to 5.0, default 2.0.
    pub backoff_multiplier: f64,
    /// `max_retry_delay_ms`: 1,000 to 300,000, default 30,000.
    pub max_retry_delay_ms: u64,
    /// `dead_letter_queue_enabled`: whether a run that fails is also a dead letter; default true.
    pub dead_letter: bool,
    /// The `nodes` list.
    pub span: Span,
}

/// One step of `execution_graph.nodes`.
#[derive(Debug, Clone)]
pub struct Step {
    /// `node_id` as written.
    pub id: Spanned<String>,
    /// `node_id` as a Rust identifier (`-` is `_`, a keyword is `r#keyword`).
    pub ident: String,
    /// `node_type`; an orchestrator is no step in this version.
    pub kind: NodeKind,
    /// Where `node_type` stands.
    pub kind_span: Span,
    /// `description`.
    pub description: Option<String>,
    /// `depends_on`, resolved.
    pub depends_on: Vec<Spanned<StepIndex>>,
    /// Where the list of `depends_on` stands, if there is one.
    pub depends_on_span: Option<Span>,
    /// `timeout_ms` of one attempt: 100 to 300,000, default 30,000.
    pub timeout_ms: u64,
    /// `retry_count`: additional attempts, 0 to 10.
    pub retry_count: Option<u32>,
    /// `continue_on_error`: a failure of this step does not fail the run.
    pub continue_on_error: bool,
    /// `compensation`: the name of what undoes this step.
    pub compensation: Option<Compensation>,
    /// `step_config.event_pattern`: this step is completed by an event and has no handler.
    pub entry: Option<Entry>,
    /// `output_events`: the output of this step is this event, published when the step is recorded.
    pub publishes: Option<Spanned<EventIndex>>,
    /// The step's mapping.
    pub span: Span,
}

/// What undoes a step.
#[derive(Debug, Clone)]
pub struct Compensation {
    /// The name as written.
    pub name: Spanned<String>,
    /// The name as a Rust identifier.
    pub ident: String,
}

/// A step that an event completes: where a run starts.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The one event type that the pattern matches.
    pub event: EventIndex,
    /// `event_pattern`, as written.
    pub pattern: Spanned<String>,
    /// `key`: the field of the event that is the run's identity; `None`: each event is a run of its own.
    pub key: Option<Spanned<String>>,
    /// `on_duplicate`: what a second event with the same key does.
    pub on_duplicate: OnDuplicate,
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

words! {
    /// `execution_mode`.
    pub enum Mode default Sequential {
        /// One step at a time.
        Sequential = "sequential";
        /// Every step whose dependencies are done.
        Parallel = "parallel";
        /// One step at a time, those whose conditions hold.
        Conditional = "conditional", later;
        /// One run over many inputs, which each step takes in groups.
        Batch = "batch", later;
        /// One run over an endless stream of items.
        Streaming = "streaming", later;
    }
}

words! {
    /// `failure_recovery_strategy`.
    pub enum Strategy default FailFast {
        /// The first failed step stops the run.
        FailFast = "fail_fast";
        /// What needs the failed step is skipped, all else runs.
        ContinueOnError = "continue_on_error";
        /// Every step is retried `max_retries` times, then as `fail_fast`.
        Retry = "retry";
        /// The first failed step stops the run and completed effects are undone, latest first.
        Compensate = "compensate";
    }
}

words! {
    /// `routing_strategy`: what a message is matched by.
    pub enum RoutingStrategy default PayloadTypeMatch {
        /// The type of its payload.
        PayloadTypeMatch = "payload_type_match";
    }
}
