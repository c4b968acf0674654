//! A manifest: what it says twice, it says alike.

use super::subcontract::unique;
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::document::{Manifest, Metadata, Specification};
use crate::read::ManifestDeclaration;
use crate::source::Source;

pub(crate) fn check(
    source: &Source,
    declared: ManifestDeclaration,
    sink: &mut Sink,
) -> Result<Manifest, Reported> {
    if let (Ok(metadata), Ok(specification)) = (&declared.metadata, &declared.specification) {
        check_kind(metadata, specification, sink);
    }
    if let Ok(specification) = &declared.specification {
        check_compensation(specification, sink);
        check_latency(specification, sink);
    }
    if let Ok(Some(monitoring)) = &declared.monitoring {
        unique(monitoring.metrics.items.iter().map(|metric| &metric.name), "two metrics have the name", sink);
        unique(monitoring.alerts.items.iter().map(|alert| &alert.name), "two alerts have the name", sink);
    }

    sink.verdict()?;
    let dependencies = declared.dependencies?;
    let (metrics, alerts) = match declared.monitoring? {
        Some(monitoring) => (monitoring.metrics.items, monitoring.alerts.items),
        None => (Vec::new(), Vec::new()),
    };
    Ok(Manifest {
        source: source.clone(),
        metadata: declared.metadata?,
        specification: declared.specification?,
        runtime: dependencies.runtime,
        internal: dependencies.internal,
        contracts: declared.contracts?,
        files: Vec::new(),
        testing: declared.testing?,
        metrics,
        alerts,
    })
}

fn check_kind(metadata: &Metadata, specification: &Specification, sink: &mut Sink) {
    let (kind, class) = (metadata.node_type, specification.node_class);
    if kind.value != class.value {
        let message = format!(
            "the node is `{}` by its `node_type`, and `{}` by its `node_class`",
            kind.value.as_str(),
            class.value.as_str()
        );
        let fault = Diagnostic::new(Code::Disagreement, message, class.span, "one kind");
        sink.report(fault.also(kind.span, "another"));
    }
}

fn check_compensation(specification: &Specification, sink: &mut Sink) {
    let (workflow, reliability) =
        (specification.workflow.compensation, specification.reliability.compensation);
    if let (Some(workflow), Some(reliability)) = (workflow, reliability)
        && workflow.value != reliability.value
    {
        let message =
            "`compensation_supported` and `supports_compensation` are one fact, given with different values";
        let fault = Diagnostic::new(Code::Disagreement, message, reliability.span, "one value");
        sink.report(fault.also(workflow.span, "another value"));
    }
}

fn check_latency(specification: &Specification, sink: &mut Sink) {
    let performance = &specification.performance;
    if let (Some(expected), Some(max)) = (performance.expected_latency_ms, performance.max_latency_ms)
        && expected.value > max.value
    {
        let message =
            format!("`expected_latency_ms` is {}, and `max_latency_ms` is {}", expected.value, max.value);
        let fault = Diagnostic::new(Code::Contradiction, message, expected.span, "this is too much");
        sink.report(fault.also(max.span, "for this"));
    }
}
