//! What is asked of names, and said where the answer is no.

use super::closest::closest;
use super::{Names, Sort, Text, equal};
use crate::node::route::Route;

/// Reports a name that the contract does not declare as what it is used for.
///
/// # Panics
/// While compiling, if it does not, and has no errors of its own.
#[track_caller]
pub const fn declared(name: &str, sort: Sort, contract: &Names) {
    if contract.broken || contract.declares(name, sort) {
        return;
    }
    let (names, at) = match sort {
        Sort::Event
        | Sort::Intent
        | Sort::Transition
        | Sort::Operation
        | Sort::Payload
        | Sort::Topic
        | Sort::Default => (contract.of(sort), contract.routes_at),
        Sort::Step | Sort::Output | Sort::Compensation | Sort::Condition => {
            (contract.of(sort), contract.steps_at)
        }
    };
    let mut text = Text::new().push("the contract of `").push(contract.node).push("` declares no ");
    text = text.push(sort.as_str()).push(" `").push(name).push("`");
    if let Some(instead) = contract.instead(name) {
        text = text.push("\nhelp: `").push(name).push("` ").push(instead);
    } else if let Some(near) = closest(name, names) {
        text = text.push("\nhelp: there is one with a similar name: `").push(near).push("`");
    } else if let (Sort::Output, Some(near)) = (sort, closest(name, contract.inputs)) {
        text = text.push("\nhelp: there is one with a similar name: `").push(near).push("`");
    } else if let Sort::Output = sort {
        text =
            text.push("\nhelp: a parameter is named after what its step depends on; the contract declares ");
        text = listed(listed(text, names, true), contract.inputs, names.is_empty());
    } else if names.is_empty() {
        text = text.push("\nhelp: it declares none at all; add it, or remove this");
    } else {
        text = listed(text.push("\nhelp: it declares "), names, true);
    }
    text = text.push("\nnote: the contract is here\n").push(at);
    panic!("{}", text.as_str())
}

const fn listed(mut text: Text, names: &[&str], first: bool) -> Text {
    let mut i = 0;
    while i < names.len() {
        text = text.push(if i == 0 && first { "`" } else { ", `" }).push(names[i]).push("`");
        i += 1;
    }
    text
}

/// Reports a handler whose name is not the one in the contract.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_handler_name<R: Route>(function: &str) {
    let routes = <R::Node as crate::node::Node>::TABLE.routes;
    if R::INDEX >= routes.len() || equal(routes[R::INDEX].handler, function) {
        return;
    }
    let text = Text::new()
        .push("the contract calls this handler `")
        .push(routes[R::INDEX].handler)
        .push("`, but the function is `")
        .push(function)
        .push("`\nhelp: rename one of them\nnote: the handler is named here\n")
        .push(R::DECLARED);
    panic!("{}", text.as_str())
}

/// Reports an intent whose Rust type has another name than the contract gives it.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_intent_type(model: &str, actual: &str, declared: &str, excerpt: &str) {
    if equal(actual, declared) {
        return;
    }
    let text = Text::new()
        .push("the contract routes `")
        .push(declared)
        .push("` to this handler as `")
        .push(model)
        .push("`, but that type is the intent `")
        .push(actual)
        .push("`\nhelp: correct one of the two: the `intent_type` of the contract, or `#[intent(\"")
        .push(actual)
        .push("\")]` on the type\nnote: it is declared here\n")
        .push(excerpt);
    panic!("{}", text.as_str())
}

/// Reports an event whose Rust type goes by another name than the contract gives it. A leading `Model` is no difference.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_event_name(actual: &str, declared: &str, excerpt: &str) {
    if equal(without_model(actual), without_model(declared)) {
        return;
    }
    let text = Text::new()
        .push("the contract calls this event `")
        .push(declared)
        .push("`, but the type goes by the name `")
        .push(actual)
        .push("`\nhelp: add `#[event(name = \"")
        .push(declared)
        .push("\")]` to the type, or correct the name in the contract\nnote: it is named here\n")
        .push(excerpt);
    panic!("{}", text.as_str())
}

/// Reports a handler that calls another workflow than the contract names.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_workflow_name(actual: &str, declared: &str, excerpt: &str) {
    if declared.is_empty() || equal(actual, declared) {
        return;
    }
    let text = Text::new()
        .push("the contract says that this step is the workflow `")
        .push(declared)
        .push("`, but its handler calls `")
        .push(actual)
        .push("`\nhelp: call the node whose contract has that `workflow_name`, or correct the name in the contract\nnote: it is named here\n")
        .push(excerpt);
    panic!("{}", text.as_str())
}

const fn without_model(name: &str) -> &str {
    let bytes = name.as_bytes();
    if bytes.len() > 5 && equal(name.split_at(5).0, "Model") { name.split_at(5).1 } else { name }
}
