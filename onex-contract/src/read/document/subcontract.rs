//! `InputSubcontract`, `OutputSubcontract`, `ConfigSubcontract`: a schema, rules and examples.

use super::header::{API_VERSION, KIND, METADATA_KEY, header};
use super::values;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::document::{BuiltInRule, Enforced, Metadata, ValidationRule};
use crate::language::{Key, Section as Table, Shape, Words};
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::read::{Given, List};
use crate::schema::{self, Budget, SCHEMA, Schema};
use crate::source::Spanned;
use crate::syntax::{Node, Shortened};

pub(super) static SUBCONTRACT: Table = Table::new(
    "a subcontract",
    "What a node is given, gives back or is configured with.",
    &[
        API_VERSION,
        KIND,
        METADATA_KEY,
        Key::required("schema", Shape::Section(&SCHEMA), "What every value must be."),
        Key::optional(
            "validation_rules",
            Shape::List(&Shape::Section(&RULE)),
            "What no schema can say, checked for every example.",
        ),
        Key::optional(
            "examples",
            Shape::List(&Shape::Section(&EXAMPLE)),
            "Values that fit the schema and keep the rules, each under a name of its own.",
        ),
    ],
);

static RULE: Table = Table::new(
    "an entry of `validation_rules`",
    "A rule that every value keeps.",
    &[
        Key::required(
            "name",
            Shape::TEXT,
            "The rule: `steps_have_unique_names`, `dependencies_exist`, `status_consistency`, or any other with `enforced_by`.",
        ),
        Key::optional("description", Shape::TEXT, "What the rule is for.").documents(),
        Key::optional("rule", Shape::TEXT, "The rule in the platform's own language, which is not executed.")
            .documents(),
        Key::optional("enforced_by", Shape::TEXT, "Who sees to a rule that is not checked here.").documents(),
    ],
);

static EXAMPLE: Table = Table::new(
    "an entry of `examples`",
    "A value that fits.",
    &[
        Key::required("name", Shape::TEXT, "The example's name."),
        Key::optional("description", Shape::TEXT, "What it is an example of.").documents(),
        Key::required("data", Shape::Anything, "The value."),
    ],
);

/// A subcontract whose examples have not been looked at.
#[derive(Debug)]
pub(crate) struct SubcontractDeclaration<'t> {
    pub(crate) metadata: Given<Metadata>,
    pub(crate) schema: Given<Schema>,
    pub(crate) rules: List<ValidationRule>,
    pub(crate) examples: List<ExampleDeclaration<'t>>,
}

/// An entry of `examples`.
#[derive(Debug)]
pub(crate) struct ExampleDeclaration<'t> {
    pub(crate) name: Given<Spanned<String>>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) data: Given<Field<'t>>,
}

pub(crate) fn subcontract<'t>(
    root: &'t Node,
    budget: &mut Budget,
    sink: &mut Sink,
) -> Given<SubcontractDeclaration<'t>> {
    static ROOT: Shape = Shape::Section(&SUBCONTRACT);
    let mut section = Section::open(Field::of("the subcontract", root, &ROOT), &SUBCONTRACT, sink)?;
    let declaration = SubcontractDeclaration {
        metadata: header(&mut section, sink),
        schema: section.required("schema", sink, |field, sink| schema::schema(field, budget, sink)),
        rules: section.list("validation_rules", sink, rule),
        examples: section.list("examples", sink, example),
    };
    section.close();
    Ok(declaration)
}

fn rule(field: Field<'_>, sink: &mut Sink) -> Given<ValidationRule> {
    let mut section = Section::open(field, &RULE, sink)?;
    let name = section.required("name", sink, values::words);
    let description = section.optional("description", sink, field::text);
    let rule = section.optional("rule", sink, field::text);
    let enforced_by = section.optional("enforced_by", sink, values::words);
    section.close();
    let name = name?;
    let enforced = enforced(&name, enforced_by?, sink)?;
    Ok(ValidationRule { name, description: description?, rule: rule?, enforced })
}

fn enforced(name: &Spanned<String>, by: Option<Spanned<String>>, sink: &mut Sink) -> Given<Enforced> {
    match (BuiltInRule::of(&name.value), by) {
        (Some(rule), None) => Ok(Enforced::Here(rule)),
        (None, Some(by)) => Ok(Enforced::By(by.value)),
        (Some(_), Some(by)) => {
            let message = format!("the rule `{}` is checked here, and has no `enforced_by`", name.value);
            let fault = Diagnostic::new(Code::MisplacedKey, message, by.span, "it is not left to others");
            Err(sink.report(
                fault.also(name.span, "this rule").help("remove the key, or give the rule another name"),
            ))
        }
        (None, None) => Err(sink.report(unknown_rule(name))),
    }
}

fn unknown_rule(name: &Spanned<String>) -> Diagnostic {
    let known: Vec<&str> = BuiltInRule::WORDS.iter().map(|word| word.name).collect();
    let message = format!("nobody checks the rule `{}`", Shortened(&name.value));
    let fault =
        Diagnostic::new(Code::UnknownRule, message, name.span, "this is no rule that is checked here")
            .note(format!(
                "the rules that are checked for every example are {}",
                field::listed(known.iter().copied())
            ))
            .note("the text of a `rule` is not executed: a rule that nobody checks would be ignored");
    match crate::diagnostic::closest(&name.value, known) {
        Some(meant) => fault.replace(format!("there is a rule `{meant}`"), name.span, meant),
        None => fault.help("say with `enforced_by` who sees to it, or remove it"),
    }
}

fn example<'t>(field: Field<'t>, sink: &mut Sink) -> Given<ExampleDeclaration<'t>> {
    let mut section = Section::open(field, &EXAMPLE, sink)?;
    let example = ExampleDeclaration {
        name: section.required("name", sink, values::words),
        description: section.optional("description", sink, field::text),
        data: section.required("data", sink, |field, _| Ok(field)),
    };
    section.close();
    Ok(example)
}
