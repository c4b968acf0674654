//! `handler_routing`: what arrives at a node, by what it is known, and who answers it.

use super::{EventIndex, TypeRef};
use crate::intent_type::IntentType;
use crate::language::words;
use crate::source::{Span, Spanned};
use crate::topic::{Topic, TopicKind};

/// What `handler_routing` says beside its routes.
#[derive(Debug, Clone, Default)]
pub struct Routing {
    /// `routing_strategy`, given or seen from what the entries have.
    pub strategy: RoutingStrategy,
    /// `default_handler`: who answers what no route takes.
    pub default_handler: Option<HandlerRef>,
    /// `entry_point`: the function that is called first and decides by itself.
    pub entry_point: Option<HandlerRef>,
    /// `backends`.
    pub backends: Vec<Backend>,
    /// `default_backend`: one of `backends`, or of those that the entries name.
    pub default_backend: Option<Spanned<String>>,
    /// `execution_mode`.
    pub mode: RouteMode,
    /// `max_timeout_seconds`: 1 to 86,400.
    pub max_timeout_seconds: Option<u64>,
    /// `partial_failure_handling`.
    pub partial_failure_handling: bool,
    /// `aggregation_strategy`.
    pub aggregation: Option<String>,
    /// `routes`: the types that the one handler takes.
    pub accepts: Vec<Accepted>,
}

/// One entry of `handler_routing.handlers`, or the handler of the older form, which is the only route.
#[derive(Debug, Clone)]
pub struct Route {
    /// What arrives.
    pub brings: Brings,
    /// Its name in the module that is generated for the node, where no type of an event or intent gives one and it has
    /// one: that of the operation, payload or topic as an identifier, or `default`.
    pub ident: Option<String>,
    /// The topics that it arrives on. None: it is called, and subscribes to nothing.
    pub topics: Vec<Topic>,
    /// The topic that the contract does not name: that of its intent, or where what none of `topics` brings is
    /// asked for, one of the node's own. None: it has `topics`.
    pub derived: Option<Topic>,
    /// `message_category`.
    pub category: Option<Category>,
    /// `operation`: what is asked for; a name for people where the type of the event decides.
    pub operation: Option<Spanned<String>>,
    /// `backend`: which of several implementations this is.
    pub backend: Option<Spanned<String>>,
    /// `priority`.
    pub priority: Option<i64>,
    /// `handler`.
    pub handler: HandlerRef,
    /// `output_events`, each with the place that lists it.
    pub outputs: Vec<Spanned<EventIndex>>,
    /// Where the list of `output_events` stands, if there is one.
    pub outputs_span: Option<Span>,
    /// `key`: the field of the event that says whose state a reducer folds it into.
    pub key: Option<Spanned<String>>,
    /// `on_exhausted`. A route that parks has a key: here, or that of the run which its event starts.
    pub exhausted: Option<Spanned<Exhausted>>,
    /// The entry.
    pub span: Span,
}

impl Route {
    /// A message that its handler has failed to handle for good is kept, and holds back what has its key.
    pub fn parks(&self) -> bool {
        self.exhausted.is_some_and(|exhausted| exhausted.value == Exhausted::Park)
    }

    /// What a message asks for by name to come here: an operation or a payload. Of several routes for one topic, those
    /// with a name take what bears it.
    pub fn asked(&self) -> Option<&Spanned<String>> {
        match &self.brings {
            Brings::Operation { name, .. } => Some(name),
            Brings::Payload { payload_type, .. } => Some(payload_type),
            Brings::Topic { .. } => self.operation.as_ref(),
            Brings::Event(_) | Brings::Intent { .. } | Brings::Anything { .. } => None,
        }
    }

    /// The topics that its messages come on.
    pub fn arrives_on(&self) -> impl Iterator<Item = &Topic> {
        self.derived.iter().chain(self.topics.iter().filter(|_| self.derived.is_none()))
    }

    /// The type of the message, where the contract gives one for what is no event and no intent.
    pub fn model(&self) -> Option<&TypeRef> {
        match &self.brings {
            Brings::Operation { model, .. }
            | Brings::Payload { model, .. }
            | Brings::Topic { model, .. }
            | Brings::Anything { model } => model.as_ref(),
            Brings::Event(_) | Brings::Intent { .. } => None,
        }
    }
}

/// What a route brings to its handler.
#[derive(Debug, Clone)]
pub enum Brings {
    /// An event of a consumed topic, known by its type.
    Event(Spanned<EventIndex>),
    /// `intent_model` with `intent_type`: work that an orchestrator asks an effect for.
    Intent {
        /// The Rust type of the intent.
        model: TypeRef,
        /// Its name in routing tables.
        intent_type: Spanned<IntentType>,
    },
    /// A message that asks for an operation.
    Operation {
        /// The operation.
        name: Spanned<String>,
        /// The type of the message, if it is given.
        model: Option<TypeRef>,
    },
    /// Whatever travels on a topic that the entry names, or that its type does not name alone.
    Topic {
        /// The topic.
        topic: Spanned<Topic>,
        /// The type of the message, if it is given.
        model: Option<TypeRef>,
    },
    /// A payload, known by a name of its own and not by its type's.
    Payload {
        /// The name.
        payload_type: Spanned<String>,
        /// The type of the message, if it is given.
        model: Option<TypeRef>,
    },
    /// Whatever arrives.
    Anything {
        /// The type of the message, if it is given.
        model: Option<TypeRef>,
    },
}

/// A handler as a contract names it.
#[derive(Debug, Clone)]
pub struct HandlerRef {
    /// The name as written.
    pub name: Spanned<String>,
    /// The Rust function that the name stands for: `HandlerOrderPlaced` and `order_placed` are both `order_placed`.
    pub function: String,
    /// `module`: documentation, since the attribute on the function is the link.
    pub module: Option<String>,
}

/// An entry of `backends`.
#[derive(Debug, Clone)]
pub struct Backend {
    /// Its name.
    pub name: Spanned<String>,
    /// `handler_key`: what a registry knows the handler by.
    pub handler_key: Option<String>,
    /// `handler_class` and `handler_module`.
    pub handler: Option<HandlerRef>,
}

/// An entry of `routes`.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// `input_model`.
    pub input: TypeRef,
    /// `output_model`.
    pub output: Option<TypeRef>,
}

words! {
    /// `routing_strategy`: what a message is matched by.
    pub enum RoutingStrategy default PayloadTypeMatch {
        /// The type of its payload.
        PayloadTypeMatch = "payload_type_match";
        /// The event type on its envelope.
        EventTypeMatch = "event_type_match";
        /// The type of the intent that it is.
        IntentTypeMatch = "intent_type_match";
        /// The operation that it asks for.
        OperationMatch = "operation_match" | "operation_type_match";
        /// The topic that it travels on.
        TopicMatch = "topic_match" | "topic_pattern";
        /// The backend that it is for.
        BackendMatch = "backend_match";
        /// Nothing: there is one handler.
        SingleHandler = "single_handler";
    }
}

words! {
    /// `execution_mode` of `handler_routing`.
    pub enum RouteMode default Sequential {
        /// One handler after the other.
        Sequential = "sequential";
        /// One handler.
        Single = "single";
        /// All handlers at once.
        Parallel = "parallel", later;
    }
}

words! {
    /// `on_exhausted` of a route: what becomes of a message that its handler has failed to handle for good.
    pub enum Exhausted default DeadLetter {
        /// It is a dead letter, and others with its key go on.
        DeadLetter = "dead_letter";
        /// It is kept for a person, and holds back what comes behind it with its key.
        Park = "park";
    }
}

words! {
    /// `message_category`.
    pub enum Category {
        /// Something happened.
        Event = "event";
        /// Somebody is asked to do something.
        Command = "command";
        /// Work that an orchestrator asks an effect for.
        Intent = "intent";
    }
}

words! {
    /// `type` of a handler that is a function.
    pub enum Calling {
        /// It is awaited.
        Async = "async";
        /// It is called.
        Sync = "sync";
    }
}

impl Category {
    /// The category of what travels on topics of a kind. Dead letters and snapshots have none.
    pub fn of(kind: TopicKind) -> Option<Self> {
        match kind {
            TopicKind::Event => Some(Self::Event),
            TopicKind::Command => Some(Self::Command),
            TopicKind::Intent => Some(Self::Intent),
            TopicKind::DeadLetter | TopicKind::Snapshot => None,
        }
    }
}
