//! `workflow_coordination`: a workflow's metadata, its steps, its rules.

mod compensation;
mod condition;
mod conditions;
pub(crate) mod declarations;
mod path;
mod policies;
mod rules;
mod step;
mod step_config;

use self::declarations::{Maybe, Metadata, Settings, Steps, WorkflowDeclaration};
use super::agree::or;
use super::field::{self, Field};
use super::section::Section;
use super::{Given, List, header};
use crate::contract::{Mode, Strategy, WorkflowType};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Foreign, Key, Section as Table, Shape, Words};
use crate::source::Spanned;

pub(super) static COORDINATION: Table = Table::new(
    "`workflow_coordination`",
    "The workflow of an orchestrator.",
    &[
        Key::required("workflow_definition", Shape::Section(&DEFINITION), "The workflow."),
        version(),
        Key::optional("execution_mode", Shape::Word(Mode::WORDS), SAME),
        Key::optional("failure_recovery_strategy", Shape::Word(Strategy::WORDS), SAME),
        Key::optional("max_retries", rules::RETRIES, SAME),
        Key::optional("retry_delay_ms", rules::RETRY_DELAY, SAME),
        Key::optional("exponential_backoff", Shape::Boolean, SAME),
        Key::optional("max_parallel_branches", rules::PARALLEL, SAME),
        Key::optional("checkpoint_interval_ms", Shape::Integer { min: 10_000, max: 600_000 }, SAME),
        Key::optional(
            "max_concurrent_workflows",
            Shape::Integer { min: 1, max: 100 },
            "How many runs of the workflow are active at once, further ones wait; without it, as many as the program allows.",
        ),
        Key::optional(
            "default_workflow_timeout_ms",
            Shape::Integer { min: 60_000, max: 3_600_000 },
            "How long a run may be active, in milliseconds, where the definition does not say.",
        ),
        Key::optional(
            "node_coordination_timeout_ms",
            Shape::Integer { min: 5_000, max: 300_000 },
            "How long one attempt of a step may take, in milliseconds, where neither the step nor the rules say.",
        ),
    ],
);

const SAME: &str = "The same as in `coordination_rules`; if both are given, they must agree.";

static DEFINITION: Table = Table::new(
    "`workflow_definition`",
    "A workflow: who it is, its steps, its rules.",
    &[WORKFLOW_METADATA, EXECUTION_GRAPH, COORDINATION_RULES, WORKFLOW_CONDITIONS, version()],
);

// The parts, which may also stand in a file of their own.
pub(super) const WORKFLOW_METADATA: Key =
    Key::required("workflow_metadata", Shape::Section(&METADATA), "Who it is.");
pub(super) const EXECUTION_GRAPH: Key =
    Key::required("execution_graph", Shape::Section(&GRAPH), "Its steps.");
pub(super) const COORDINATION_RULES: Key =
    Key::optional("coordination_rules", Shape::Section(&rules::RULES), "How a run is executed.");
pub(super) const WORKFLOW_CONDITIONS: Key = Key::optional(
    "workflow_conditions",
    Shape::Section(&conditions::CONDITIONS),
    "When runs may start, and how many may fail.",
)
.later();

static METADATA: Table = Table::new(
    "`workflow_metadata`",
    "Name and version of a workflow.",
    &[
        Key::required("workflow_name", Shape::TEXT, "The workflow's name in journals and reports."),
        Key::required("workflow_version", header::VERSION, "The workflow's version."),
        Key::optional("description", Shape::TEXT, "What the workflow does.").documents(),
        Key::default(
            "workflow_type",
            Shape::Word(WorkflowType::WORDS),
            "standard",
            "What sort of work it is, and with it how long a run may be active if nothing else is said.",
        ),
        Key::optional("execution_mode", Shape::Word(Mode::WORDS), SAME),
        Key::optional("timeout_ms", rules::RUN_TIMEOUT, SAME),
        version(),
    ],
)
.with_foreign(&[
    Foreign { name: "author", what: "Who wrote the workflow." },
    Foreign { name: "tags", what: "Words for catalogues." },
    Foreign { name: "documentation_url", what: "Where to read more." },
]);

static GRAPH: Table = Table::new(
    "`execution_graph`",
    "The steps of a workflow, which depend on each other without a circle.",
    &[Key::required("nodes", Shape::List(&Shape::Section(&step::STEP)), "The steps."), version()],
);

const fn version() -> Key {
    Key::optional("version", header::VERSION, "The version of this section.").documents()
}

pub(super) fn coordination(field: Field<'_>, sink: &mut Sink) -> Given<WorkflowDeclaration> {
    let mut section = Section::open(field, &COORDINATION, sink)?;
    let definition = section.required("workflow_definition", sink, definition);
    let version = section.optional("version", sink, header::version);
    let settings = Settings {
        mode: section.optional("execution_mode", sink, field::word),
        strategy: section.optional("failure_recovery_strategy", sink, field::word),
        max_retries: section.optional("max_retries", sink, field::integer),
        retry_delay_ms: section.optional("retry_delay_ms", sink, field::integer),
        exponential: section.optional("exponential_backoff", sink, field::boolean),
        max_parallel_branches: section.optional("max_parallel_branches", sink, field::integer),
        max_concurrent_runs: section.optional("max_concurrent_workflows", sink, field::integer),
        timeout_ms: section.optional("default_workflow_timeout_ms", sink, field::integer),
        step_timeout_ms: section.optional("node_coordination_timeout_ms", sink, field::integer),
        checkpoint_interval_ms: section.optional("checkpoint_interval_ms", sink, field::integer),
    };
    section.close();
    let definition = definition?;
    version?;
    Ok(WorkflowDeclaration { key: field.key, settings: Some(settings), ..definition })
}

fn definition(field: Field<'_>, sink: &mut Sink) -> Given<WorkflowDeclaration> {
    let mut section = Section::open(field, &DEFINITION, sink)?;
    let declaration = parts(&mut section, sink);
    let version = section.optional("version", sink, header::version);
    section.close();
    version?;
    Ok(declaration)
}

/// The parts of a workflow, of a section that has them.
pub(super) fn parts(section: &mut Section<'_>, sink: &mut Sink) -> WorkflowDeclaration {
    let rules = section.optional("coordination_rules", sink, rules::rules);
    let span = section.field.span();
    WorkflowDeclaration {
        key: section.field.key,
        metadata: section.required("workflow_metadata", sink, metadata),
        steps: section.required("execution_graph", sink, graph),
        rules: rules.and_then(|rules| rules.map_or_else(|| rules::absent(span, sink), Ok)),
        conditions: section.optional("workflow_conditions", sink, conditions::conditions),
        settings: None,
    }
}

fn metadata(field: Field<'_>, sink: &mut Sink) -> Given<Metadata> {
    let mut section = Section::open(field, &METADATA, sink)?;
    let metadata = Metadata {
        name: section.required("workflow_name", sink, workflow_name),
        version: section.required("workflow_version", sink, header::version),
        description: section.optional("description", sink, field::text),
        workflow_type: section.optional("workflow_type", sink, field::word),
        mode: section.optional("execution_mode", sink, field::word),
        timeout_ms: section.optional("timeout_ms", sink, field::integer),
    };
    let version = section.optional("version", sink, header::version);
    section.close();
    version?;
    Ok(metadata)
}

fn graph(field: Field<'_>, sink: &mut Sink) -> Given<Steps> {
    let mut section = Section::open(field, &GRAPH, sink)?;
    let steps = section.required("nodes", sink, |field, sink| {
        let list = field::list(field, sink, step::step)?;
        Ok(Steps { list, span: field.span() })
    });
    let version = section.optional("version", sink, header::version);
    section.close();
    version?;
    steps
}

fn workflow_name(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let name = field::spanned_text(field, sink)?;
    if name.value.trim().is_empty() {
        let fault = Diagnostic::new(Code::BadName, "a workflow needs a name", name.span, "this is empty");
        return Err(sink.report(fault));
    }
    Ok(name)
}

/// A text of at most so many characters that is not blank.
fn bounded_text(max: usize) -> impl Fn(Field<'_>, &mut Sink) -> Given<Spanned<String>> {
    move |field, sink| {
        let text = field::spanned_text(field, sink)?;
        let length = text.value.chars().count();
        if text.value.trim().is_empty() {
            let fault =
                Diagnostic::new(Code::BadName, format!("{field} is empty"), text.span, "nothing is named");
            return Err(sink.report(fault.help("write something, or remove the key")));
        }
        if length > max {
            let message = format!("{field} has {length} characters, and may have at most {max}");
            return Err(sink.report(Diagnostic::new(Code::OutOfBounds, message, text.span, "too long")));
        }
        Ok(text)
    }
}

/// A list that has something in it.
fn filled_list<'a, T>(
    field: Field<'a>,
    sink: &mut Sink,
    read: impl FnMut(Field<'a>, &mut Sink) -> Given<T>,
) -> Given<List<T>> {
    let list = field::list(field, sink, read)?;
    if list.items.is_empty() && list.broken.is_none() {
        let message = format!("{field}: an empty list says nothing");
        let fault = Diagnostic::new(Code::WrongType, message, field.span(), "this is empty");
        return Err(sink.report(fault.help("name one, or remove the key")));
    }
    Ok(list)
}

/// The value without its place.
fn value<T>(given: Maybe<T>) -> Given<Option<T>> {
    Ok(given?.map(|given| given.value))
}
