//! An entry of `handler_routing.handlers`: what arrives, who answers, what may come out.
//!
//! Contracts write one thing under several keys. Each is read here under one name; which of them an entry needs
//! depends on the strategy, and is no concern of this module.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, List, handler, intents, model, names, topics};
use crate::contract::{Category, Exhausted, HandlerRef, TypeRef};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::intent_type::IntentType;
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::{Span, Spanned};
use crate::topic::Topic;

pub(super) static ROUTE: Table = Table::new(
    "an entry of `handlers`",
    "One route: what arrives and the handler that answers it.",
    &[
        Key::optional("event_model", model::MODEL_OR_PATH, "The event that arrives."),
        Key::optional("input_model", model::MODEL_OR_PATH, "The same as `event_model`."),
        Key::optional("intent_model", model::MODEL, "The intent that arrives, in an effect."),
        Key::optional(
            "intent_type",
            Shape::Text(&text::INTENT_TYPE),
            "The name of the intent in routing tables; belongs to `intent_model`.",
        ),
        Key::optional("payload_type", Shape::TEXT, "What arrives, by a name of its own."),
        Key::optional("operation", Shape::TEXT, "What is asked for."),
        Key::optional("routing_key", Shape::TEXT, "The same as `operation`."),
        Key::optional("topic", Shape::Text(&text::TOPIC), "The subscribed topic that the handler answers."),
        Key::optional(
            "event_type",
            Shape::Text(&text::WIRE_TYPE),
            "The subscribed topic that the handler answers, by the event type on its envelopes.",
        ),
        Key::optional(
            "message_category",
            Shape::Word(Category::WORDS),
            "What kind of message arrives; the topic says it.",
        )
        .documents(),
        Key::optional("backend", Shape::TEXT, "Which of several implementations the handler is."),
        Key::optional("handler", Shape::Section(&handler::HANDLER), "The function that answers."),
        Key::optional("handler_class", Shape::Text(&text::HANDLER), "The same as `handler: { name }`."),
        Key::optional("handler_key", Shape::Text(&text::HANDLER), "The same as `handler: { name }`."),
        Key::optional("handler_module", Shape::TEXT, "The same as `handler: { module }`.").documents(),
        Key::optional("handler_type", Shape::TEXT, "What a registry calls its kind.").documents(),
        Key::optional(
            "output_events",
            Shape::List(&Shape::Text(&text::TYPE_NAME)),
            "The events that the handler may emit.",
        ),
        Key::optional(
            "key",
            Shape::Text(&text::FIELD),
            "The field of the event that says whose state a reducer folds it into; without it the node has one state.",
        ),
        Key::default(
            "on_exhausted",
            Shape::Word(Exhausted::WORDS),
            "dead_letter",
            "What becomes of a message that the handler has failed to handle for good, its retries used up; `park` needs a key.",
        ),
        Key::optional("output_model", OUTPUT, "The type that the handler gives back.").documents(),
        Key::optional("output_fields", Shape::TEXTS, "The fields of what the handler gives back.")
            .documents(),
        Key::optional("supported_operations", Shape::TEXTS, "What the handler can do.").documents(),
        Key::optional("actions", Shape::TEXTS, "What the handler does, in words.").documents(),
        Key::optional(
            "priority",
            PRIORITY,
            "Which of several handlers comes first; one handler answers what arrives.",
        )
        .documents(),
        Key::optional("description", Shape::TEXT, "What the route is for.").documents(),
    ],
);

/// Documentation, in whichever notation its author has for types.
const OUTPUT: Shape = model::MODEL_OR_TEXT;
const PRIORITY: Shape = Shape::Integer { min: 0, max: u32::MAX as i64 };

/// An entry of `handler_routing.handlers`.
#[derive(Debug, Clone)]
pub(crate) struct RouteDeclaration {
    pub(crate) model: Given<Option<TypeRef>>,
    /// The model stands under `event_model`, and not under a key that a call by name has too.
    pub(crate) is_event: bool,
    pub(crate) intent: Given<Option<IntentDeclaration>>,
    pub(crate) payload_type: Given<Option<Spanned<String>>>,
    pub(crate) operation: Given<Option<Spanned<String>>>,
    pub(crate) topic: Given<Option<Spanned<Topic>>>,
    pub(crate) event_type: Given<Option<Spanned<String>>>,
    pub(crate) category: Given<Option<Spanned<Category>>>,
    pub(crate) backend: Given<Option<Spanned<String>>>,
    pub(crate) priority: Given<Option<i64>>,
    pub(crate) handler: Given<HandlerRef>,
    pub(crate) outputs: List<Spanned<String>>,
    pub(crate) key: Given<Option<Spanned<String>>>,
    pub(crate) exhausted: Given<Option<Spanned<Exhausted>>>,
    pub(crate) span: Span,
}

/// `intent_model` with `intent_type`, or the latter alone.
#[derive(Debug, Clone)]
pub(crate) struct IntentDeclaration {
    pub(crate) model: Option<TypeRef>,
    pub(crate) intent_type: Given<Spanned<IntentType>>,
    pub(crate) key: Span,
}

impl RouteDeclaration {
    /// Where the entry names its topic, if it does.
    pub(crate) fn names_topic_at(&self) -> Option<Span> {
        let topic = self.topic.as_ref().ok().and_then(|topic| Some(topic.as_ref()?.span));
        topic.or(self.event_type.as_ref().ok().and_then(|name| Some(name.as_ref()?.span)))
    }
}

pub(super) fn route(field: Field<'_>, sink: &mut Sink) -> Given<RouteDeclaration> {
    let mut section = Section::open(field, &ROUTE, sink)?;
    let is_event = section.has("event_model");
    let (model, intent) = what(&mut section, sink);
    let declaration = RouteDeclaration {
        model,
        is_event,
        intent,
        payload_type: section.optional("payload_type", sink, field::spanned_text),
        operation: alias(&mut section, ["operation", "routing_key"], sink, field::spanned_text, |name| {
            &name.value
        }),
        topic: section.optional("topic", sink, topics::topic),
        event_type: section.optional("event_type", sink, field::spanned_text),
        category: section.optional("message_category", sink, field::word::<Category>),
        backend: section.optional("backend", sink, field::spanned_text),
        priority: section
            .optional("priority", sink, field::integer::<i64>)
            .map(|given| given.map(|it| it.value)),
        handler: route_handler(&mut section, sink),
        outputs: section.list("output_events", sink, names::identifier),
        key: section.optional("key", sink, names::data_field),
        exhausted: section.optional("on_exhausted", sink, field::word::<Exhausted>),
        span: field.span(),
    };
    let documents = documents(&mut section, sink);
    section.close();
    documents.map(|()| declaration)
}

/// The model of an event, or an intent; not both.
fn what(
    section: &mut Section<'_>,
    sink: &mut Sink,
) -> (Given<Option<TypeRef>>, Given<Option<IntentDeclaration>>) {
    let intent_model = section.take("intent_model");
    let intent_type = section.take("intent_type");
    let event_model = section.take("event_model");
    if let (Some(event), Some(intent)) = (&event_model, &intent_model) {
        section.take("input_model");
        let message = "a route brings an event or an intent, not both";
        let fault = Diagnostic::new(Code::MisplacedKey, message, intent.key, "an intent")
            .also(event.key, "an event")
            .help("write two entries");
        let reported = sink.report(fault);
        return (Err(reported), Err(reported));
    }
    let model =
        alias(section, ["event_model", "input_model"], sink, model::reference, |model| &model.name.value);
    let model = match section.unreadable("intent_model") {
        Some(reported) if event_model.is_none() && intent_model.is_none() => Err(reported),
        _ => model,
    };
    let intent = match (intent_model, intent_type) {
        (Some(intent), _) => model::model(intent, sink).map(|model| {
            let intent_type = section.required("intent_type", sink, intents::intent_type);
            Some(IntentDeclaration { model: Some(model), intent_type, key: intent.key })
        }),
        (None, Some(intent_type)) => Ok(Some(IntentDeclaration {
            model: None,
            intent_type: intents::intent_type(intent_type, sink),
            key: intent_type.key,
        })),
        (None, None) => Ok(None),
    };
    (model, intent)
}

fn route_handler(section: &mut Section<'_>, sink: &mut Sink) -> Given<HandlerRef> {
    let nested = section.take("handler");
    let module = section.optional("handler_module", sink, field::text);
    let flat =
        alias(section, ["handler_class", "handler_key"], sink, names::handler, |handler| &handler.name.value);
    let Some(nested) = nested else {
        if let Some(handler) = flat? {
            return Ok(HandlerRef { module: module?, ..handler });
        }
        return section
            .required("handler", sink, |field, sink| handler::mapping(field, &handler::HANDLER, sink));
    };
    let handler = handler::mapping(nested, &handler::HANDLER, sink)?;
    module?;
    match flat? {
        Some(other) if other.name.value != handler.name.value => {
            let message =
                format!("one route has two handlers: `{}` and `{}`", handler.name.value, other.name.value);
            let fault = Diagnostic::new(Code::Contradiction, message, other.name.span, "this one")
                .also(handler.name.span, "and this one")
                .help("keep the one that is right");
            Err(sink.report(fault))
        }
        _ => Ok(handler),
    }
}

/// One thing that may stand under either of two keys, or under both if they agree.
fn alias<'a, T>(
    section: &mut Section<'a>,
    keys: [&'static str; 2],
    sink: &mut Sink,
    read: fn(Field<'a>, &mut Sink) -> Given<T>,
    name: fn(&T) -> &str,
) -> Given<Option<T>> {
    let fields = keys.map(|key| section.take(key));
    match fields {
        [Some(one), Some(other)] => {
            let (value, also) = (read(one, sink), read(other, sink));
            let (value, also) = (value?, also?);
            if name(&value) == name(&also) {
                return Ok(Some(value));
            }
            let message = format!("{one} is `{}`, {other} is `{}`", name(&value), name(&also));
            let fault = Diagnostic::new(Code::Contradiction, message, other.span(), "this one")
                .also(one.span(), "and this one")
                .help("they are two spellings of one key: keep the one that is right");
            Err(sink.report(fault))
        }
        [Some(only), None] | [None, Some(only)] => read(only, sink).map(Some),
        [None, None] => match keys.iter().find_map(|key| section.unreadable(key)) {
            Some(reported) => Err(reported),
            None => Ok(None),
        },
    }
}

/// What is for people and tools.
fn documents(section: &mut Section<'_>, sink: &mut Sink) -> Given<()> {
    let texts = ["handler_type", "description"].map(|key| section.optional(key, sink, field::text));
    let lists = ["output_fields", "supported_operations", "actions"]
        .map(|key| section.list(key, sink, field::text).broken);
    section.optional("output_model", sink, model::documented)?;
    texts.into_iter().try_for_each(|text| text.map(|_| ()))?;
    lists.into_iter().flatten().next().map_or(Ok(()), Err)
}
