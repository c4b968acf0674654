//! Each strategy matches by one thing, which each entry has.

use super::intake::Intake;
use crate::contract::RoutingStrategy;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::RouteDeclaration;

/// What may have been meant, the likelier first.
const OTHERS: [RoutingStrategy; 3] =
    [RoutingStrategy::PayloadTypeMatch, RoutingStrategy::OperationMatch, RoutingStrategy::TopicMatch];

pub(super) fn check(intake: &Intake, sink: &mut Sink) {
    let Ok(strategy) = intake.strategy else { return };
    if intake.only {
        return;
    }
    if strategy == RoutingStrategy::SingleHandler
        && let [_, second, ..] = &intake.entries[..]
        && let Some(stated) = intake.stated
    {
        let message =
            format!("`{}` is for one handler, and there are {}", strategy.as_str(), intake.entries.len());
        let fault = Diagnostic::new(Code::Contradiction, message, second.span, "a second handler")
            .also(stated.span, "one handler takes everything")
            .help("keep one handler, or match by `operation_match` or `payload_type_match`");
        sink.report(fault);
        return;
    }
    let other =
        OTHERS.into_iter().find(|other| intake.entries.iter().all(|entry| lacking(*other, entry).is_none()));
    for entry in &intake.entries {
        if let (Ok(Some(intent)), Ok(Some(model))) = (&entry.intent, &entry.model)
            && strategy != RoutingStrategy::IntentTypeMatch
        {
            let message = "`intent_type` belongs to an `intent_model`";
            let fault = Diagnostic::new(Code::MisplacedKey, message, intent.key, "an intent")
                .also(model.name.span, "this entry brings an event");
            sink.report(fault.help("remove it, or write `intent_model`"));
            continue;
        }
        if let Some(key) = lacking(strategy, entry) {
            sink.report(unmatched(entry, key, intake, strategy, other));
        }
    }
}

/// What an entry needs for a strategy and does not have.
fn lacking(strategy: RoutingStrategy, entry: &RouteDeclaration) -> Option<&'static str> {
    let model = matches!(entry.model, Ok(None));
    let intent = matches!(entry.intent, Ok(None));
    let payload_type = matches!(entry.payload_type, Ok(None));
    let event_type = matches!(entry.event_type, Ok(None));
    let (lacks, key) = match strategy {
        RoutingStrategy::PayloadTypeMatch => {
            let intent_without_model =
                matches!(&entry.intent, Ok(Some(intent)) if intent.model.is_none()) && model;
            if intent_without_model {
                return Some("intent_model");
            }
            (model && intent && payload_type, "event_model")
        }
        RoutingStrategy::EventTypeMatch => (model && event_type, "event_type"),
        RoutingStrategy::IntentTypeMatch => (model && intent, "intent_type"),
        RoutingStrategy::OperationMatch => (matches!(entry.operation, Ok(None)), "operation"),
        RoutingStrategy::TopicMatch => (matches!(entry.topic, Ok(None)), "topic"),
        RoutingStrategy::BackendMatch => (matches!(entry.backend, Ok(None)), "backend"),
        RoutingStrategy::SingleHandler => (false, ""),
    };
    lacks.then_some(key)
}

fn unmatched(
    entry: &RouteDeclaration,
    key: &str,
    intake: &Intake,
    strategy: RoutingStrategy,
    other: Option<RoutingStrategy>,
) -> Diagnostic {
    let message = format!("missing key `{key}` in an entry of `handlers`");
    let fault = Diagnostic::new(Code::MissingKey, message, entry.span, format!("this has no `{key}`"));
    let asks = format!("`{}` matches by `{key}`", strategy.as_str());
    match (intake.stated, other) {
        (Some(stated), Some(other)) => fault.also(stated.span, asks).replace(
            format!("every entry can be matched by `{}`", other.as_str()),
            stated.span,
            other.as_str(),
        ),
        (Some(stated), None) => fault.also(stated.span, asks),
        (None, _) => fault.note(format!("{asks}, and holds where there is no `routing_strategy`")),
    }
}
