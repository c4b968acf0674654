//! Types of the program in the forms in which contracts name them: `{ name, module }`, `module.Name`, `Name`.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, names};
use crate::contract::TypeRef;
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::Value;

const NAME: Key = Key::required("name", Shape::Text(&text::TYPE_NAME), "The type, without its path.");
const MODULE: Key = Key::optional(
    "module",
    Shape::Text(&text::MODULE),
    "The module that it is in; without it, the scope of the node's struct.",
);
const DESCRIPTION: Key = Key::optional("description", Shape::TEXT, "What it is for.").documents();

static MODEL_KEYS: Table = Table::new("a model", "A type of the program.", &[NAME, MODULE, DESCRIPTION]);

/// `{ name, module, description }`.
pub(super) const MODEL: Shape = Shape::Section(&MODEL_KEYS);

static VARIED_MODEL: Table = Table::new(
    "a model of a node",
    "A type of the program, or one type for each of several cases.",
    &[
        NAME,
        MODULE,
        DESCRIPTION,
        Key::optional("variants", Shape::List(&Shape::Section(&VARIANT)), "The cases of it.").documents(),
    ],
);

static VARIANT: Table = Table::new(
    "a variant of a model",
    "One of the cases of a type.",
    &[
        Key::required("name", Shape::Text(&text::TYPE_NAME), "The type of this case.").documents(),
        Key::optional("module", Shape::Text(&text::MODULE), "The module that it is in.").documents(),
        Key::optional("discriminator_value", Shape::TEXT, "What tells this case from others.").documents(),
        Key::optional("payload_model", Shape::Text(&text::TYPE_NAME), "The type of what it carries.")
            .documents(),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
    ],
);

/// `{ name, module, description }`, or the name after its module.
pub(super) const MODEL_OR_PATH: Shape =
    Shape::Either(&[Shape::Section(&MODEL_KEYS), Shape::Text(&text::TYPE_PATH)]);

/// `{ name, module, description }`, or whatever says to people which type it is.
pub(super) const MODEL_OR_TEXT: Shape = Shape::Either(&[Shape::Section(&MODEL_KEYS), Shape::TEXT]);

/// A model with variants, or the name after its module.
pub(super) const NODE_MODEL: Shape =
    Shape::Either(&[Shape::Section(&VARIED_MODEL), Shape::Text(&text::TYPE_PATH)]);

/// A model with variants, or the name after its module.
pub(super) fn of_node(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    if let Value::Str(_) = field.node.value {
        return path(field, sink);
    }
    let mut section = Section::open(field, &VARIED_MODEL, sink)?;
    let name = section.required("name", sink, names::identifier);
    let module = section.optional("module", sink, names::module);
    let description = section.optional("description", sink, field::text);
    let variants = section.list("variants", sink, variant).all();
    section.close();
    description?;
    variants?;
    Ok(TypeRef { name: name?, module: module? })
}

/// A type's name with its module in front, joined by `.` or `::`, or alone.
pub(super) fn path(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    let path = field::spanned_text(field, sink)?;
    let (module, name) = match path.value.rsplit_once("::").or_else(|| path.value.rsplit_once('.')) {
        Some((module, name)) => {
            (Some(names::module_named(&Spanned::new(module.to_owned(), path.span), sink)?), name)
        }
        None => (None, path.value.as_str()),
    };
    let name = Spanned::new(name.to_owned(), path.span);
    Ok(TypeRef { name: names::identifier_named(field, name, sink)?, module })
}

fn variant(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let mut section = Section::open(field, &VARIANT, sink)?;
    let name = section.required("name", sink, names::identifier);
    let model = section.optional("payload_model", sink, names::identifier);
    let module = section.optional("module", sink, names::module);
    let mut texts = Ok(());
    for key in ["discriminator_value", "description"] {
        texts = texts.and(section.optional(key, sink, field::text).map(drop));
    }
    section.close();
    texts.and(name.map(drop)).and(model.map(drop)).and(module.map(drop))
}

/// `{ name, module, description }`.
pub(super) fn model(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    let mut section = Section::open(field, &MODEL_KEYS, sink)?;
    let name = section.required("name", sink, names::identifier);
    let module = section.optional("module", sink, names::module);
    let description = section.optional("description", sink, field::text);
    section.close();
    description?;
    Ok(TypeRef { name: name?, module: module? })
}

/// `{ name, module, description }`, or the name after its module.
pub(super) fn reference(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    match &field.node.value {
        Value::Str(_) => path(field, sink),
        _ => model(field, sink),
    }
}

/// The same, where nothing but documentation is made from it: `list[Model]` is as good.
pub(super) fn documented(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    match &field.node.value {
        Value::Map(_) => model(field, sink).map(|_| ()),
        _ => field::text(field, sink).map(|_| ()),
    }
}
