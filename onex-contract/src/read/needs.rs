//! `dependencies` and `capabilities`: what a node needs, and what it is found by.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, List, header, model, names};
use crate::contract::{Capability, Dependency, DependencyKind, DependencySort, TypeRef};
use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::Spanned;
use crate::syntax::{Shortened, Value};

/// A list, or a mapping of lists by what they are lists of.
pub(super) const DEPENDENCIES: Shape =
    Shape::Either(&[Shape::List(&Shape::Section(&DEPENDENCY)), Shape::Section(&GROUPS)]);

pub(super) const CAPABILITIES: Shape =
    Shape::List(&Shape::Either(&[Shape::TEXT, Shape::Section(&CAPABILITY)]));

const VARIABLE: Shape = Shape::Text(&text::VARIABLE);

static DEPENDENCY: Table = Table::new(
    "a dependency",
    "Something that must be there for the node to work.",
    &[
        Key::required("name", Shape::TEXT, "Its name, which no other has."),
        Key::optional(
            "type",
            Shape::TEXT,
            "What sort of thing it is: `protocol`, `service`, `library`, `environment`, `node`, `handler`, `utility`, `adapter`, a word of the contract's own, or a type's name.",
        ),
        Key::optional("dependency_type", Shape::TEXT, "Another name for `type`."),
        Key::optional("class_name", Shape::Text(&text::TYPE_NAME), "The type, or the function, that it is."),
        Key::optional("protocol", Shape::Text(&text::TYPE_PATH), "Another name for `class_name`."),
        Key::optional("function", Shape::TEXT, "The function of it that is called.").documents(),
        Key::optional("module", Shape::Text(&text::MODULE), "The module that it is in."),
        Key::optional("library", Shape::TEXT, "The package that it is in.").documents(),
        Key::optional("version", Shape::TEXT, "Which versions of it will do.").documents(),
        Key::default("required", Shape::Boolean, "true", "Whether the node works without it."),
        Key::optional("optional", Shape::Boolean, "The opposite of `required`."),
        Key::default("pluggable", Shape::Boolean, "false", "Whether it may be replaced.").documents(),
        Key::optional("env_var", VARIABLE, "The variable of the environment that it is."),
        Key::optional("key", VARIABLE, "Another name for `env_var`."),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
        Key::optional("reason", Shape::TEXT, "Why it is needed.").documents(),
        Key::optional("notes", Shape::TEXT, "What else is to be said.").documents(),
    ],
);

static GROUPS: Table = Table::new(
    "`dependencies`",
    "What must be there for the node to work, by what it is.",
    &[
        Key::optional(
            "nodes",
            Shape::List(&Shape::Either(&[Shape::TEXT, Shape::Section(&DEPENDENCY)])),
            "Other nodes.",
        ),
        Key::optional("packages", Shape::TEXTS, "Packages, with the versions that will do."),
        Key::optional("required", Shape::TEXTS, "Services that the node does not work without."),
        Key::optional("optional", Shape::TEXTS, "Services that it works without."),
    ],
);

static CAPABILITY: Table = Table::new(
    "a capability",
    "What a registry finds the node by. A text is its name.",
    &[
        Key::required("name", Shape::TEXT, "Its name, which no other has.").documents(),
        Key::optional("version", header::VERSION, "Its version.").documents(),
        Key::optional("description", Shape::TEXT, "What the node can do.").documents(),
    ],
);

pub(super) fn dependencies(field: Field<'_>, sink: &mut Sink) -> Given<List<Dependency>> {
    match field.node.value {
        Value::Map(_) => groups(field, sink),
        _ => field::list(field, sink, dependency),
    }
}

fn groups(field: Field<'_>, sink: &mut Sink) -> Given<List<Dependency>> {
    let mut section = Section::open(field, &GROUPS, sink)?;
    let of = |sort| move |field: Field<'_>, sink: &mut Sink| Ok(named(names::non_empty(field, sink)?, sort));
    let nodes = section.list("nodes", sink, |field, sink| {
        if let Value::Str(_) = field.node.value {
            return of(DependencySort::Node)(field, sink);
        }
        let node = dependency(field, sink)?;
        Ok(Dependency { kind: node.kind.or(Some(DependencyKind::Known(DependencySort::Node))), ..node })
    });
    let packages = section.list("packages", sink, of(DependencySort::Library));
    let required = section.list("required", sink, of(DependencySort::Service));
    let optional = section.list("optional", sink, |field, sink| {
        Ok(Dependency { required: false, ..of(DependencySort::Service)(field, sink)? })
    });
    section.close();
    let lists = [nodes, packages, required, optional];
    let broken = lists.iter().find_map(|list| list.broken);
    let items = lists.into_iter().flat_map(|list| list.items).collect();
    Ok(List { items, span: Some(field.span()), broken })
}

fn named(name: Spanned<String>, sort: DependencySort) -> Dependency {
    let kind = Some(DependencyKind::Known(sort));
    Dependency { name, kind, class: None, required: true, variable: None, version: None, description: None }
}

fn dependency(field: Field<'_>, sink: &mut Sink) -> Given<Dependency> {
    let mut section = Section::open(field, &DEPENDENCY, sink)?;
    let name = section.required("name", sink, names::non_empty);
    let kind = section.either(&["type", "dependency_type"], sink, kind);
    let class = section.either(&["class_name", "protocol"], sink, |field, sink| match field.shape {
        Shape::Text(text) if std::ptr::eq(*text, &text::TYPE_PATH) => model::path(field, sink),
        _ => names::identifier(field, sink).map(|name| TypeRef { name, module: None }),
    });
    let module = section.optional("module", sink, names::module);
    let required = required(&mut section, sink);
    let variable = section.either(&["env_var", "key"], sink, variable);
    let version = section.optional("version", sink, field::text);
    let description = section.optional("description", sink, field::text);
    let pluggable = section.optional("pluggable", sink, field::boolean);
    let mut read_only = Ok(());
    for key in ["function", "library", "reason", "notes"] {
        read_only = read_only.and(section.optional(key, sink, field::text).map(drop));
    }
    section.close();
    read_only.and(pluggable.map(drop))?;
    let module = module?;
    let class = class?.map(|class| TypeRef { module: class.module.or(module), ..class });
    Ok(Dependency {
        name: name?,
        kind: kind?,
        class,
        required: required?,
        variable: variable?,
        version: version?,
        description: description?,
    })
}

/// A word that the language knows, or one of the contract's own that is unlike all of these.
fn kind(field: Field<'_>, sink: &mut Sink) -> Given<DependencyKind> {
    let text = names::non_empty(field, sink)?;
    if let Some(sort) = DependencySort::of(&text.value) {
        return Ok(DependencyKind::Known(sort));
    }
    let words = DependencySort::WORDS.iter().map(|word| word.name);
    let is_a_type = text.value.contains(|character: char| character.is_ascii_uppercase());
    match closest(&text.value, words) {
        Some(_) if !is_a_type => Err(sink.report(field::unknown_word(field, &text, DependencySort::WORDS))),
        _ => Ok(DependencyKind::Other(text.value)),
    }
}

fn required(section: &mut Section<'_>, sink: &mut Sink) -> Given<bool> {
    let required = section.optional("required", sink, field::boolean);
    let optional = section.optional("optional", sink, field::boolean);
    match (required?, optional?) {
        (Some(required), Some(optional)) if required.value == optional.value => {
            let message = "`optional` is the opposite of `required`, and both say the same";
            let fault = Diagnostic::new(Code::Contradiction, message, optional.span, "said here")
                .also(required.span, "and here")
                .help("remove one of the two");
            Err(sink.report(fault))
        }
        (Some(required), _) => Ok(required.value),
        (None, optional) => Ok(optional.is_none_or(|optional| !optional.value)),
    }
}

pub(super) fn variable(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let name = field::spanned_text(field, sink)?;
    let first = |first: char| first.is_ascii_alphabetic() || first == '_';
    if name.value.starts_with(first)
        && name.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return Ok(name);
    }
    let message = format!("`{}` is not a variable of the environment", Shortened(&name.value));
    let fault = Diagnostic::new(Code::BadName, message, name.span, "not a variable")
        .help("a variable is letters, digits and `_`, no digit first: `PAYMENT_URL`");
    Err(sink.report(fault))
}

/// A name, or a mapping that says more.
pub(super) fn capability(field: Field<'_>, sink: &mut Sink) -> Given<Capability> {
    if let Value::Str(_) = field.node.value {
        return Ok(Capability { name: names::non_empty(field, sink)?, version: None, description: None });
    }
    let mut section = Section::open(field, &CAPABILITY, sink)?;
    let name = section.required("name", sink, names::non_empty);
    let version = section.optional("version", sink, header::version);
    let description = section.optional("description", sink, field::text);
    section.close();
    Ok(Capability { name: name?, version: version?, description: description? })
}
