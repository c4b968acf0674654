//! What `error_handling` asks for and nothing would come of: refused where a contract is compiled.

use std::collections::HashSet;

use super::routes::Routes;
use crate::contract::{CircuitBreaker, ErrorPolicy, NodeKind, Step, StepKind, Workflow};
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;
use crate::read::{Declarations, Given};

pub(super) fn defer(
    declared: &Declarations,
    routes: &Routes,
    workflow: &Given<Option<Workflow>>,
    sink: &mut Sink,
) {
    let (Ok(Some(policy)), Ok(kind), Ok(workflow)) = (&declared.errors, declared.kind, workflow) else {
        return;
    };
    defer_retries(policy, sink);
    defer_pure(policy, kind.value, sink);
    let Some(breaker) = policy.breaker.as_ref().filter(|breaker| breaker.enabled) else { return };
    let has_routes = kind.value == NodeKind::Effect && !routes.list.is_empty();
    let name = declared.name.as_ref().ok().map(|name| name.value.as_str());
    defer_idle(breaker, has_routes, name, workflow.as_ref(), sink);
}

/// Which errors are retried is said by their type.
fn defer_retries(policy: &ErrorPolicy, sink: &mut Sink) {
    let retried = policy.retry.as_ref().filter(|retry| retry.max_retries > 0);
    if let Some(first) = retried.and_then(|retry| retry.retry_on.first()) {
        let unexecuted = not_in_this_version("`retry_on`", first.span);
        sink.defer(unexecuted.help("remove it, and let the type of the error say it, by `Classify`"));
    }
}

/// What is pure is neither stopped nor, if it is folded into state, tried again.
fn defer_pure(policy: &ErrorPolicy, kind: NodeKind, sink: &mut Sink) {
    let retried = policy.retry.as_ref().filter(|retry| retry.max_retries > 0 && kind == NodeKind::Reducer);
    let stopped = policy.timeout.filter(|_| matches!(kind, NodeKind::Compute | NodeKind::Reducer));
    let places = [
        ("retry_policy", retried.map(|retry| retry.span)),
        ("timeout_policy", stopped.map(|timeout| timeout.span)),
    ];
    for (key, span) in places {
        if let Some(span) = span {
            let unexecuted = not_in_this_version(format!("`{key}` of a {} node", kind.as_str()), span);
            sink.defer(unexecuted.help("remove it, or write it where the effect is"));
        }
    }
}

/// Breakers that guard nothing.
fn defer_idle(
    breaker: &CircuitBreaker,
    has_routes: bool,
    name: Option<&str>,
    workflow: Option<&Workflow>,
    sink: &mut Sink,
) {
    let steps = || workflow.into_iter().flat_map(|workflow| &workflow.steps).filter(|step| acts(step));
    let circuits: HashSet<&str> =
        steps().filter_map(|step| step.circuit.as_ref()).map(|circuit| circuit.value.as_str()).collect();
    let breakers = workflow.is_some_and(|workflow| workflow.coordination.circuit_breaker.is_some());
    let guarded = !breakers && steps().any(|step| step.circuit.is_none());
    let named = name.is_some_and(|name| circuits.contains(name));
    let uses_backends = breaker.backends.iter().any(|backend| circuits.contains(backend.name.value.as_str()));
    if !has_routes && !guarded && !named && !uses_backends {
        let unexecuted = not_in_this_version("a `circuit_breaker` that guards nothing", breaker.span);
        sink.defer(unexecuted.help(
            "it guards the routes of an effect node, and the effect steps of a workflow that has none of its own",
        ));
        return;
    }
    for backend in &breaker.backends {
        if !circuits.contains(backend.name.value.as_str()) {
            let unexecuted = not_in_this_version("a backend that no step acts on", backend.name.span);
            sink.defer(unexecuted.help("name it as the `circuit` of an effect step, or remove it"));
        }
    }
}

/// A handler of this node executes the step, and acts outside.
fn acts(step: &Step) -> bool {
    step.kind == StepKind::Effect && step.entry.is_none() && step.gate.is_none() && step.sends.is_none()
}
