//! The rules that no schema can say, each by its name in `validation_rules`.
//!
//! A value of another type than a rule expects is a matter of the schema: a rule passes it by.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::document::BuiltInRule;
use crate::schema::Schema;
use crate::source::{Span, Spanned};
use crate::syntax::{Node, Shortened, Value};

/// A name is compared with no more than this, to find what it was meant to be.
const COMPARED: usize = 100;

/// Reports a rule about something that the schema does not describe.
pub(super) fn check_schema(rule: Spanned<BuiltInRule>, schema: &Schema, sink: &mut Sink) {
    let key = match rule.value {
        BuiltInRule::StepsHaveUniqueNames | BuiltInRule::DependenciesExist => "steps",
        BuiltInRule::StatusConsistency => "execution_status",
    };
    if schema.describes(key) == Some(false) {
        let message = format!(
            "the rule `{}` is about `{key}`, and the schema does not describe it",
            rule.value.as_str()
        );
        let fault = Diagnostic::new(Code::RuleMisfit, message, rule.span, "this rule would check nothing");
        sink.report(
            fault.help(format!("describe `{key}` under the `properties` of the schema, or remove the rule")),
        );
    }
}

/// Reports where a value breaks a rule.
pub(super) fn check_value(rule: Spanned<BuiltInRule>, value: &Node, sink: &mut Sink) {
    match rule.value {
        BuiltInRule::StepsHaveUniqueNames => unique_names(rule.span, value, sink),
        BuiltInRule::DependenciesExist => dependencies_exist(rule.span, value, sink),
        BuiltInRule::StatusConsistency => status_consistency(rule.span, value, sink),
    }
}

fn unique_names(rule: Span, value: &Node, sink: &mut Sink) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for (name, span) in steps(value).filter_map(|step| text(step.entry("step_name")?.1)) {
        if let Some(first) = seen.get(name) {
            let message = format!("two steps have the `step_name` `{}`", Shortened(name));
            sink.report(broken(rule, message, span, "given again here").also(*first, "first given here"));
        } else {
            seen.insert(name, span);
        }
    }
}

fn dependencies_exist(rule: Span, value: &Node, sink: &mut Sink) {
    let ids: Vec<&str> =
        steps(value).filter_map(|step| text(step.entry("step_id")?.1)).map(|(id, _)| id).collect();
    let known: std::collections::HashSet<&str> = ids.iter().copied().collect();
    for step in steps(value) {
        let named = step.entry("depends_on").map(|(_, on)| items(on)).unwrap_or_default();
        for (name, span) in named.iter().filter_map(text) {
            if known.contains(name) {
                continue;
            }
            let message = format!("no step has the `step_id` `{}`", Shortened(name));
            let fault = broken(rule, message, span, "no such step");
            sink.report(match closest(name, ids.iter().copied().take(COMPARED)) {
                Some(meant) => fault.replace(format!("there is a step `{meant}`"), span, meant),
                None => fault,
            });
        }
    }
}

fn status_consistency(rule: Span, value: &Node, sink: &mut Sink) {
    let Some((status, span)) = value.entry("execution_status").and_then(|(_, status)| text(status)) else {
        return;
    };
    let list = |key| value.entry(key).map(|(_, list)| list);
    let has_any = |key| list(key).is_some_and(|list| !items(list).is_empty());
    match status {
        "completed" if has_any("failed_steps") => {
            let message = "the status is `completed`, and there are `failed_steps`";
            let fault = broken(rule, message.to_owned(), span, "nothing has failed");
            let failed = list("failed_steps").map(|list| list.span);
            sink.report(failed.into_iter().fold(fault, |fault, failed| fault.also(failed, "these have")));
        }
        "failed" if !has_any("failed_steps") && !has_any("errors") => {
            let message = "the status is `failed`, and there are neither `failed_steps` nor `errors`";
            sink.report(broken(rule, message.to_owned(), span, "nothing says what has failed"));
        }
        _ => {}
    }
}

fn broken(rule: Span, message: String, at: Span, label: &str) -> Diagnostic {
    Diagnostic::new(Code::RuleBroken, message, at, label).also(rule, "this rule is broken")
}

fn steps(value: &Node) -> impl Iterator<Item = &Node> {
    value.entry("steps").map(|(_, steps)| items(steps)).unwrap_or_default().iter()
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Seq(items) => items,
        _ => &[],
    }
}

fn text(node: &Node) -> Option<(&str, Span)> {
    match &node.value {
        Value::Str(text) => Some((text, node.span)),
        _ => None,
    }
}
