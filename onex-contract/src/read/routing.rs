//! `handler_routing`: what arrives, who handles it, what may come out.

use super::declarations::{BringsDeclaration, RouteDeclaration, Routing};
use super::field::{self, Field};
use super::section::Section;
use super::{Given, header, intents, names};
use crate::contract::HandlerRef;
use crate::contract::RoutingStrategy;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};

pub(super) static ROUTING: Table = Table::new(
    "`handler_routing`",
    "Which handler answers what arrives.",
    &[
        Key::default(
            "routing_strategy",
            Shape::Word(RoutingStrategy::WORDS),
            "payload_type_match",
            "What a message is matched by.",
        ),
        Key::required("handlers", Shape::List(&Shape::Section(&ROUTE)), "The routes."),
        Key::optional("version", header::VERSION, "The version of this section.").documents(),
    ],
);

static ROUTE: Table = Table::new(
    "an entry of `handlers`",
    "One route: what arrives and the handler that answers it.",
    &[
        Key::optional("event_model", header::MODEL, "The event that arrives."),
        Key::optional("intent_model", header::MODEL, "The intent that arrives, in an effect."),
        Key::optional(
            "intent_type",
            Shape::Text(&text::INTENT_TYPE),
            "The name of the intent in routing tables; belongs to `intent_model`.",
        ),
        Key::required("handler", Shape::Section(&HANDLER), "The function that answers."),
        Key::optional(
            "output_events",
            Shape::List(&Shape::Text(&text::TYPE_NAME)),
            "The events that the handler may emit.",
        ),
        Key::optional("description", Shape::TEXT, "What the route is for.").documents(),
    ],
);

static HANDLER: Table = Table::new(
    "`handler`",
    "The function that answers a route.",
    &[
        Key::required("name", Shape::Text(&text::HANDLER), "Its name."),
        Key::optional("module", Shape::TEXT, "Where it is; the attribute on the function is the link.")
            .documents(),
    ],
);

pub(super) fn routing(field: Field<'_>, sink: &mut Sink) -> Given<Routing> {
    let mut section = Section::open(field, &ROUTING, sink)?;
    let strategy = section.optional("routing_strategy", sink, field::word::<RoutingStrategy>);
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
