//! `state_machine`: states, transitions, and what they do.
//!
//! `state_transitions` is the same under the name that registries know; `fsm` is the short form, whose states are names
//! and whose transitions go `from` one `to` another. All three have one table.

use super::field::{self, Field};
use super::machine_declarations::{MachineDeclaration, OperationDeclaration, StateDeclaration};
use super::section::Section;
use super::transition::{self, ACTION};
use super::{Given, header, names};
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape, text};
use crate::syntax::Value;

const AT_LEAST_1: Shape = Shape::Integer { min: 1, max: u32::MAX as i64 };
const NAMES: Shape = Shape::List(&Shape::Text(&text::STATE_NAME));
pub(super) const ACTIONS: Shape = Shape::List(&Shape::Either(&[Shape::TEXT, Shape::Section(&ACTION)]));

pub(super) static MACHINE: Table = Table::new(
    "`state_machine`",
    "The states of a node, and what leads from one to another.",
    &[
        Key::optional("state_machine_name", Shape::TEXT, "Its name in reports.").documents(),
        Key::optional("state_machine_version", header::VERSION, "Its version.").documents(),
        Key::optional(
            "version",
            header::VERSION,
            "The same as `state_machine_version`, or that of the section.",
        )
        .documents(),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
        Key::required(
            "states",
            Shape::List(&Shape::Either(&[Shape::Text(&text::STATE_NAME), Shape::Section(&STATE)])),
            "The states; one that is only a name has nothing else to say.",
        ),
        Key::required("initial_state", Shape::Text(&text::STATE_NAME), "The state that a machine starts in."),
        Key::optional("terminal_states", NAMES, "The states that nothing leads out of."),
        Key::optional("error_states", NAMES, "The states that mean a failure."),
        Key::required(
            "transitions",
            Shape::List(&Shape::Section(&transition::TRANSITION)),
            "What leads from one state to another.",
        ),
        Key::optional(
            "operations",
            Shape::List(&Shape::Section(&OPERATION)),
            "What an administrator may do, whatever the state.",
        )
        .later(),
        Key::default(
            "persistence_enabled",
            Shape::Boolean,
            "true",
            "Whether the state survives the process: it is in the journal, and survives what that survives.",
        )
        .documents(),
        Key::default(
            "recovery_enabled",
            Shape::Boolean,
            "true",
            "Whether a machine goes on after a crash where it was.",
        )
        .later(),
        Key::optional(
            "recovery_strategies",
            Shape::Anything,
            "What people do when it does not: a text for them, in any form.",
        )
        .documents(),
        Key::default("rollback_enabled", Shape::Boolean, "true", "Whether a failed transition is undone.")
            .later(),
        Key::default(
            "checkpoint_interval_ms",
            Shape::Integer { min: 1_000, max: u32::MAX as i64 },
            "30000",
            "How often the state is written down, in milliseconds.",
        )
        .later(),
        Key::default("max_checkpoints", AT_LEAST_1, "10", "How many of these are kept.").later(),
        Key::default(
            "transition_timeout_ms",
            AT_LEAST_1,
            "5000",
            "How long a transition may take, in milliseconds.",
        )
        .later(),
        Key::default(
            "concurrent_transitions_allowed",
            Shape::Boolean,
            "false",
            "Whether two transitions of one machine may be under way at once.",
        )
        .only_off(),
        Key::default(
            "conflict_resolution_strategy",
            Shape::TEXT,
            "priority_based",
            "Which of several transitions fires; there is only this one.",
        )
        .documents(),
        Key::default(
            "strict_validation_enabled",
            Shape::Boolean,
            "true",
            "Whether required data is checked.",
        )
        .later(),
        Key::default("state_monitoring_enabled", Shape::Boolean, "true", "Whether transitions are counted.")
            .documents(),
        Key::default("event_logging_enabled", Shape::Boolean, "true", "Whether transitions are logged.")
            .documents(),
    ],
);

static STATE: Table = Table::new(
    "a state",
    "One state of a machine.",
    &[
        Key::required("state_name", Shape::Text(&text::STATE_NAME), "Its name."),
        Key::optional("version", header::VERSION, "Its version.").documents(),
        Key::optional("description", Shape::TEXT, "What it means.").documents(),
        Key::optional("state_type", Shape::TEXT, "A word for tools: `operational`, `error`, `terminal`.")
            .documents(),
        Key::default(
            "is_terminal",
            Shape::Boolean,
            "false",
            "Nothing leads out of it; as in `terminal_states`.",
        ),
        Key::default(
            "is_recoverable",
            Shape::Boolean,
            "true",
            "Whether an administrator can lead out of it.",
        )
        .documents(),
        Key::optional("timeout_ms", AT_LEAST_1, "How long a machine may be in it, in milliseconds.").later(),
        Key::optional(
            "required_data",
            Shape::List(&Shape::Text(&text::FIELD)),
            "The fields that must be there in this state.",
        ),
        Key::optional(
            "optional_data",
            Shape::List(&Shape::Text(&text::FIELD)),
            "The fields that may be there in this state.",
        ),
        Key::optional("validation_rules", Shape::TEXTS, "What else holds in this state.").documents(),
        Key::optional("entry_actions", ACTIONS, "The intents that are emitted when it is entered."),
        Key::optional("exit_actions", ACTIONS, "The intents that are emitted when it is left."),
        Key::optional("metadata", Shape::Anything, "What tools note about it: a colour, an icon.")
            .documents(),
    ],
);

static OPERATION: Table = Table::new(
    "an operation of a machine",
    "What an administrator may do, whatever the state.",
    &[
        Key::required("operation_name", Shape::TEXT, "Its name."),
        Key::optional("operation_type", Shape::TEXT, "A word for tools: `administrative`.").documents(),
        Key::optional("version", header::VERSION, "Its version.").documents(),
        Key::optional("description", Shape::TEXT, "What it does.").documents(),
        Key::optional("trigger", Shape::Text(&text::TRIGGER), "What asks for it."),
        Key::optional(
            "target_state",
            Shape::Text(&text::STATE_NAME),
            "The state that it leads to, from any.",
        ),
        Key::optional("is_destructive", Shape::Boolean, "Whether it loses data.").documents(),
        Key::optional("requires_permission", Shape::Boolean, "Whether not everybody may ask for it.")
            .documents(),
        Key::optional("required_permissions", Shape::TEXTS, "Who may ask for it.").documents(),
        Key::optional("requires_atomic_execution", Shape::Boolean, "Whether it is done, or nothing is.")
            .documents(),
        Key::optional("supports_rollback", Shape::Boolean, "Whether it can be undone.").documents(),
        Key::optional("side_effects", Shape::TEXTS, "What else it does.").documents(),
        Key::optional("timeout_ms", AT_LEAST_1, "How long it may take, in milliseconds."),
        Key::optional(
            "rollback_transitions",
            Shape::List(&Shape::Either(&[Shape::TEXT, Shape::Section(&transition::ROLLBACK)])),
            "What undoes it.",
        ),
    ],
);

pub(super) fn machine(field: Field<'_>, sink: &mut Sink) -> Given<MachineDeclaration> {
    let mut section = Section::open(field, &MACHINE, sink)?;
    let versions =
        ["state_machine_version", "version"].map(|key| section.optional(key, sink, header::version));
    let switches = [
        "recovery_enabled",
        "rollback_enabled",
        "concurrent_transitions_allowed",
        "strict_validation_enabled",
        "state_monitoring_enabled",
        "event_logging_enabled",
    ];
    let mut read_only = Ok(());
    for key in switches {
        read_only = read_only.and(section.optional(key, sink, field::boolean).map(drop));
    }
    read_only = read_only.and(section.optional("max_checkpoints", sink, field::integer::<u32>).map(drop));
    read_only = read_only.and(section.optional("conflict_resolution_strategy", sink, field::text).map(drop));
    section.take("recovery_strategies");
    let machine = MachineDeclaration {
        key: field.key,
        name: section.optional("state_machine_name", sink, field::spanned_text),
        version: versions[0].and_then(|first| Ok(first.or(versions[1]?))),
        description: section.optional("description", sink, field::text),
        states: section.required("states", sink, |field, sink| field::list(field, sink, state)),
        initial: section.required("initial_state", sink, field::spanned_text),
        terminal: section.list("terminal_states", sink, field::spanned_text),
        error: section.list("error_states", sink, field::spanned_text),
        transitions: section
            .required("transitions", sink, |field, sink| field::list(field, sink, transition::transition)),
        operations: section.list("operations", sink, operation),
        persistent: section.optional("persistence_enabled", sink, field::boolean),
        checkpoint_interval_ms: section.optional("checkpoint_interval_ms", sink, field::integer),
        transition_timeout_ms: section.optional("transition_timeout_ms", sink, field::integer),
    };
    section.close();
    read_only.map(|()| machine)
}

fn state(field: Field<'_>, sink: &mut Sink) -> Given<StateDeclaration> {
    if let Value::Str(_) = field.node.value {
        return Ok(StateDeclaration::named(names::variant(field, sink)?));
    }
    let mut section = Section::open(field, &STATE, sink)?;
    let version = section.optional("version", sink, header::version);
    let state_type = section.optional("state_type", sink, field::text);
    let recoverable = section.optional("is_recoverable", sink, field::boolean);
    let rules = section.list("validation_rules", sink, field::text).all();
    section.take("metadata");
    let state = StateDeclaration {
        name: section.required("state_name", sink, names::variant),
        description: section.optional("description", sink, field::text),
        terminal: section.optional("is_terminal", sink, field::boolean),
        required_data: section.list("required_data", sink, names::data_field),
        optional_data: section.list("optional_data", sink, names::data_field),
        entry: section.list("entry_actions", sink, transition::action).all(),
        exit: section.list("exit_actions", sink, transition::action).all(),
        timeout_ms: section.optional("timeout_ms", sink, field::integer),
    };
    section.close();
    version.and(state_type.and(recoverable.and(rules.map(|_| state))))
}

fn operation(field: Field<'_>, sink: &mut Sink) -> Given<OperationDeclaration> {
    let mut section = Section::open(field, &OPERATION, sink)?;
    let mut read_only = section.optional("version", sink, header::version).map(drop);
    for key in ["operation_type", "description"] {
        read_only = read_only.and(section.optional(key, sink, field::text).map(drop));
    }
    for key in ["is_destructive", "requires_permission", "requires_atomic_execution", "supports_rollback"] {
        read_only = read_only.and(section.optional(key, sink, field::boolean).map(drop));
    }
    for key in ["required_permissions", "side_effects"] {
        read_only = read_only.and(section.list(key, sink, field::text).all().map(drop));
    }
    read_only = read_only.and(section.optional("trigger", sink, names::variant).map(drop));
    read_only = read_only.and(section.optional("timeout_ms", sink, field::integer::<u64>).map(drop));
    let operation = OperationDeclaration {
        name: section.required("operation_name", sink, field::spanned_text),
        target: section.optional("target_state", sink, field::spanned_text),
        rollbacks: section.list("rollback_transitions", sink, transition::rollback).all(),
        span: field.span(),
    };
    section.close();
    read_only.map(|()| operation)
}
