//! The intent routing table.

use crate::contract::IntentTarget;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Declarations, Given};

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
    table.targets.iter().cloned().collect()
}
