//! What a manifest and the files that it names both say, they say alike.

use crate::contract::{Mode, Strategy};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::document::{Document, Manifest, Metadata, Role, WorkflowDefinition};
use crate::source::Spanned;

pub(crate) fn check(manifest: &Manifest, sink: &mut Sink) -> Result<(), Reported> {
    for (role, document) in &manifest.files {
        let metadata = match document {
            Document::Subcontract(subcontract) => &subcontract.metadata,
            Document::Workflow(workflow) => {
                check_workflow(manifest, workflow, sink);
                &workflow.metadata
            }
            Document::Node(_) | Document::Manifest(_) => continue,
        };
        check_metadata(*role, &manifest.metadata, metadata, sink);
    }
    sink.verdict()
}

fn check_metadata(role: Role, of_node: &Metadata, of_file: &Metadata, sink: &mut Sink) {
    let expected = format!("{}-{}", of_node.name.value, role.as_str());
    if of_file.name.value != expected {
        let message = format!("the `{}` of `{}` is called `{expected}`", role.as_str(), of_node.name.value);
        let fault = Diagnostic::new(Code::Disagreement, message, of_file.name.span, "this is another name")
            .also(of_node.name.span, "the name of the node");
        sink.report(fault.replace("by its manifest it is", of_file.name.span, expected));
    }
    let (kind, node_kind) = (of_file.node_type, of_node.node_type);
    if kind.value != node_kind.value {
        let message = format!(
            "the file belongs to a node that is `{}`, and the node is `{}`",
            kind.value.as_str(),
            node_kind.value.as_str()
        );
        let fault = Diagnostic::new(Code::Disagreement, message, kind.span, "one kind");
        sink.report(fault.also(node_kind.span, "another"));
    }
    if let (Some(domain), Some(node_domain)) = (&of_file.domain, &of_node.domain)
        && domain.value != node_domain.value
    {
        let message = format!(
            "the file belongs to the domain `{}`, and the node to `{}`",
            domain.value, node_domain.value
        );
        let fault = Diagnostic::new(Code::Disagreement, message, domain.span, "one domain");
        sink.report(fault.also(node_domain.span, "another"));
    }
}

fn check_workflow(manifest: &Manifest, file: &WorkflowDefinition, sink: &mut Sink) {
    let limits = &manifest.specification.workflow;
    let workflow = &file.workflow;
    let steps = workflow.steps.len();
    if let Some(max) = limits.max_steps
        && steps > max.value as usize
    {
        let message =
            format!("the workflow has {steps} steps, and the node's workflows have at most {}", max.value);
        let fault = Diagnostic::new(Code::Disagreement, message, workflow.span, "these steps");
        sink.report(fault.also(max.span, "the most that the manifest allows"));
    }
    check_mode(manifest, file, sink);
    check_compensation(manifest, file, sink);
    check_circuit_breaker(manifest, file, sink);
}

/// A switch that is given and off.
fn off(switch: Option<Spanned<bool>>) -> Option<Spanned<bool>> {
    switch.filter(|switch| !switch.value)
}

fn check_mode(manifest: &Manifest, file: &WorkflowDefinition, sink: &mut Sink) {
    let limits = &manifest.specification.workflow;
    let mode = file.workflow.mode;
    let supported = match mode {
        Mode::Sequential => limits.sequential,
        Mode::Parallel => limits.parallel,
        Mode::Conditional => limits.conditional,
        Mode::Batch | Mode::Streaming => None,
    };
    let Some(not_supported) = off(supported) else { return };
    let message =
        format!("the workflow is executed in the mode `{}`, which the node does not support", mode.as_str());
    sink.report(match file.mode_span {
        Some(span) => Diagnostic::new(Code::Disagreement, message, span, "this mode")
            .also(not_supported.span, "the manifest says that it is not supported"),
        None => Diagnostic::new(Code::Disagreement, message, not_supported.span, "it is not supported")
            .also(file.workflow.name.span, "this workflow gives no `execution_mode`")
            .note(format!("the default of `execution_mode` is `{}`", mode.as_str())),
    });
}

fn check_compensation(manifest: &Manifest, file: &WorkflowDefinition, sink: &mut Sink) {
    let specification = &manifest.specification;
    let switches = [specification.workflow.compensation, specification.reliability.compensation];
    let Some(not_supported) = switches.into_iter().find_map(off) else { return };
    // A step with a compensation is under this strategy, or it is a fault of the workflow alone.
    if file.workflow.strategy == Strategy::Compensate
        && let Some(strategy) = file.strategy_span
    {
        let message = "the workflow compensates, which the node does not support";
        let fault = Diagnostic::new(Code::Disagreement, message, strategy, "this strategy");
        sink.report(fault.also(not_supported.span, "the manifest says that it is not supported"));
    }
}

fn check_circuit_breaker(manifest: &Manifest, file: &WorkflowDefinition, sink: &mut Sink) {
    let Some(promised) = manifest.specification.reliability.circuit_breaker else { return };
    let given = file.circuit_breaker;
    if promised.value == given.is_some_and(|given| given.value) {
        return;
    }
    let message = "manifest and workflow do not say the same of `circuit_breaker_enabled`";
    let fault = Diagnostic::new(Code::Disagreement, message, promised.span, "one value");
    sink.report(match given {
        Some(given) => fault.also(given.span, "another value"),
        None => fault
            .also(file.workflow.name.span, "this workflow does not give it")
            .note("the default of `circuit_breaker_enabled` is `false`"),
    });
}
