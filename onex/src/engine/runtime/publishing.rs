//! Messages: what a program sends to nodes, and which of their messages it sees.

use std::any::TypeId;
use std::sync::Arc;

use uuid::Uuid;

use super::super::clock;
use super::super::core::IdFrom;
use super::super::error::{PublishError, SubscribeError};
use super::Runtime;
use crate::bus::Subscription;
use crate::bus::routing::Destination;
use crate::journal::Journal;
use crate::message::{Envelope, Event, Payload, Topic};
use crate::node::Node;
use crate::node::route::RouteHandler;

impl<C, J> Runtime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Publishes an event on the topic on which mounted nodes consume events of its name, as a message from outside.
    /// Waits for room; returns the envelope's id when it is accepted, which is before it is handled.
    ///
    /// Where a contract declares a key, events of one key are handled one after the other, in the order in which they
    /// were accepted. All others are handled as they come, many at once.
    ///
    /// # Errors
    /// No node consumes it, or on several topics; the runtime is shut down; the journal refuses.
    pub async fn publish<E: Event>(&self, event: E) -> Result<Uuid, PublishError> {
        let destination = match self.engine.registry.routing.consumed(E::NAME) {
            [] => return Err(PublishError::NotConsumed { event: E::NAME }),
            [destination] => destination,
            several => {
                let topics = several.iter().map(|destination| destination.topic.clone()).collect();
                return Err(PublishError::Ambiguous { event: E::NAME, topics });
            }
        };
        self.send(destination, Payload::new(event)).await
    }

    /// Asks a mounted node for what one of its routes does, with what its handler takes: `runtime.ask::<users::store>(user)`.
    /// The message travels on the first topic of the route, under the name that leads to it, like one that a node sends.
    /// Waits for room; returns the envelope's id when it is accepted, which is before it is handled.
    ///
    /// # Errors
    /// The node is not mounted; the runtime is shut down; the journal refuses.
    pub async fn ask<R: RouteHandler<C>>(&self, message: R::Takes) -> Result<Uuid, PublishError> {
        let address = self.engine.registry.address(TypeId::of::<R::Node>(), R::INDEX);
        let address = address.ok_or(PublishError::NotMounted { node: R::Node::TABLE.name })?;
        self.send(address, Payload::new(message)).await
    }

    /// A message from outside.
    async fn send(&self, to: &Destination, payload: Payload) -> Result<Uuid, PublishError> {
        let envelope_id = clock::time_id(clock::unix_ms());
        let envelope = Arc::new(Envelope {
            envelope_id,
            correlation_id: envelope_id,
            causation_id: None,
            traceparent: None,
            topic: to.topic.clone(),
            wire_type: Arc::clone(&to.wire_type),
            payload,
        });
        self.engine.accept(envelope, IdFrom::Here).await?;
        Ok(envelope_id)
    }

    /// Takes an envelope from a source that has its own ids. One that is delivered again is handled once.
    /// Waits for room; returns when it is accepted, which is before it is handled.
    ///
    /// # Errors
    /// Nobody subscribes to its topic (it is kept as a dead letter); the runtime is shut down; the journal refuses.
    pub async fn deliver(&self, envelope: Envelope) -> Result<(), PublishError> {
        self.engine.accept(Arc::new(envelope), IdFrom::Source).await
    }

    /// Watches a topic, given with its placeholders filled.
    pub fn subscribe(&self, topic: impl Into<Arc<str>>) -> Subscription {
        self.engine.watchers.subscribe(Topic::new(topic))
    }

    /// Watches the topic that the contract of `N` gives the event `E`.
    ///
    /// # Errors
    /// `N` is not mounted, or its contract does not know `E`.
    pub fn subscribe_to<N: Node, E: Event>(&self) -> Result<Subscription, SubscribeError> {
        let node = N::TABLE.name;
        let registry = &self.engine.registry;
        let table = registry.table(TypeId::of::<N>()).ok_or(SubscribeError::NotMounted { node })?;
        let row = table.events.iter().find(|row| row.name == E::NAME);
        let destination = row.and_then(|row| registry.routing.event(row.topic));
        let destination = destination.ok_or(SubscribeError::NoSuchEvent { node, event: E::NAME })?;
        Ok(self.engine.watchers.subscribe(destination.topic.clone()))
    }
}
