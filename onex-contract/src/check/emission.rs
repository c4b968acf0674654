//! The intents that a node may emit.

use super::unique;
use crate::contract::{Emission, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::read::{Declarations, Given};

/// What the node emits; nothing, if that is switched off.
pub(super) fn check(declared: &Declarations, sink: &mut Sink) -> Given<Option<Emission>> {
    let Some((enabled, emission)) = declared.emission.as_ref().map_err(|reported| *reported)? else {
        return Ok(None);
    };
    let types =
        emission.intents.iter().map(|intent| (intent.intent_type.value.as_str(), intent.intent_type.span));
    unique::names("intents", types, sink);
    if let (Ok(own), Some(target)) = (&declared.name, &emission.target)
        && own.value == target.value
    {
        let message = format!("`{}` sends its intents to itself", own.value);
        let fault = Diagnostic::new(Code::IntentToSelf, message, target.span, "this is the node itself")
            .also(own.span, "its name")
            .help("name the node that gets the intents");
        sink.report(fault);
    }
    match (enabled.filter(|enabled| !enabled.value), emission.intents.first()) {
        (Some(off), Some(intent)) => {
            let message = "the node emits no intents, and some are listed";
            let fault = Diagnostic::new(Code::Contradiction, message, off.span, "it emits none")
                .also(intent.intent_type.span, "the first that is listed")
                .help("remove the list, or set `enabled: true`");
            sink.report(fault);
            Ok(None)
        }
        (Some(_), None) => Ok(None),
        (None, _) => {
            // Of a reducer it is told apart, with its actions.
            if declared.kind.is_ok_and(|kind| kind.value != NodeKind::Reducer) {
                sink.defer(not_in_this_version("`intent_emission`", emission.span));
            }
            Ok(Some(emission.clone()))
        }
    }
}
