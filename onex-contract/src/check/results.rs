//! What a compute node gives back: one value, and where a topic brings what it is computed from, somebody who gets it.

use crate::contract::{Brings, NodeKind, Route};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::Declarations;

/// `untyped`: the node publishes on topics of which it does not say what travels there, which may well be the result.
pub(super) fn check(declared: &Declarations, routes: &[Route], untyped: bool, sink: &mut Sink) {
    let Ok(kind) = declared.kind else { return };
    if kind.value != NodeKind::Compute {
        return;
    }
    for route in routes {
        let function = &route.handler.function;
        match &route.outputs[..] {
            // Whoever calls it gets it; and what a route for anything but an event does is not executed yet.
            [] if untyped || !matches!(route.brings, Brings::Event(_)) => {}
            [] => {
                let message = format!("what `{function}` computes goes nowhere");
                let fault =
                    Diagnostic::new(Code::LostResult, message, route.span, "nothing becomes of the result")
                        .also(kind.span, "a compute node gives back a value")
                        .help("add `output_events: [..]` with the event that the result is, and give it a topic in `published_events`");
                sink.report(fault);
            }
            [_] => {}
            [first, second, ..] => {
                let message =
                    format!("`{function}` gives back one value, and its route lists several events");
                let fault = Diagnostic::new(Code::NotForThisKind, message, second.span, "a second one")
                    .also(first.span, "the result is this event")
                    .also(kind.span, "a compute node gives back one value")
                    .help("keep one, whose fields may say which case it is; what emits one or the other is an effect");
                sink.report(fault);
            }
        }
    }
}
