//! A subcontract: every example fits the schema and keeps the rules.

use std::collections::HashMap;

use super::data_rules;
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::document::{BuiltInRule, Enforced, Example, Subcontract, SubcontractKind};
use crate::read::{ExampleDeclaration, Given, SubcontractDeclaration};
use crate::schema::{Budget, validate};
use crate::source::{Source, Spanned};

pub(crate) fn check(
    of: SubcontractKind,
    source: &Source,
    declared: SubcontractDeclaration<'_>,
    budget: &mut Budget,
    sink: &mut Sink,
) -> Result<Subcontract, Reported> {
    let names = declared.rules.items.iter().map(|rule| &rule.name);
    unique(names, "two rules have the name", sink);
    unique(
        declared.examples.items.iter().filter_map(|example| example.name.as_ref().ok()),
        "two examples have the name",
        sink,
    );

    let rules: Vec<Spanned<BuiltInRule>> = declared
        .rules
        .items
        .iter()
        .filter_map(|rule| match rule.enforced {
            Enforced::Here(built_in) => Some(Spanned::new(built_in, rule.name.span)),
            Enforced::By(_) => None,
        })
        .collect();
    for rule in &rules {
        if let Ok(schema) = &declared.schema {
            data_rules::check_schema(*rule, schema, sink);
        }
    }
    for data in declared.examples.items.iter().filter_map(|example| example.data.as_ref().ok()) {
        if let Ok(schema) = &declared.schema {
            validate(*data, schema, budget, sink);
        }
        rules.iter().for_each(|rule| data_rules::check_value(*rule, data.node, sink));
    }

    sink.verdict()?;
    Ok(Subcontract {
        source: source.clone(),
        of,
        metadata: declared.metadata?,
        schema: declared.schema?,
        rules: declared.rules.items,
        examples: declared.examples.items.into_iter().map(finish).collect::<Given<_>>()?,
        unexecuted: sink.take_unexecuted(),
    })
}

fn finish(example: ExampleDeclaration<'_>) -> Given<Example> {
    Ok(Example { name: example.name?, description: example.description?, data: example.data?.span() })
}

/// Reports each name that an earlier thing has too.
pub(super) fn unique<'a>(
    names: impl IntoIterator<Item = &'a Spanned<String>>,
    message: &str,
    sink: &mut Sink,
) {
    let mut seen = HashMap::new();
    for name in names {
        if let Some(first) = seen.get(name.value.as_str()) {
            let message = format!("{message} `{}`", crate::syntax::Shortened(&name.value));
            let fault = Diagnostic::new(Code::DuplicateName, message, name.span, "defined again here");
            sink.report(fault.also(*first, "first defined here"));
        } else {
            seen.insert(name.value.as_str(), name.span);
        }
    }
}
