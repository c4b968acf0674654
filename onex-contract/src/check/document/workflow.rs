//! A workflow in a file of its own: checked as in the contract of a node that has nothing else.

use super::super::check as check_contract;
use crate::contract::NodeKind;
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::document::WorkflowDefinition;
use crate::read::{Declarations, StepDeclaration, WorkflowDeclaration, WorkflowFileDeclaration};
use crate::source::{Source, Span, Spanned};

pub(crate) fn check(
    source: &Source,
    declared: WorkflowFileDeclaration,
    sink: &mut Sink,
) -> Result<WorkflowDefinition, Reported> {
    if let Ok(metadata) = &declared.metadata {
        check_kind(metadata.node_type, sink);
    }
    if let Ok(steps) = &declared.workflow.steps {
        refuse_events(&steps.list.items, sink)?;
    }
    let (mode_span, strategy_span) = places(&declared.workflow);
    let rules = declared.workflow.rules.as_ref().ok();
    let circuit_breaker = rules.and_then(|rules| rules.circuit_enabled.ok().flatten());
    let metadata = declared.metadata;
    let header = metadata.as_ref().map_err(|reported| *reported).map(|metadata| {
        let kind = Spanned::new(NodeKind::Orchestrator, metadata.node_type.span);
        (metadata.name.clone(), kind, metadata.version)
    });
    let around = Declarations::with_workflow(header, declared.workflow);
    let contract = check_contract(source, &around, sink)?;
    Ok(WorkflowDefinition {
        source: source.clone(),
        metadata: metadata?,
        workflow: contract.workflow.expect("the declarations have one"),
        mode_span,
        strategy_span,
        circuit_breaker,
        unexecuted: contract.unexecuted,
    })
}

/// Where mode and strategy stand.
fn places(workflow: &WorkflowDeclaration) -> (Option<Span>, Option<Span>) {
    let (Ok(metadata), Ok(rules)) = (&workflow.metadata, &workflow.rules) else { return (None, None) };
    let mode = rules.mode.ok().flatten().or(metadata.mode.ok().flatten()).map(|mode| mode.span);
    (mode, rules.strategy.ok().flatten().map(|strategy| strategy.span))
}

fn check_kind(kind: Spanned<NodeKind>, sink: &mut Sink) {
    if kind.value != NodeKind::Orchestrator {
        let message = format!("a node of the kind `{}` has no workflow", kind.value.as_str());
        sink.report(Diagnostic::new(
            Code::NotForThisKind,
            message,
            kind.span,
            "only an orchestrator has one",
        ));
    }
}

/// Events are declared in the contract of a node, which is not here to be asked.
fn refuse_events(steps: &[StepDeclaration], sink: &mut Sink) -> Result<(), Reported> {
    let mut reported = Ok(());
    for step in steps {
        let awaited = step.patterns().iter().map(|pattern| ("event_pattern", pattern.span));
        let outputs = step.outputs.items.len();
        let published = step
            .publishes()
            .enumerate()
            .map(|(index, event)| (if index < outputs { "output_events" } else { "event_type" }, event.span));
        for (key, span) in awaited.chain(published) {
            let message = format!("`{key}` names an event, and a file that is no contract declares none");
            let fault =
                Diagnostic::new(Code::EventElsewhere, message, span, "which event this is cannot be known");
            reported = Err(sink.report(
                fault.help("write the workflow in the contract of the node, under `workflow_coordination`"),
            ));
        }
    }
    reported
}
