//! Handlers, in the forms in which contracts name them: a mapping, `module:Name`, a name.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, model, names};

use crate::contract::{Calling, HandlerRef, TypeRef};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::Spanned;
use crate::syntax::Value;

const MODULE: Key =
    Key::optional("module", Shape::TEXT, "Where it is; the attribute on the function is the link.")
        .documents();
const NAME: Key = Key::optional("name", Shape::Text(&text::HANDLER), "Its name.");
const FUNCTION: Key = Key::optional("function", Shape::Text(&text::HANDLER), "The same as `name`.");
const CLASS: Key = Key::optional("class", Shape::Text(&text::HANDLER), "The same as `name`.");
const TYPE: Key =
    Key::optional("type", Shape::Word(Calling::WORDS), "Whether it is awaited; the function itself says it.")
        .documents();
const DESCRIPTION: Key = Key::optional("description", Shape::TEXT, "What it does.").documents();

pub(super) static HANDLER: Table = Table::new(
    "`handler`",
    "The function that answers a route.",
    &[
        NAME,
        FUNCTION,
        CLASS,
        MODULE,
        TYPE,
        Key::optional("handler_type", Shape::TEXT, "What a registry calls its kind.").documents(),
        DESCRIPTION,
    ],
);

static FALLBACK: Table = Table::new(
    "`default_handler`",
    "The function that answers what no route takes.",
    &[NAME, FUNCTION, CLASS, MODULE, TYPE, DESCRIPTION],
);

pub(super) static ENTRY_POINT: Table = Table::new(
    "`entry_point`",
    "The function that is called first.",
    &[NAME, FUNCTION, CLASS, MODULE, TYPE, DESCRIPTION],
);

/// The older form: the one handler of a node.
pub(super) static ONLY: Table = Table::new(
    "the node's `handler`",
    "The one handler of a node, which answers whatever arrives.",
    &[
        NAME,
        FUNCTION,
        CLASS,
        MODULE,
        Key::optional("input_model", model::MODEL_OR_PATH, "The type of what it takes."),
        DESCRIPTION,
    ],
);

/// `{ name, module }`, or the name after its module, or none.
pub(super) const DEFAULT: Shape =
    Shape::Either(&[Shape::Section(&FALLBACK), Shape::Text(&text::HANDLER_PATH), Shape::Null]);

/// The node's one handler, and the type of what it takes.
#[derive(Debug)]
pub(crate) struct OnlyHandler {
    pub(crate) handler: Given<HandlerRef>,
    pub(crate) input: Given<Option<TypeRef>>,
}

pub(super) fn mapping(field: Field<'_>, table: &'static Table, sink: &mut Sink) -> Given<HandlerRef> {
    let mut section = Section::open(field, table, sink)?;
    let handler = named(&mut section, sink);
    let calling = section.optional("type", sink, field::word::<Calling>);
    let kind = match table.key("handler_type") {
        Some(_) => section.optional("handler_type", sink, field::text),
        None => Ok(None),
    };
    let description = section.optional("description", sink, field::text);
    section.close();
    calling?;
    kind.and(description).and(handler)
}

/// `default_handler`. `null` is the same as none.
pub(super) fn fallback(field: Field<'_>, sink: &mut Sink) -> Given<Option<HandlerRef>> {
    match &field.node.value {
        Value::Null => Ok(None),
        Value::Map(_) => mapping(field, &FALLBACK, sink).map(Some),
        _ => path(field, sink).map(Some),
    }
}

pub(super) fn only(field: Field<'_>, sink: &mut Sink) -> Given<OnlyHandler> {
    let mut section = Section::open(field, &ONLY, sink)?;
    let handler = named(&mut section, sink);
    let input = section.optional("input_model", sink, model::reference);
    let description = section.optional("description", sink, field::text);
    section.close();
    description?;
    Ok(OnlyHandler { handler, input })
}

/// `module:Name`, `module.Name` or `Name`.
pub(super) fn path(field: Field<'_>, sink: &mut Sink) -> Given<HandlerRef> {
    let path = field::spanned_text(field, sink)?;
    let (module, name) = match path.value.rsplit_once([':', '.']) {
        Some((module, name)) => (Some(module.trim_end_matches(':').to_owned()), name.to_owned()),
        None => (None, path.value.clone()),
    };
    let handler = names::handler_named(field, Spanned::new(name, path.span), sink)?;
    Ok(HandlerRef { module, ..handler })
}

/// The name under whichever of its three keys, and the module.
fn named(section: &mut Section<'_>, sink: &mut Sink) -> Given<HandlerRef> {
    let keys = ["name", "function", "class"];
    let mut given: Vec<(Field<'_>, Given<HandlerRef>)> = Vec::new();
    for key in keys {
        if let Some(field) = section.take(key) {
            given.push((field, names::handler(field, sink)));
        }
    }
    let module = section.optional("module", sink, field::text);
    let mut given = given.into_iter();
    let Some((first, handler)) = given.next() else {
        let misspelt = keys.iter().find_map(|key| section.unreadable(key));
        return Err(misspelt.unwrap_or_else(|| sink.report(section.missing("name"))));
    };
    let handler = handler?;
    for (other, also) in given {
        let also = also?;
        if also.name.value != handler.name.value {
            return Err(sink.report(disagree(&first, &handler, &other, &also)));
        }
    }
    Ok(HandlerRef { module: module?, ..handler })
}

fn disagree(first: &Field<'_>, handler: &HandlerRef, other: &Field<'_>, also: &HandlerRef) -> Diagnostic {
    let message =
        format!("{first} and {other} name two handlers: `{}` and `{}`", handler.name.value, also.name.value);
    Diagnostic::new(Code::Contradiction, message, also.name.span, "this one")
        .also(handler.name.span, "and this one")
        .help("they are two spellings of one key: keep the one that is right")
}
