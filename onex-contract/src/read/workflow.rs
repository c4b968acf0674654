//! `workflow_coordination`: metadata, steps, rules.

use super::declarations::{Metadata, Rules, Steps, WorkflowDeclaration};
use super::field::{self, Field};
use super::section::{Keys, Section};
use super::{Given, header, rules, step};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::Spanned;

const COORDINATION: Keys =
    Keys { section: "`workflow_coordination`", known: &["workflow_definition"], later: &[], foreign: &[] };

const DEFINITION: Keys = Keys {
    section: "`workflow_definition`",
    known: &["workflow_metadata", "execution_graph", "coordination_rules"],
    later: &[],
    foreign: &[],
};

const METADATA: Keys = Keys {
    section: "`workflow_metadata`",
    known: &["workflow_name", "workflow_version", "description", "execution_mode", "timeout_ms"],
    later: &[],
    foreign: &[],
};

const GRAPH: Keys = Keys { section: "`execution_graph`", known: &["nodes"], later: &[], foreign: &[] };

pub(super) fn coordination(field: Field<'_>, sink: &mut Sink) -> Given<WorkflowDeclaration> {
    let mut section = Section::open(field, &COORDINATION, sink)?;
    let definition = section.required("workflow_definition", sink, definition);
    section.close();
    Ok(WorkflowDeclaration { key: field.key, ..definition? })
}

fn definition(field: Field<'_>, sink: &mut Sink) -> Given<WorkflowDeclaration> {
    let mut section = Section::open(field, &DEFINITION, sink)?;
    let declaration = WorkflowDeclaration {
        key: field.key,
        metadata: section.required("workflow_metadata", sink, metadata),
        steps: section.required("execution_graph", sink, graph),
        rules: section
            .optional("coordination_rules", sink, rules::rules)
            .map(|rules| rules.unwrap_or_else(Rules::absent)),
    };
    section.close();
    Ok(declaration)
}

fn metadata(field: Field<'_>, sink: &mut Sink) -> Given<Metadata> {
    let mut section = Section::open(field, &METADATA, sink)?;
    let metadata = Metadata {
        name: section.required("workflow_name", sink, workflow_name),
        version: section.required("workflow_version", sink, header::version),
        description: section.optional("description", sink, field::text),
        mode: section.optional("execution_mode", sink, rules::mode),
        timeout_ms: section.optional("timeout_ms", sink, rules::run_timeout),
    };
    section.close();
    Ok(metadata)
}

fn graph(field: Field<'_>, sink: &mut Sink) -> Given<Steps> {
    let mut section = Section::open(field, &GRAPH, sink)?;
    let steps = section.required("nodes", sink, |field, sink| {
        let list = field::list(field, sink, step::step)?;
        Ok(Steps { list, span: field.span() })
    });
    section.close();
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
