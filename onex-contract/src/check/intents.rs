//! The intent routing table.

use super::unique;
use crate::contract::IntentTarget;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::intent_type::IntentType;
use crate::read::{Declarations, Given};
use crate::source::Spanned;

pub(super) fn check(declared: &Declarations, sink: &mut Sink) -> Given<Vec<IntentTarget>> {
    let Some(table) = declared.intents.as_ref().map_err(|reported| *reported)? else { return Ok(Vec::new()) };
    if let Ok(own) = &declared.name {
        for target in table.targets.iter().flatten().filter(|target| target.node.value == own.value) {
            let message =
                format!("`{}` sends the intent `{}` to itself", own.value, target.intent_type.value);
            let fault =
                Diagnostic::new(Code::IntentToSelf, message, target.node.span, "this is the node itself")
                    .also(own.span, "its name")
                    .help("name the effect node that executes the intent");
            sink.report(fault);
        }
    }
    let names = table.subscribed.items.iter().map(|intent| (intent.value.as_str(), intent.span));
    unique::entries("subscribed_intents", names, sink);
    table.targets.iter().cloned().collect()
}

/// The intents that the node executes itself.
pub(super) fn subscribed(declared: &Declarations) -> Given<Vec<Spanned<IntentType>>> {
    match declared.intents.as_ref().map_err(|reported| *reported)? {
        Some(table) => table.subscribed.broken.map_or(Ok(table.subscribed.items.clone()), Err),
        None => Ok(Vec::new()),
    }
}
