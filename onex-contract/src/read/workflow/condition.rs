//! What must hold for a step to run.

use super::declarations::{ConditionDeclaration, Maybe};
use super::{filled_list, path};
use crate::contract::{Ended, Operator};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::read::field::{self, Field, listed};
use crate::read::section::Section;
use crate::read::{Given, guard, names};
use crate::source::{Span, Spanned};
use crate::syntax::Value;

/// A function's name, a condition, or several of which each must hold.
pub(super) static CONDITION: Shape =
    Shape::Either(&[Shape::Text(&text::STEP_NAME), Shape::Section(&CONDITION_KEYS), Shape::List(&ONE)]);

/// A function's name, or a condition.
static ONE: Shape = Shape::Either(&[Shape::Text(&text::STEP_NAME), Shape::Section(&CONDITION_KEYS)]);

/// Several, of which each must hold.
pub(super) static CONDITIONS: Shape = Shape::List(&ONE);

const OUTPUT: Shape = Shape::Text(&text::OUTPUT);

static CONDITION_KEYS: Table = Table::new(
    "the condition of a step",
    "What must hold for a step to run: one of `output`, `if_true`, `if_false`, `if_success`, `if_error`, `if_timeout`, `custom`, `all` and `any`.",
    &[
        Key::optional("output", OUTPUT, "The output of an earlier step, or a field of it, that is tested."),
        Key::optional("operator", Shape::Word(Operator::WORDS), "What the output is tested for."),
        Key::optional("value", Shape::Anything, "What the output is compared with."),
        Key::optional("if_true", OUTPUT, "The output of an earlier step is `true`."),
        Key::optional("if_false", OUTPUT, "The output of an earlier step is `false`."),
        Key::optional("if_success", Shape::TEXT, "The earlier step that must have completed."),
        Key::optional("if_error", Shape::TEXT, "The earlier step that must have failed."),
        Key::optional(
            "if_timeout",
            Shape::TEXT,
            "The earlier step whose last attempt must have taken too long.",
        ),
        Key::optional("custom", Shape::Text(&text::STEP_NAME), "The function of the program that decides."),
        Key::optional("all", Shape::List(&ONE), "Each of these holds."),
        Key::optional("any", Shape::List(&ONE), "One of these holds."),
    ],
);

/// The keys that are each a condition.
const FORMS: [&str; 9] =
    ["output", "if_true", "if_false", "if_success", "if_error", "if_timeout", "custom", "all", "any"];

/// `condition`, with the place of the key.
pub(super) fn of_step(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<ConditionDeclaration>> {
    condition(field, sink).map(|condition| Spanned::new(condition, field.key))
}

/// `conditions`, a list of which each must hold, with the place of the key.
pub(super) fn all_of_step(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<ConditionDeclaration>> {
    several(field, sink).map(|conditions| Spanned::new(ConditionDeclaration::All(conditions), field.key))
}

fn condition(field: Field<'_>, sink: &mut Sink) -> Given<ConditionDeclaration> {
    match &field.node.value {
        Value::Map(_) => keys(field, sink),
        Value::Seq(_) => several(field, sink).map(ConditionDeclaration::All),
        Value::Str(_) => custom(field, sink),
        Value::Faulty(reported) => Err(*reported),
        _ => Err(field.expected("the name of a function, or a condition", sink)),
    }
}

/// The depth is that of the tree, which the composer bounds.
fn keys(field: Field<'_>, sink: &mut Sink) -> Given<ConditionDeclaration> {
    let mut section = Section::open(field, &CONDITION_KEYS, sink)?;
    let operator: Maybe<Operator> = section.optional("operator", sink, field::word);
    let compared = section.take("value");
    let mut found = Vec::new();
    for form in FORMS {
        if let Some(given) = section.take(form) {
            found.push((form, given));
        }
    }
    let unreadable = FORMS.iter().find_map(|form| section.unreadable(form));
    let (unread_operator, unread_value) = (section.unreadable("operator"), section.unreadable("value"));
    section.close();
    let (form, given) = match found[..] {
        [one] => one,
        [] => return Err(unreadable.unwrap_or_else(|| sink.report(no_form(field)))),
        [(one, first), (other, second), ..] => {
            let message = format!("a condition has `{one}` and `{other}`");
            let fault = Diagnostic::new(Code::MisplacedKey, message, second.key, "this is another condition")
                .also(first.key, "this is one condition")
                .help("list both under `all` or under `any`");
            return Err(sink.report(fault));
        }
    };
    if form == "output" {
        let path = path::path(given, sink);
        let Some(operator) = operator? else {
            return Err(unread_operator.unwrap_or_else(|| sink.report(no_operator(given))));
        };
        let value = guard::operand(operator, compared, unread_value, field, sink)?;
        return Ok(ConditionDeclaration::Output { path: path?, operator: operator.value, value });
    }
    if let Some(operator) = operator? {
        return Err(sink.report(not_beside("operator", form, operator.span)));
    }
    if let Some(compared) = compared {
        return Err(sink.report(not_beside("value", form, compared.key)));
    }
    let is = |operator| move |path| ConditionDeclaration::Output { path, operator, value: None };
    let outcome = |ended| move |step| ConditionDeclaration::Outcome { step, ended };
    match form {
        "if_true" => path::path(given, sink).map(is(Operator::IsTrue)),
        "if_false" => path::path(given, sink).map(is(Operator::IsFalse)),
        "if_success" => field::spanned_text(given, sink).map(outcome(Ended::Success)),
        "if_error" => field::spanned_text(given, sink).map(outcome(Ended::Error)),
        "if_timeout" => field::spanned_text(given, sink).map(outcome(Ended::Timeout)),
        "custom" => custom(given, sink),
        "all" => several(given, sink).map(ConditionDeclaration::All),
        _ => several(given, sink).map(ConditionDeclaration::Any),
    }
}

fn custom(field: Field<'_>, sink: &mut Sink) -> Given<ConditionDeclaration> {
    let named = names::compensation(field, sink)?;
    Ok(ConditionDeclaration::Custom { name: named.name, ident: named.ident })
}

fn several(field: Field<'_>, sink: &mut Sink) -> Given<Vec<ConditionDeclaration>> {
    let list = filled_list(field, sink, condition_in_list)?;
    list.broken.map_or(Ok(list.items), Err)
}

/// A list in a list says neither `all` nor `any`.
fn condition_in_list(field: Field<'_>, sink: &mut Sink) -> Given<ConditionDeclaration> {
    match field.node.value {
        Value::Seq(_) => Err(field.expected("the name of a function, or a condition", sink)),
        _ => condition(field, sink),
    }
}

fn no_form(field: Field<'_>) -> Diagnostic {
    Diagnostic::new(
        Code::MissingKey,
        "a condition says nothing",
        field.span(),
        "there is no condition in this",
    )
    .note(format!("it has one of the keys {}", listed(FORMS)))
}

fn no_operator(output: Field<'_>) -> Diagnostic {
    let message = "missing key `operator` in the condition of a step";
    Diagnostic::new(Code::MissingKey, message, output.key, "this is tested for nothing")
        .help("add an `operator`, such as `operator: exists`")
}

fn not_beside(key: &str, form: &str, at: Span) -> Diagnostic {
    let message = format!("`{key}` belongs to `output`, and this condition has `{form}`");
    Diagnostic::new(Code::MisplacedKey, message, at, "nothing is compared").help("remove it")
}
