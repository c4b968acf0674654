//! The names in the Rust module that is generated for a node: each must be the name of one thing.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::entry::Awaited;
use super::events::EventTable;
use super::routes::Routes;
use crate::contract::{Brings, Route, events_ident};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{ConditionDeclaration, Declarations, Given, StepDeclaration};
use crate::source::{Source, Span};

/// What a run was started with has this name.
const INPUT: &str = "input";

/// The enumeration of a machine's states has this name.
const STATE: &str = "State";

/// One of several events completes a step, which is known by their enumeration.
const EVENTS: &str = "enumeration of events";

/// What a route is called that has a name of its own.
const ROUTE: &str = "route";

/// A name in the module.
struct Name<'a> {
    ident: Cow<'a, str>,
    written: &'a str,
    what: &'static str,
    span: Span,
}

pub(super) fn check(
    source: &Source,
    declared: &Declarations,
    events: &EventTable<'_>,
    routes: &Routes,
    awaited: &Given<Vec<Option<Awaited>>>,
    sink: &mut Sink,
) {
    let mut names: Vec<Name<'_>> = routes.list.iter().filter_map(|route| of_route(route, events)).collect();
    let mut named = HashSet::new();
    // Two routes of one name are another matter: see `deferred`.
    names.retain(|name| name.what != ROUTE || named.insert(name.ident.clone()));
    if let Ok(Some(workflow)) = &declared.workflow
        && let Ok(steps) = &workflow.steps
    {
        of_steps(&steps.list.items, &mut names);
        if let Ok(awaited) = awaited {
            of_events(&steps.list.items, awaited, &mut names);
        }
    }
    names.sort_by_cached_key(|name| source.order(name.span));

    let has_machine = matches!(declared.machine, Ok(Some(_)));
    let mut seen: HashMap<&str, &Name<'_>> = HashMap::new();
    for name in &names {
        if name.ident == INPUT {
            sink.report(reserved(name, "what a run was started with"));
        } else if has_machine && name.ident == STATE {
            sink.report(reserved(name, "the states of the machine"));
        } else if let Some(first) = seen.get(&*name.ident) {
            sink.report(clash(name, first));
        } else {
            seen.insert(&name.ident, name);
        }
    }
}

fn of_route<'a>(route: &'a Route, events: &'a EventTable<'_>) -> Option<Name<'a>> {
    Some(match &route.brings {
        Brings::Event(event) => {
            let name = events.name(event.value);
            Name { ident: name.into(), written: name, what: "event", span: event.span }
        }
        Brings::Intent { model, .. } => Name {
            ident: model.name.value.as_str().into(),
            written: &model.name.value,
            what: "intent",
            span: model.name.span,
        },
        Brings::Operation { .. }
        | Brings::Topic { .. }
        | Brings::Payload { .. }
        | Brings::Anything { .. } => {
            let ident = route.ident.as_deref()?;
            let asked = route.asked();
            Name {
                ident: ident.into(),
                written: asked.map_or(ident, |name| &name.value),
                what: ROUTE,
                span: asked.map_or(route.handler.name.span, |name| name.span),
            }
        }
    })
}

/// Equal ids are another fault, which is reported elsewhere.
fn of_steps<'a>(steps: &'a [StepDeclaration], names: &mut Vec<Name<'a>>) {
    let mut written = HashSet::new();
    let mut functions = HashSet::new();
    for step in steps {
        if let Ok(id) = &step.id
            && written.insert(&id.written.value)
        {
            names.push(Name {
                ident: id.ident.as_str().into(),
                written: &id.written.value,
                what: "step",
                span: id.written.span,
            });
        }
        if let Ok(Some(compensation)) = &step.compensation {
            let (ident, name) = (&compensation.ident, &compensation.name);
            names.push(Name {
                ident: ident.into(),
                written: &name.value,
                what: "compensation",
                span: name.span,
            });
        }
        for condition in [&step.condition, &step.conditions].into_iter().flatten().flatten() {
            of_condition(&condition.value, &mut functions, names);
        }
    }
}

/// The enumerations of the events that complete steps of which one of several does.
fn of_events<'a>(steps: &'a [StepDeclaration], awaited: &[Option<Awaited>], names: &mut Vec<Name<'a>>) {
    for (step, awaited) in steps.iter().zip(awaited) {
        if let (Some(awaited), Ok(id)) = (awaited, &step.id)
            && awaited.events().len() > 1
        {
            let (ident, written) = (events_ident(&id.ident).into(), id.written.value.as_str());
            names.push(Name { ident, written, what: EVENTS, span: id.written.span });
        }
    }
}

/// One function may decide for several steps.
fn of_condition<'a>(
    condition: &'a ConditionDeclaration,
    functions: &mut HashSet<&'a str>,
    names: &mut Vec<Name<'a>>,
) {
    match condition {
        ConditionDeclaration::Custom { name, ident } => {
            if functions.insert(&name.value) {
                names.push(Name {
                    ident: ident.into(),
                    written: &name.value,
                    what: "condition",
                    span: name.span,
                });
            }
        }
        ConditionDeclaration::All(conditions) | ConditionDeclaration::Any(conditions) => {
            conditions.iter().for_each(|condition| of_condition(condition, functions, names));
        }
        ConditionDeclaration::Output { .. } | ConditionDeclaration::Outcome { .. } => {}
    }
}

fn clash(name: &Name<'_>, first: &Name<'_>) -> Diagnostic {
    let message = if name.written != first.written {
        format!("`{}` and `{}` are one name in Rust: `{}`", first.written, name.written, name.ident)
    } else if name.what == first.what {
        format!("`{}` is the name of two {}s", name.written, name.what)
    } else {
        format!("`{}` is the name of {} and of {}", name.written, article(first.what), article(name.what))
    };
    Diagnostic::new(Code::NameClash, message, name.span, format!("the name of {}", article(name.what)))
        .also(first.span, format!("the name of {}", article(first.what)))
        .note("both are names in the module that is generated for the node")
        .help("rename one of the two")
}

fn reserved(name: &Name<'_>, of: &str) -> Diagnostic {
    let message = format!("`{}` is reserved, and cannot be the name of {}", name.ident, article(name.what));
    Diagnostic::new(Code::BadName, message, name.span, "reserved").note(format!("it is the name of {of}"))
}

fn article(noun: &str) -> String {
    let article = if noun.starts_with(['e', 'i']) { "an" } else { "a" };
    format!("{article} {noun}")
}
