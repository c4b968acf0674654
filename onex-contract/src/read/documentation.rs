//! Sections that people and tools read: each is typed and checked, and there is nothing in most of them to execute.

use super::breaker::{self, BREAKER};
use super::errors::switch;
use super::field::{self, Field};
use super::section::Section;
use super::{Given, names, needs, retry, topics};
use crate::contract::NodeKind;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::language::{Foreign, Key, Section as Table, Shape, Words, text};
use crate::source::{Span, Spanned};
use crate::syntax::{Shortened, Value};

const SECONDS: Shape = Shape::Integer { min: 1, max: 86_400 };
const TIMEOUT: Shape = Shape::Integer { min: 1, max: 86_400_000 };

pub(super) static HEALTH_CHECK: Table = Table::new(
    "`health_check`",
    "How a deployment asks whether the node is well.",
    &[
        Key::default(
            "enabled",
            Shape::Boolean,
            "true",
            "Whether it is asked; this version answers no such question.",
        ),
        Key::optional("endpoint", Shape::TEXT, "Where it is asked.").documents(),
        Key::optional("interval_seconds", SECONDS, "How often it is asked.").documents(),
        Key::optional("timeout_ms", TIMEOUT, "How long an answer may take, in milliseconds.").documents(),
        Key::optional("description", Shape::TEXT, "What is asked, in words.").documents(),
        Key::optional("checks", Shape::List(&Shape::Section(&CHECK)), "What is looked at.").documents(),
        Key::optional(
            "backends",
            Shape::List(&Shape::Section(&CHECKED_BACKEND)),
            "The targets that are tried.",
        )
        .documents(),
    ],
);

static CHECK: Table = Table::new(
    "an entry of `checks`",
    "Something that is looked at.",
    &[
        Key::required("name", Shape::TEXT, "Its name.").documents(),
        Key::optional("type", Shape::TEXT, "What sort of check it is.").documents(),
        Key::optional("check_type", Shape::TEXT, "Another name for `type`.").documents(),
        Key::optional("critical", Shape::Boolean, "Whether the node is not well without it.").documents(),
        Key::optional(
            "env_var",
            Shape::Text(&text::VARIABLE),
            "The variable of the environment that must be set.",
        )
        .documents(),
        Key::optional("timeout_ms", TIMEOUT, "How long it may take, in milliseconds.").documents(),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
    ],
);

static CHECKED_BACKEND: Table = Table::new(
    "a backend of `health_check`",
    "A target that is tried.",
    &[
        Key::required("name", Shape::TEXT, "Its name.").documents(),
        Key::optional("check_type", Shape::TEXT, "How it is tried.").documents(),
        Key::optional("timeout_ms", TIMEOUT, "How long it may take, in milliseconds.").documents(),
    ],
);

pub(super) static IDEMPOTENCY: Table = Table::new(
    "`idempotency`",
    "By what the node knows that it was asked before.",
    &[
        Key::default(
            "enabled",
            Shape::Boolean,
            "true",
            "Whether it knows; this version gives each step a key of its own.",
        ),
        Key::optional("strategy", Shape::TEXT, "How it knows: a word of the node's own.").documents(),
        Key::optional("description", Shape::TEXT, "How it knows, in words.").documents(),
        Key::optional("hash_fields", Shape::List(&Shape::Text(&text::FIELD)), "The fields that are its key.")
            .documents(),
        Key::optional("key", Shape::TEXT, "Its key, in words.").documents(),
        Key::optional("keys", Shape::Anything, "Its keys, in any form.").documents(),
        Key::optional("derivation", Shape::TEXT, "How the key is made.").documents(),
        Key::optional(
            "fallback_to_event_id",
            Shape::Boolean,
            "Whether the event's identity is the key without another.",
        )
        .documents(),
        Key::optional("storage", Shape::TEXT, "Where keys are kept.").documents(),
        Key::optional("cases", Shape::Anything, "What is done when, in any form.").documents(),
    ],
);

/// `inputs` and `outputs`.
pub(super) const PORTS: Shape =
    Shape::Table { keys: &text::FIELD, values: &Shape::Either(&[Shape::TEXT, Shape::Section(&PORT)]) };

static PORT: Table = Table::new(
    "a field of `inputs` or `outputs`",
    "A field that the node takes or gives back. A text is its type.",
    &[
        Key::optional("type", Shape::TEXT, "Its type, as the node's authors write it.").documents(),
        Key::optional("description", Shape::TEXT, "What it means.").documents(),
        Key::optional("required", Shape::Boolean, "Whether it must be there.").documents(),
        Key::optional("nullable", Shape::Boolean, "Whether it may be there and empty.").documents(),
        Key::optional("default", Shape::Anything, "What it is when it is not there.").documents(),
        Key::optional("enum", Shape::List(&Shape::Anything), "The values that it can have.").documents(),
    ],
);

pub(super) static OUTPUT_MODEL: Table = Table::new(
    "an entry of `output_models`",
    "One of several types that the node gives back.",
    &[
        Key::required("name", Shape::Text(&text::TYPE_NAME), "The type, without its path.").documents(),
        Key::optional("module", Shape::Text(&text::MODULE), "The module that it is in.").documents(),
        Key::optional("operation", Shape::TEXT, "The operation that gives it back.").documents(),
        Key::optional("topic", Shape::Text(&text::TOPIC), "Where it is published.").documents(),
        Key::optional("description", Shape::TEXT, "What it says.").documents(),
    ],
);

pub(super) static DESCRIPTOR: Table = Table::new(
    "`descriptor`",
    "How the node behaves, for a registry.",
    &[
        Key::optional(
            "node_archetype",
            Shape::Word(NodeKind::WORDS),
            "The kind of the node, the same as in `node_type`.",
        )
        .documents(),
        Key::optional("purity", Shape::TEXT, "A word for registries: `pure`, `effectful`.").documents(),
        Key::optional("idempotent", Shape::Boolean, "Doing it twice is doing it once.").documents(),
        Key::optional(
            "timeout_ms",
            Shape::Integer { min: 0, max: 86_400_000 },
            "How long it may take, in milliseconds; 0 is for ever.",
        )
        .later(),
        Key::optional("runtime_profiles", Shape::TEXTS, "Which deployments run the node.").documents(),
        Key::optional("concurrency_policy", Shape::TEXT, "A word for registries: `concurrent`.").documents(),
        Key::optional("isolation_policy", Shape::TEXT, "A word for registries: `none`.").documents(),
        Key::optional("observability_level", Shape::TEXT, "A word for registries: `standard`.").documents(),
        Key::optional("retry_policy", Shape::Section(&retry::RETRY), "The same as in `error_handling`."),
        Key::optional("circuit_breaker", Shape::Section(&BREAKER), "The same as in `error_handling`."),
    ],
)
.with_foreign(&[
    Foreign { name: "agent_invocation", what: "Whether a coding agent's host starts an agent for it." },
    Foreign { name: "agent_credential_home", what: "Where that host finds the agent's credentials." },
    Foreign { name: "allowed_workspace_roots", what: "Where that host lets the agent work." },
    Foreign { name: "capability_inputs", what: "What a planner of agents must provide." },
    Foreign { name: "capability_outputs", what: "What a planner of agents gets." },
]);

/// Reads `health_check`.
pub(super) fn health_check(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let mut section = Section::open(field, &HEALTH_CHECK, sink)?;
    let mut read = switch(&mut section, "health_check", sink).map(drop);
    for key in ["endpoint", "description"] {
        read = read.and(section.optional(key, sink, field::text).map(drop));
    }
    for key in ["interval_seconds", "timeout_ms"] {
        read = read.and(section.optional(key, sink, field::integer::<u64>).map(drop));
    }
    read = read.and(section.list("checks", sink, check).all().map(drop));
    read = read.and(section.list("backends", sink, checked_backend).all().map(drop));
    section.close();
    read
}

fn check(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let mut section = Section::open(field, &CHECK, sink)?;
    let mut read = section.required("name", sink, names::non_empty).map(drop);
    read = read.and(section.either(&["type", "check_type"], sink, field::text).map(drop));
    read = read.and(section.optional("critical", sink, field::boolean).map(drop));
    read = read.and(section.optional("env_var", sink, needs::variable).map(drop));
    read = read.and(section.optional("timeout_ms", sink, field::integer::<u64>).map(drop));
    read = read.and(section.optional("description", sink, field::text).map(drop));
    section.close();
    read
}

fn checked_backend(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let mut section = Section::open(field, &CHECKED_BACKEND, sink)?;
    let mut read = section.required("name", sink, names::non_empty).map(drop);
    read = read.and(section.optional("check_type", sink, field::text).map(drop));
    read = read.and(section.optional("timeout_ms", sink, field::integer::<u64>).map(drop));
    section.close();
    read
}

/// Reads `idempotency`.
pub(super) fn idempotency(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let mut section = Section::open(field, &IDEMPOTENCY, sink)?;
    let mut read = switch(&mut section, "idempotency", sink).map(drop);
    for key in ["strategy", "description", "key", "derivation", "storage"] {
        read = read.and(section.optional(key, sink, field::text).map(drop));
    }
    read = read.and(section.list("hash_fields", sink, names::data_field).all().map(drop));
    read = read.and(section.optional("fallback_to_event_id", sink, field::boolean).map(drop));
    section.take("keys");
    section.take("cases");
    section.close();
    read
}

/// Reads `inputs` or `outputs`.
pub(super) fn ports(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let entries = match &field.node.value {
        Value::Map(entries) => entries,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a mapping of fields to what they are", sink)),
    };
    let mut read = Ok(());
    for (name, value) in &entries.entries {
        if !names::is_field_path(&name.value) {
            let message = format!("`{}` is not a field", Shortened(&name.value));
            let fault = Diagnostic::new(Code::BadName, message, name.span, "not a field");
            read = Err(sink.report(fault.help("a field is written `order_id`")));
        }
        let port_of = Field::under(Spanned::new(&name.value, name.span), value, field.shape.of_values());
        read = read.and(port(port_of, sink));
    }
    read
}

fn port(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    if let Value::Str(_) = field.node.value {
        return Ok(());
    }
    let mut section = Section::open(field, &PORT, sink)?;
    let mut read = Ok(());
    for key in ["type", "description"] {
        read = read.and(section.optional(key, sink, field::text).map(drop));
    }
    for key in ["required", "nullable"] {
        read = read.and(section.optional(key, sink, field::boolean).map(drop));
    }
    read = read.and(section.list("enum", sink, |field, _| Ok(field.span())).all().map(drop));
    section.take("default");
    section.close();
    read
}

/// Reads an entry of `output_models`.
pub(super) fn output_model(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let mut section = Section::open(field, &OUTPUT_MODEL, sink)?;
    let mut read = section.required("name", sink, names::identifier).map(drop);
    read = read.and(section.optional("module", sink, names::module).map(drop));
    read = read.and(section.optional("topic", sink, topics::topic).map(drop));
    for key in ["operation", "description"] {
        read = read.and(section.optional(key, sink, field::text).map(drop));
    }
    section.close();
    read
}

/// Reads `descriptor`, of which the kind of the node is not only documentation.
pub(super) fn descriptor(field: Field<'_>, sink: &mut Sink) -> Given<Option<Spanned<NodeKind>>> {
    let mut section = Section::open(field, &DESCRIPTOR, sink)?;
    let kind = section.optional("node_archetype", sink, field::word);
    let mut read = section.optional("idempotent", sink, field::boolean).map(drop);
    read = read.and(section.optional("timeout_ms", sink, field::integer::<u64>).map(drop));
    read = read.and(section.list("runtime_profiles", sink, field::text).all().map(drop));
    for key in ["purity", "concurrency_policy", "isolation_policy", "observability_level"] {
        read = read.and(section.optional(key, sink, field::text).map(drop));
    }
    let retry = section.optional("retry_policy", sink, retry::retry);
    let breaker = section.optional("circuit_breaker", sink, breaker::breaker);
    section.close();
    if let Ok(Some(retry)) = &retry
        && retry.max_retries > 0
    {
        sink.defer(not_here("`retry_policy`", retry.span));
    }
    if let Ok(Some(breaker)) = &breaker
        && breaker.enabled
    {
        sink.defer(not_here("`circuit_breaker`", breaker.span));
    }
    read = read.and(retry.map(drop)).and(breaker.map(drop));
    read.and(kind)
}

/// What is executed where it belongs, and not from a registry's words.
fn not_here(what: &str, at: Span) -> Diagnostic {
    not_in_this_version(format!("{what} in `descriptor`"), at)
        .help("write it in `error_handling`, or remove it")
}

/// Reads `uuid`.
pub(super) fn uuid(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let uuid = field::spanned_text(field, sink)?;
    let groups = || uuid.value.split('-');
    let hexadecimal = groups().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hexadecimal && groups().map(str::len).eq([8, 4, 4, 4, 12]) {
        return Ok(());
    }
    let message = format!("`{}` is not a UUID", Shortened(&uuid.value));
    let fault = Diagnostic::new(Code::BadName, message, uuid.span, "not a UUID");
    Err(sink.report(
        fault.help("a UUID is five groups of hexadecimal digits, of 8, 4, 4, 4 and 12, joined by `-`"),
    ))
}
