//! One entry of `transitions`, and what is done on the way.

use super::field::{self, Field};
use super::machine::ACTIONS;
use super::machine_declarations::{RollbackDeclaration, TransitionDeclaration};
use super::section::Section;
use super::{Given, guard, header, names};
use crate::contract::Action;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::Value;

const FROM: Shape = Shape::Text(&text::FROM_STATE);
const STATE: Shape = Shape::Text(&text::STATE_NAME);

pub(super) static TRANSITION: Table = Table::new(
    "a transition",
    "What leads from one state to another.",
    &[
        Key::optional("transition_name", Shape::TEXT, "Its name, which no other transition has."),
        Key::optional("version", header::VERSION, "Its version.").documents(),
        Key::optional(
            "from_state",
            FROM,
            "The state that it leads out of; `*` is any that is not terminal and has no transition of its own that fires.",
        ),
        Key::optional("from", FROM, "Another name for `from_state`."),
        Key::optional("to_state", STATE, "The state that it leads to."),
        Key::optional("to", STATE, "Another name for `to_state`."),
        Key::required("trigger", Shape::Text(&text::TRIGGER), "What makes the machine take it."),
        Key::optional("description", Shape::TEXT, "What it means.").documents(),
        Key::default(
            "priority",
            Shape::COUNT,
            "0",
            "Of several that may fire, the one with the highest does; ties in the order of the file.",
        ),
        Key::optional(
            "conditions",
            Shape::List(&Shape::Section(&guard::CONDITION)),
            "When it may fire, as texts: all that are required must hold.",
        ),
        Key::optional(
            "guard_conditions",
            Shape::List(&Shape::Section(&guard::GUARD)),
            "When it may fire, in parts: all must hold.",
        ),
        Key::optional(
            "actions",
            ACTIONS,
            "The intents that it emits when it fires, between those of the two states.",
        ),
        Key::default("max_retries", Shape::COUNT, "0", "Additional attempts.").later(),
        Key::default("retry_delay_ms", Shape::COUNT, "1000", "The delay before each, in milliseconds.")
            .later(),
        Key::optional("retry_enabled", Shape::Boolean, "`false` forbids additional attempts.").documents(),
        Key::default("is_atomic", Shape::Boolean, "true", "It is done, or nothing is.").documents(),
        Key::optional("rollback_transitions", Shape::TEXTS, "The names of the transitions that undo it.")
            .later(),
    ],
);

pub(super) static ACTION: Table = Table::new(
    "an action",
    "An intent that is emitted on the way. A text is its name.",
    &[
        Key::required("action_name", Shape::TEXT, "Its name: an `intent_type` of `intent_emission`."),
        Key::optional("action_type", Shape::TEXT, "What sort of action it is: a word of the node's own.")
            .documents(),
        Key::optional("version", header::VERSION, "Its version.").documents(),
        Key::optional("description", Shape::TEXT, "What it does.").documents(),
        Key::optional(
            "action_config",
            Shape::Anything,
            "What it is told: a mapping for the node's own code.",
        )
        .documents(),
        Key::optional(
            "execution_order",
            Shape::Integer { min: 1, max: u32::MAX as i64 },
            "Its place among the actions, which are in the order of the file.",
        )
        .documents(),
        Key::default("is_critical", Shape::Boolean, "false", "Its failure is a failure of the transition.")
            .only_off(),
        Key::optional("rollback_action", Shape::TEXT, "The name of what undoes it.").later(),
        Key::optional(
            "timeout_ms",
            Shape::Integer { min: 1, max: u32::MAX as i64 },
            "How long it may take, in milliseconds.",
        )
        .later(),
    ],
);

pub(super) static ROLLBACK: Table = Table::new(
    "a rollback",
    "What undoes an operation.",
    &[
        Key::required("transition_name", Shape::TEXT, "Its name."),
        Key::required("from_state", FROM, "The state that it leads out of."),
        Key::required("to_state", STATE, "The state that it leads to."),
        Key::required("trigger", Shape::Text(&text::TRIGGER), "What asks for it."),
    ],
);

pub(super) fn transition(field: Field<'_>, sink: &mut Sink) -> Given<TransitionDeclaration> {
    let mut section = Section::open(field, &TRANSITION, sink)?;
    let mut read_only = section.optional("version", sink, header::version).map(drop);
    read_only = read_only.and(section.optional("is_atomic", sink, field::boolean).map(drop));
    let retry_enabled = section.optional("retry_enabled", sink, field::boolean);
    let conditions = section.list("conditions", sink, guard::condition).all();
    let guards = section.list("guard_conditions", sink, guard::guard).all();
    let transition = TransitionDeclaration {
        name: section.optional("transition_name", sink, field::spanned_text),
        from: section.one_of(&["from_state", "from"], sink, field::spanned_text),
        to: section.one_of(&["to_state", "to"], sink, field::spanned_text),
        trigger: section.required("trigger", sink, names::variant),
        description: section.optional("description", sink, field::text),
        priority: section.optional("priority", sink, field::integer),
        guards: conditions.and_then(|conditions| Ok([conditions, guards?].concat())),
        actions: section.list("actions", sink, action).all(),
        max_retries: section.optional("max_retries", sink, field::integer),
        retry_delay_ms: section.optional("retry_delay_ms", sink, field::integer),
        rollbacks: section.list("rollback_transitions", sink, field::spanned_text),
        span: field.span(),
    };
    section.close();
    if let (Ok(Some(enabled)), Ok(Some(retries))) = (retry_enabled, transition.max_retries)
        && !enabled.value
        && retries.value > 0
    {
        let message = "the transition is not retried, and has retries";
        let fault = Diagnostic::new(Code::Contradiction, message, retries.span, "retried")
            .also(enabled.span, "not retried")
            .help("change one of the two");
        return Err(sink.report(fault));
    }
    read_only.and(retry_enabled).map(|_| transition)
}

/// A name, or a mapping that says more.
pub(super) fn action(field: Field<'_>, sink: &mut Sink) -> Given<Action> {
    if let Value::Str(_) = field.node.value {
        let name = names::non_empty(field, sink)?;
        return Ok(Action { name, kind: None, critical: false, timeout_ms: None });
    }
    let mut section = Section::open(field, &ACTION, sink)?;
    let mut read_only = section.optional("version", sink, header::version).map(drop);
    for key in ["description", "rollback_action"] {
        read_only = read_only.and(section.optional(key, sink, field::text).map(drop));
    }
    read_only = read_only.and(section.optional("execution_order", sink, field::integer::<u32>).map(drop));
    section.take("action_config");
    let name = section.required("action_name", sink, names::non_empty);
    let kind = section.optional("action_type", sink, field::text);
    let critical = section.optional("is_critical", sink, field::boolean);
    let timeout_ms = section.optional("timeout_ms", sink, field::integer::<u64>);
    section.close();
    read_only?;
    Ok(Action {
        name: name?,
        kind: kind?,
        critical: critical?.is_some_and(|critical| critical.value),
        timeout_ms: timeout_ms?.map(|timeout| timeout.value),
    })
}

/// A name, or what it leads from and to.
pub(super) fn rollback(field: Field<'_>, sink: &mut Sink) -> Given<RollbackDeclaration> {
    if let Value::Str(_) = field.node.value {
        names::non_empty(field, sink)?;
        return Ok(RollbackDeclaration { states: Vec::new() });
    }
    let mut section = Section::open(field, &ROLLBACK, sink)?;
    let name = section.required("transition_name", sink, names::non_empty);
    let trigger = section.required("trigger", sink, names::variant);
    let states: [Given<Spanned<String>>; 2] =
        ["from_state", "to_state"].map(|key| section.required(key, sink, field::spanned_text));
    section.close();
    name.and(trigger.map(drop))?;
    let states: Given<Vec<Spanned<String>>> = states.into_iter().collect();
    Ok(RollbackDeclaration { states: states? })
}
