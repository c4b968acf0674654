//! `handler_routing`: what arrives, who handles it, what may come out.

use super::declarations::{BringsDeclaration, RouteDeclaration, Routing};
use super::field::{self, Field};
use super::section::{Keys, Section};
use super::{Given, header, intents, names};
use crate::contract::HandlerRef;
use crate::diagnostic::{Code, Diagnostic, Sink};

const ROUTING: Keys = Keys {
    section: "`handler_routing`",
    known: &["routing_strategy", "handlers", "version"],
    later: &["default_handler"],
    foreign: &[],
};

const ROUTE: Keys = Keys {
    section: "an entry of `handlers`",
    known: &["event_model", "intent_model", "intent_type", "handler", "output_events", "description"],
    later: &["operation", "topic"],
    foreign: &[],
};

const HANDLER: Keys = Keys { section: "`handler`", known: &["name", "module"], later: &[], foreign: &[] };

pub(super) fn routing(field: Field<'_>, sink: &mut Sink) -> Given<Routing> {
    let mut section = Section::open(field, &ROUTING, sink)?;
    let strategy = field::one_of(&[("payload_type_match", ())], &["operation_match", "topic_pattern"]);
    let strategy = section.optional("routing_strategy", sink, strategy);
    let version = section.optional("version", sink, header::version);
    let handlers = section.required("handlers", sink, |field, sink| field::list(field, sink, route));
    section.close();
    // Faults of the two that say nothing further are in the sink; the routes are worth reading all the same.
    let mut handlers = handlers?;
    handlers.broken = handlers.broken.or(strategy.err()).or(version.err());
    Ok(Routing { key: field.key, handlers })
}

fn route(field: Field<'_>, sink: &mut Sink) -> Given<RouteDeclaration> {
    let mut section = Section::open(field, &ROUTE, sink)?;
    let description = section.optional("description", sink, field::text);
    let brings = brings(&mut section, sink);
    let declaration = RouteDeclaration {
        brings: description.and(brings),
        handler: section.required("handler", sink, handler),
        outputs: section.list("output_events", sink, names::identifier),
        span: field.span(),
    };
    section.close();
    Ok(declaration)
}

fn brings(section: &mut Section<'_>, sink: &mut Sink) -> Given<BringsDeclaration> {
    let keys = ["event_model", "intent_model"].map(|key| section.take(key));
    let intent_type = section.take("intent_type");
    match (keys, intent_type) {
        ([Some(event), Some(intent)], _) => {
            let message = "a route brings an event or an intent, not both";
            let fault = Diagnostic::new(Code::MisplacedKey, message, intent.key, "an intent")
                .also(event.key, "an event")
                .help("write two entries");
            Err(sink.report(fault))
        }
        ([Some(_), None], Some(intent_type)) => {
            let fault = Diagnostic::new(
                Code::MisplacedKey,
                "`intent_type` belongs to an `intent_model`",
                intent_type.key,
                "this entry brings an event",
            );
            Err(sink.report(fault.help("remove it")))
        }
        ([Some(event), None], None) => Ok(BringsDeclaration::Event(header::model(event, sink)?)),
        ([None, Some(intent)], _) => {
            let model = header::model(intent, sink);
            let intent_type = section.required("intent_type", sink, intents::intent_type);
            Ok(BringsDeclaration::Intent { model: model?, intent_type })
        }
        ([None, None], _) => match section.unreadable("intent_model") {
            Some(reported) => Err(reported),
            None => section.required("event_model", sink, header::model).map(BringsDeclaration::Event),
        },
    }
}

fn handler(field: Field<'_>, sink: &mut Sink) -> Given<HandlerRef> {
    let mut section = Section::open(field, &HANDLER, sink)?;
    let handler = section.required("name", sink, names::handler);
    let module = section.optional("module", sink, field::text);
    section.close();
    Ok(HandlerRef { module: module?, ..handler? })
}
