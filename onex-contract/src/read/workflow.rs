//! `workflow_coordination`: metadata, steps, rules.

use super::declarations::{Metadata, Rules, Steps, WorkflowDeclaration};
use super::field::{self, Field};
use super::section::Section;
use super::{Given, header, rules, step};
use crate::contract::Mode;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words};
use crate::source::Spanned;

pub(super) static COORDINATION: Table = Table::new(
    "`workflow_coordination`",
    "The workflow of an orchestrator.",
    &[Key::required("workflow_definition", Shape::Section(&DEFINITION), "The workflow.")],
);

static DEFINITION: Table = Table::new(
    "`workflow_definition`",
    "A workflow: who it is, its steps, its rules.",
    &[
        Key::required("workflow_metadata", Shape::Section(&METADATA), "Who it is."),
        Key::required("execution_graph", Shape::Section(&GRAPH), "Its steps."),
        Key::optional("coordination_rules", Shape::Section(&rules::RULES), "How a run is executed."),
    ],
);

static METADATA: Table = Table::new(
    "`workflow_metadata`",
    "Name and version of a workflow.",
    &[
        Key::required("workflow_name", Shape::TEXT, "The workflow's name in journals and reports."),
        Key::required("workflow_version", header::VERSION, "The workflow's version."),
        Key::optional("description", Shape::TEXT, "What the workflow does.").documents(),
        Key::optional(
            "execution_mode",
            Shape::Word(Mode::WORDS),
            "The same as in `coordination_rules`; if both are given, they must agree.",
        ),
        Key::optional(
            "timeout_ms",
            rules::RUN_TIMEOUT,
            "The same as in `coordination_rules`; if both are given, they must agree.",
        ),
    ],
);

static GRAPH: Table = Table::new(
    "`execution_graph`",
    "The steps of a workflow, which depend on each other without a circle.",
    &[Key::required("nodes", Shape::List(&Shape::Section(&step::STEP)), "The steps.")],
);

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
        mode: section.optional("execution_mode", sink, field::word),
        timeout_ms: section.optional("timeout_ms", sink, field::integer),
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
