//! `handler_routing`: the strategy, the routes, and what holds for all of them.

use super::field::{self, Field};
use super::route::{self, RouteDeclaration};
use super::section::Section;
use super::{Given, List, handler, header, model, names};
use crate::contract::{Accepted, Backend, HandlerRef, RouteMode, RoutingStrategy};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::{Span, Spanned};

pub(super) static ROUTING: Table = Table::new(
    "`handler_routing`",
    "Which handler answers what arrives.",
    &[
        Key::optional(
            "routing_strategy",
            Shape::Word(RoutingStrategy::WORDS),
            "What a message is matched by; without it, by what the entries have.",
        ),
        Key::optional("handlers", Shape::List(&Shape::Section(&route::ROUTE)), "The routes."),
        Key::optional("default_handler", handler::DEFAULT, "Who answers what no route takes."),
        Key::optional(
            "entry_point",
            Shape::Section(&handler::ENTRY_POINT),
            "The function that is called first and decides by itself.",
        )
        .later(),
        Key::default(
            "execution_mode",
            Shape::Word(RouteMode::WORDS),
            "sequential",
            "How several handlers of one message are called.",
        ),
        Key::optional("default_backend", Shape::TEXT, "The backend, where none is asked for.").later(),
        Key::optional("backends", Shape::List(&Shape::Section(&BACKEND)), "The implementations there are.")
            .later(),
        Key::optional(
            "max_timeout_seconds",
            Shape::Integer { min: 1, max: 86_400 },
            "How long a handler may take.",
        )
        .later(),
        Key::default(
            "partial_failure_handling",
            Shape::Boolean,
            "false",
            "Whether what succeeded is kept where one of several handlers failed.",
        )
        .only_off(),
        Key::optional("aggregation_strategy", Shape::TEXT, "How the answers of several handlers become one.")
            .later(),
        Key::optional("handler_dependencies", Shape::Anything, "What the handlers are constructed with.")
            .later(),
        Key::optional(
            "routes",
            Shape::List(&Shape::Section(&ACCEPTED)),
            "The types that the one handler takes.",
        )
        .later(),
        Key::optional("version", header::VERSION, "The version of this section.").documents(),
    ],
);

static BACKEND: Table = Table::new(
    "an entry of `backends`",
    "One implementation.",
    &[
        Key::required("backend", Shape::TEXT, "Its name."),
        Key::optional("handler_key", Shape::TEXT, "What a registry knows its handler by."),
        Key::optional("handler_class", Shape::Text(&text::HANDLER), "Its handler."),
        Key::optional("handler_module", Shape::TEXT, "Where the handler is.").documents(),
    ],
);

static ACCEPTED: Table = Table::new(
    "an entry of `routes`",
    "A type that the one handler takes.",
    &[
        Key::required("input_model", model::MODEL_OR_PATH, "The type."),
        Key::optional("output_model", model::MODEL_OR_PATH, "The type that it becomes."),
    ],
);

/// `handler_routing`.
#[derive(Debug)]
pub(crate) struct RoutingDeclaration {
    pub(crate) key: Span,
    pub(crate) strategy: Given<Option<Spanned<RoutingStrategy>>>,
    pub(crate) handlers: List<RouteDeclaration>,
    pub(crate) default_handler: Given<Option<HandlerRef>>,
    pub(crate) entry_point: Given<Option<HandlerRef>>,
    pub(crate) backends: List<Backend>,
    pub(crate) default_backend: Given<Option<Spanned<String>>>,
    pub(crate) mode: Given<Option<Spanned<RouteMode>>>,
    pub(crate) max_timeout_seconds: Given<Option<Spanned<u64>>>,
    pub(crate) partial_failure_handling: Given<Option<Spanned<bool>>>,
    pub(crate) aggregation: Given<Option<String>>,
    pub(crate) accepts: List<Accepted>,
}

pub(super) fn routing(field: Field<'_>, sink: &mut Sink) -> Given<RoutingDeclaration> {
    let mut section = Section::open(field, &ROUTING, sink)?;
    let version = section.optional("version", sink, header::version);
    let mut handlers = section.list("handlers", sink, route::route);
    // What says nothing further is in the sink; the routes are worth reading all the same.
    handlers.broken = handlers.broken.or(version.err());
    section.take("handler_dependencies");
    let routing = RoutingDeclaration {
        key: field.key,
        strategy: section.optional("routing_strategy", sink, strategy),
        handlers,
        default_handler: section.optional("default_handler", sink, handler::fallback).map(Option::flatten),
        entry_point: section.optional("entry_point", sink, |field, sink| {
            handler::mapping(field, &handler::ENTRY_POINT, sink)
        }),
        backends: section.list("backends", sink, backend),
        default_backend: section.optional("default_backend", sink, field::spanned_text),
        mode: section.optional("execution_mode", sink, field::word),
        max_timeout_seconds: section.optional("max_timeout_seconds", sink, field::integer),
        partial_failure_handling: section.optional("partial_failure_handling", sink, field::boolean),
        aggregation: section.optional("aggregation_strategy", sink, field::text),
        accepts: section.list("routes", sink, accepted),
    };
    section.close();
    Ok(routing)
}

/// Strategies that contracts use and that nothing defines are told from a slip of the pen.
fn strategy(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<RoutingStrategy>> {
    const UNDEFINED: [&str; 3] = ["phase_dispatch", "orchestration", "default"];
    let text = field::spanned_text(field, sink)?;
    if let Some(strategy) = RoutingStrategy::of(&text.value) {
        return Ok(Spanned::new(strategy, text.span));
    }
    let fault: Diagnostic = field::unknown_word(field, &text, RoutingStrategy::WORDS);
    debug_assert!(fault.code == Code::UnknownValue);
    Err(sink.report(if UNDEFINED.contains(&text.value.as_str()) {
        fault.note(format!("`{}` is in use, and nothing defines what it matches by", text.value))
    } else {
        fault
    }))
}

fn backend(field: Field<'_>, sink: &mut Sink) -> Given<Backend> {
    let mut section = Section::open(field, &BACKEND, sink)?;
    let name = section.required("backend", sink, field::spanned_text);
    let handler_key = section.optional("handler_key", sink, field::text);
    let handler = section.optional("handler_class", sink, names::handler);
    let module = section.optional("handler_module", sink, field::text);
    section.close();
    let module = module?;
    let handler = handler?.map(|handler| HandlerRef { module, ..handler });
    Ok(Backend { name: name?, handler_key: handler_key?, handler })
}

fn accepted(field: Field<'_>, sink: &mut Sink) -> Given<Accepted> {
    let mut section = Section::open(field, &ACCEPTED, sink)?;
    let input = section.required("input_model", sink, model::reference);
    let output = section.optional("output_model", sink, model::reference);
    section.close();
    Ok(Accepted { input: input?, output: output? })
}
