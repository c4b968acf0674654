//! One envelope on its way to one subscriber: handled, and then one commit that says so with all that follows.

use std::sync::Arc;

use super::call_route::{Answer, call_route};
use super::core::{Engine, Receipt};
use super::dead_letters::{self, Addressee};
use super::driver::Driver;
use super::error::InputError;
use super::in_flight::InFlightGuard;
use super::registry::{Route, Serves};
use super::start::run_start;
use super::workflow::Workflow;
use crate::bus::routing::Target;
use crate::journal::{Commit, CommitError, DeadLetterCause, InboxMark, Journal};
use crate::message::Envelope;
use crate::plan::OnDuplicate;

/// One envelope on its way to one subscriber.
pub(crate) struct Delivery<C, J> {
    engine: Arc<Engine<C, J>>,
    target: Target,
    envelope: Envelope,
    receipt: Arc<Receipt>,
    _in_flight: InFlightGuard,
}

impl<C, J> Delivery<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) fn new(
        engine: &Arc<Engine<C, J>>,
        target: Target,
        envelope: Envelope,
        receipt: Arc<Receipt>,
    ) -> Self {
        let _in_flight = engine.in_flight.enter();
        Delivery { engine: Arc::clone(engine), target, envelope, receipt, _in_flight }
    }

    pub(crate) async fn serve(self) {
        let engine = Arc::clone(&self.engine);
        let registry = &engine.registry;
        let Some((subscriber, serves)) = registry.subscriber(self.target).zip(registry.serves(self.target))
        else {
            return;
        };
        let mark = InboxMark { subscriber, envelope_id: self.envelope.envelope_id };
        // A journal that cannot be read now may still be written: the commit decides.
        if engine.journal.handled(&mark).await.unwrap_or(false) {
            return self.drop_duplicate().await;
        }
        match serves {
            Serves::Route(route) => self.handle(route, &mark).await,
            // On the heap: most deliveries start no run, and each task would carry the room for one.
            Serves::Entry(workflow) => Box::pin(self.start_run(workflow, &mark, Vec::new())).await,
        }
    }

    async fn handle(self, route: &Route<C>, mark: &InboxMark) {
        let by = Addressee { node: route.node, handler: route.handler };
        match call_route(&self.engine, route, &self.envelope).await {
            Answer::Sends(envelopes) => self.settle(mark, envelopes).await,
            Answer::Starts(envelopes) => {
                let engine = Arc::clone(&self.engine);
                match engine.registry.workflow_at(self.target) {
                    Some(workflow) => Box::pin(self.start_run(workflow, mark, envelopes)).await,
                    // What the macros never write: a route that may start a run of a node without a workflow.
                    None => self.settle(mark, envelopes).await,
                }
            }
            Answer::Dead(cause) => self.bury(mark, cause, by).await,
        }
    }

    /// The envelope starts a run, which this task then drives. `sends`: what the handler that decided so sends beside it.
    async fn start_run(self, workflow: &Arc<Workflow<C>>, mark: &InboxMark, sends: Vec<Envelope>) {
        let by = Addressee { node: workflow.node, handler: workflow.row.name };
        let envelope = self.envelope.clone();
        let start = match run_start(workflow, &self.envelope.payload, None, Some(envelope)) {
            Ok(start) => start,
            Err(InputError::Decode(error)) => {
                return self.bury(mark, DeadLetterCause::Decode { message: error.to_string() }, by).await;
            }
            Err(InputError::Panicked { message }) => {
                return self.bury(mark, DeadLetterCause::HandlerPanicked { message }, by).await;
            }
        };
        let Ok(permit) = Arc::clone(&self.engine.run_permits).acquire_owned().await else { return };
        let in_flight = self.engine.in_flight.enter();
        let mut driver =
            Driver::new(Arc::clone(&self.engine), Arc::clone(workflow), start, permit, in_flight);
        match driver.begin(Some(mark), self.receipt.is_sole(), &sends).await {
            Ok(()) => {
                self.engine.tally.handled.add(1);
                self.deliver_if_last().await;
                // The envelope is handled; the run is on its own.
                drop(self);
                // What becomes of the run is in its report and in the journal.
                let _ = driver.drive().await;
            }
            Err(CommitError::DuplicateRun { run, key }) => {
                drop(driver);
                match workflow.on_duplicate() {
                    OnDuplicate::Join => self.settle(mark, sends).await,
                    OnDuplicate::Reject | OnDuplicate::NewRun => {
                        let key = key.to_string();
                        self.bury(mark, DeadLetterCause::DuplicateRun { run, key }, by).await;
                    }
                }
            }
            Err(error) => {
                drop(driver);
                self.not_settled(error).await;
            }
        }
    }

    /// Commits that the envelope is handled, with what its handler sends, and sends that.
    async fn settle(&self, mark: &InboxMark, envelopes: Vec<Envelope>) {
        let delivered = self.delivered_with(&envelopes);
        let commit =
            Commit { inbox: Some(mark), outbox: &envelopes, delivered: &delivered, ..Commit::default() };
        if let Err(error) = self.engine.commit(commit).await {
            return self.not_settled(error).await;
        }
        self.engine.tally.handled.add(1);
        self.engine.spread(envelopes.into_iter());
        self.deliver_if_last().await;
    }

    /// Commits that nobody could handle the envelope.
    async fn bury(&self, mark: &InboxMark, cause: DeadLetterCause, by: Addressee) {
        let letter = dead_letters::letter(&self.envelope, cause, Some(by));
        let announcement = dead_letters::announcement(&letter, &self.envelope);
        let delivered = self.delivered_with(announcement.as_slice());
        let commit = Commit {
            inbox: Some(mark),
            outbox: announcement.as_slice(),
            delivered: &delivered,
            dead_letters: std::slice::from_ref(&letter),
            ..Commit::default()
        };
        if let Err(error) = self.engine.commit(commit).await {
            return self.not_settled(error).await;
        }
        self.engine.tell_of(&letter);
        self.engine.spread(announcement.into_iter());
        self.deliver_if_last().await;
    }

    /// What leaves the outbox with the commit that settles this delivery.
    fn delivered_with(&self, envelopes: &[Envelope]) -> Vec<uuid::Uuid> {
        let mut delivered = self.engine.undeliverable(envelopes);
        if self.receipt.is_sole() {
            delivered.push(self.envelope.envelope_id);
        }
        delivered
    }

    async fn not_settled(&self, error: CommitError) {
        match error {
            CommitError::AlreadyHandled { .. } => self.drop_duplicate().await,
            // The envelope stays in the outbox, for whoever owns the journal next.
            CommitError::Fenced { .. }
            | CommitError::WrongSeq { .. }
            | CommitError::RunEnded { .. }
            | CommitError::DuplicateRun { .. }
            | CommitError::Unserialisable { .. }
            | CommitError::Storage(_) => {}
        }
    }

    async fn drop_duplicate(&self) {
        self.engine.tally.duplicates.add(1);
        if self.receipt.is_sole() {
            self.deliver().await;
        } else {
            self.deliver_if_last().await;
        }
    }

    async fn deliver_if_last(&self) {
        if self.receipt.is_last() {
            self.deliver().await;
        }
    }

    async fn deliver(&self) {
        let delivered = [self.envelope.envelope_id];
        let commit = Commit { delivered: &delivered, ..Commit::default() };
        // Refused, the envelope stays in the outbox: whoever owns the journal next finds that it is handled.
        let _ = self.engine.commit(commit).await;
    }
}
