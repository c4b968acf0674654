//! What a node of each kind may declare.

use crate::contract::NodeKind;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::Declarations;
use crate::source::Span;

pub(super) fn check(declared: &Declarations, sink: &mut Sink) {
    let Ok(kind) = declared.kind else { return };
    let refuse = |what: &str, at: Span, who: &str, sink: &mut Sink| {
        let message = format!("a node of the kind `{}` has no {what}", kind.value.as_str());
        let fault = Diagnostic::new(Code::NotForThisKind, message, at, format!("only {who} has this"))
            .also(kind.span, "the kind of this node");
        sink.report(fault);
    };

    if kind.value != NodeKind::Orchestrator {
        if let Ok(Some(intents)) = &declared.intents {
            match (kind.value, intents.table) {
                (NodeKind::Effect, None) => {}
                (NodeKind::Effect, Some(table)) => {
                    refuse("`intent_routing_table`", table, "an orchestrator", sink);
                }
                _ => refuse("`intent_consumption`", intents.key, "an orchestrator or an effect", sink),
            }
        }
        if let Ok(Some(workflow)) = &declared.workflow {
            refuse("`workflow_coordination`", workflow.key, "an orchestrator", sink);
        }
    }
    if let (NodeKind::Compute | NodeKind::Effect, Ok(Some((_, emission)))) = (kind.value, &declared.emission)
    {
        refuse("`intent_emission`", emission.span, "a reducer or an orchestrator", sink);
    }
    let Ok(Some(routing)) = &declared.routing else { return };
    if kind.value != NodeKind::Effect {
        for route in &routing.handlers.items {
            if let Ok(Some(intent)) = &route.intent {
                let at = intent.model.as_ref().map_or(intent.key, |model| model.name.span);
                refuse("route for an intent", at, "an effect", sink);
            }
        }
    }
}
