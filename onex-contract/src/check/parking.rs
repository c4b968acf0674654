//! Routes that park what their handlers have failed to handle: each has a key, which is what a parked message holds back.

use super::entry::Awaited;
use crate::contract::{Brings, NodeKind, Route};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Declarations, Given};
use crate::source::{Span, Spanned};

pub(super) fn check(
    declared: &Declarations,
    routes: &[Route],
    awaited: &Given<Vec<Option<Awaited>>>,
    sink: &mut Sink,
) {
    let Ok(kind) = declared.kind else { return };
    for route in routes.iter().filter(|route| route.parks() && route.key.is_none()) {
        let Some(parks) = route.exhausted else { continue };
        let starts = match awaited {
            Ok(awaited) => starts(route, awaited),
            // What starts a run is not known.
            Err(_) => continue,
        };
        if starts.is_none_or(|key| key.is_none()) {
            sink.report(no_key(route, parks.span, kind, starts.is_some()));
        }
    }
}

/// The key of the runs that the event of this route starts, if it starts any.
fn starts<'a>(route: &Route, awaited: &'a [Option<Awaited>]) -> Option<Option<&'a Spanned<String>>> {
    let Brings::Event(event) = &route.brings else { return None };
    awaited.iter().flatten().find_map(|awaited| match awaited {
        Awaited::Entry(entry) if entry.awaits.events.contains(&event.value) => Some(entry.key.as_ref()),
        Awaited::Entry(_) | Awaited::Gate(_) => None,
    })
}

fn no_key(route: &Route, parks: Span, kind: Spanned<NodeKind>, starts_runs: bool) -> Diagnostic {
    let name = &route.handler.name;
    let message = format!("the route of `{}` parks what fails, and has no key", name.value);
    let fault = Diagnostic::new(Code::MisplacedKey, message, parks, "it would hold back nothing")
        .note("a parked message holds back those behind it that have its key, and no others");
    if kind.value == NodeKind::Reducer {
        fault.help("give the route a `key`: the field of the event that says whose state it concerns")
    } else if starts_runs {
        fault
            .help("give the step that its event completes a `key`: the field that says which run it is about")
    } else {
        fault
            .also(kind.span, "the kind of this node")
            .note("the routes of a reducer have a key, and the one whose event starts a run with a key")
            .help("write `on_exhausted: dead_letter`, or remove it")
    }
}
