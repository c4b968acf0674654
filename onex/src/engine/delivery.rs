//! One envelope on its way to one subscriber: handled, and then one commit that says so with all that follows.

mod gate;
mod park;

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::call_route::{Answer, call_route};
use super::core::{Engine, FromOutside, Receipt};
use super::dead_letters::{self, Addressee};
use super::driver::Driver;
use super::error::InputError;
use super::executions::dead_lettered;
use super::fold;
use super::ids::Ids;
use super::in_flight::InFlightGuard;
use super::keyed::{Keyed, Served};
use super::poison::{NotCalled, Suspect};
use super::ready::Ready;
use super::registry::{Route, Serves};
use super::start::run_start;
use super::workflow::Workflow;
use crate::bus::routing::Target;
use crate::journal::{
    BegunCalls, Commit, CommitError, DeadLetter, DeadLetterCause, EntityChange, InboxMark, Journal,
};
use crate::message::{Envelope, Payload};
use crate::node::IntentEnd;
use crate::node::mount::{FoldFns, RouteFn};
use crate::plan::OnDuplicate;

/// One envelope on its way to one subscriber.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) target: Target,
    pub(crate) envelope: Arc<Envelope>,
    pub(crate) receipt: Receipt,
    pub(crate) from_outside: Option<FromOutside>,
    /// A person has asked for it, who was told that it is parked. Should it end the process, the next one parks it again and calls
    /// for nothing.
    pub(crate) asked_for: bool,
    pub(crate) keyed: Option<Keyed>,
    pub(crate) _in_flight: InFlightGuard,
}

/// A delivery that is being served, and its turn if it has a key.
pub(crate) struct Serving<'e, C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    engine: &'e Arc<Engine<C, J>>,
    // First, so that what is next in its mailbox starts before this counts as done.
    served: Option<Served<C, J>>,
    delivery: Delivery,
    /// If its handler may have ended the process before.
    suspect: Option<Box<Suspect>>,
}

impl Delivery {
    /// It may have to wait: gives back what it would take up while it does not.
    pub(crate) fn put_off(&mut self, keyed: Keyed) -> Option<OwnedSemaphorePermit> {
        self.keyed = Some(keyed);
        self.from_outside.as_mut().and_then(|outside| outside.permit.take())
    }

    /// It need not.
    pub(crate) fn resume(&mut self, permit: Option<OwnedSemaphorePermit>) {
        if let Some(outside) = &mut self.from_outside {
            outside.permit = permit;
        }
    }
}

impl<'e, C, J> Serving<'e, C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) fn new(engine: &'e Arc<Engine<C, J>>, Ready { turn, delivery }: Ready) -> Self {
        Serving { engine, served: turn.map(|turn| Served::new(engine, turn)), delivery, suspect: None }
    }

    /// Handles the envelope.
    pub(crate) async fn serve(mut self) {
        let engine = self.engine;
        if let Some(FromOutside { permit: permit @ None, .. }) = &mut self.delivery.from_outside {
            // An engine that accepts no more still works off what it has accepted.
            *permit = Arc::clone(&engine.permits).acquire_owned().await.ok();
        }
        let registry = &engine.registry;
        let target = self.delivery.target;
        let Some((subscriber, serves)) = registry.subscriber(target).zip(registry.serves(target)) else {
            return self.settled();
        };
        let mark = InboxMark { subscriber, envelope_id: self.delivery.envelope.envelope_id };
        // What was dropped behind a parked message, and read again, may be handled when it comes here from outside.
        let is_new = self.delivery.from_outside.as_ref().is_some_and(|outside| outside.is_new)
            && !registry.parks(target);
        // A journal that cannot be read now may still be written: the commit decides.
        if !is_new && engine.journal.handled(&mark).await.unwrap_or(false) {
            return self.drop_duplicate().await;
        }
        self.suspect = if is_new || self.delivery.asked_for { None } else { engine.suspect(&mark) };
        match serves {
            Serves::Route(route, call) => {
                if let Some((workflow, sends)) = self.handle(route, call, &mark).await {
                    Box::pin(self.start_run(workflow, &mark, sends)).await;
                }
            }
            Serves::Fold(route, fold) => self.fold(route, fold, &mark).await,
            Serves::Gate(workflow, step) => Box::pin(self.bring(workflow, step, &mark)).await,
            // On the heap: most deliveries start no run, and each task would carry the room for one.
            Serves::Entry(workflow) => Box::pin(self.start_run(workflow, &mark, Vec::new())).await,
            Serves::Nobody(node) => {
                let asked = self.delivery.envelope.wire_type.to_string();
                let by = Addressee { node, handler: "" };
                self.bury(&mark, DeadLetterCause::NoRoute { asked }, by).await;
            }
        }
    }

    fn settled(&mut self) {
        if let Some(suspect) = &self.suspect {
            self.engine.settled_call(suspect);
        }
        if let Some(served) = &mut self.served {
            served.settled();
        }
    }

    /// Gives back the workflow of which the handler starts a run, with what it sends beside the start: that is not done.
    async fn handle(
        &mut self,
        route: &Route<C>,
        call: RouteFn<C>,
        mark: &InboxMark,
    ) -> Option<(&'e Arc<Workflow<C>>, Vec<Arc<Envelope>>)> {
        let engine = self.engine;
        let mut suspect = self.suspect.take();
        let called: (&Envelope, _) = (&self.delivery.envelope, self.payload());
        let answer = call_route(engine, route, call, called, suspect.as_deref_mut()).await;
        self.suspect = suspect;
        match answer {
            Answer::Sends(envelopes) => self.settle(mark, envelopes).await,
            Answer::Starts(envelopes) => match engine.registry.workflow_at(self.delivery.target) {
                Some(workflow) => return Some((workflow, envelopes)),
                // What the macros never write: a route that may start a run of a node without a workflow.
                None => self.settle(mark, envelopes).await,
            },
            Answer::Dead(cause) => self.give_back(route, mark, cause).await,
            Answer::NotCalled(refused) => self.not_settled(refused).await,
        }
        None
    }

    /// Folds the event into the state of whom it concerns, again for as long as another is folded in between.
    async fn fold(&mut self, route: &Route<C>, fns: FoldFns, mark: &InboxMark) {
        match self.begin_call().await {
            Ok(()) => {}
            Err(NotCalled::GivenUp(cause)) => return self.give_back(route, mark, cause).await,
            Err(NotCalled::Refused(error)) => return self.not_settled(error).await,
        }
        loop {
            let folded = fold::fold(self.engine, route, fns, &self.delivery.envelope, self.payload()).await;
            let (change, envelopes) = match folded {
                Ok(Ok(folded)) => folded,
                Ok(Err(cause)) => return self.give_back(route, mark, cause).await,
                Err(unreadable) => return self.not_settled(unreadable.into()).await,
            };
            match self.commit_settled(mark, &envelopes, Some(&change)).await {
                Err(CommitError::StaleEntity { .. }) => {}
                Err(error) => return self.not_settled(error).await,
                Ok(()) => return self.send_settled(envelopes).await,
            }
        }
    }

    /// The envelope starts a run, which this task then drives. `sends`: what the handler that decided so sends beside it.
    async fn start_run(mut self, workflow: &Arc<Workflow<C>>, mark: &InboxMark, sends: Vec<Arc<Envelope>>) {
        let by = Addressee { node: workflow.node, handler: workflow.row.name };
        let envelope = Envelope::clone(&self.delivery.envelope);
        // If a handler has decided so, it has come back, and what is waited for now is none of its doing.
        if let Some(suspect) = &mut self.suspect {
            Box::pin(self.engine.came_back(suspect)).await;
        }
        // A run begins when its turn has come. If none does any more, the envelope is left to the journal's next owner.
        let Some(permit) = self.engine.admit(workflow).await else { return };
        match self.begin_call().await {
            Ok(()) => {}
            Err(NotCalled::GivenUp(cause)) => return self.bury(mark, cause, by).await,
            Err(NotCalled::Refused(error)) => return self.not_settled(error).await,
        }
        // Of a route, the key may be another one than that of the run.
        let is_entry = matches!(self.delivery.target, Target::Entry { .. });
        let keyed = self.delivery.keyed.as_ref().filter(|_| is_entry);
        let key = keyed.map(|keyed| Arc::clone(&keyed.mailbox.key));
        let start = match run_start(workflow, self.payload(), key, Some(envelope)) {
            Ok(start) => start,
            Err(error @ (InputError::Decode(_) | InputError::TooManyItems { .. })) => {
                return self.bury(mark, DeadLetterCause::Decode { message: error.to_string() }, by).await;
            }
            Err(InputError::Panicked { message }) => {
                return self.bury(mark, DeadLetterCause::HandlerPanicked { message }, by).await;
            }
        };
        let in_flight = self.engine.in_flight.enter();
        let mut driver =
            Driver::new(Arc::clone(self.engine), Arc::clone(workflow), start, Some(permit), in_flight);
        match driver.begin(Some((mark, self.counted())), self.delivery.receipt.is_sole(), &sends).await {
            Ok(()) => {
                self.engine.tally.handled.add(1);
                self.settled();
                self.deliver_if_last().await;
                // The envelope is handled; the run is on its own.
                drop(self);
                // What becomes of the run is in its report and in the journal.
                driver.drive().await;
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
    async fn settle(&mut self, mark: &InboxMark, envelopes: Vec<Arc<Envelope>>) {
        match self.commit_settled(mark, &envelopes, None).await {
            Err(error) => self.not_settled(error).await,
            Ok(()) => self.send_settled(envelopes).await,
        }
    }

    /// Before the code of a user is called for it: counts that it is, if it may have ended the process before.
    async fn begin_call(&mut self) -> Result<(), NotCalled> {
        match &mut self.suspect {
            // On the heap, like the suspect: few deliveries are of one, and each would carry the room.
            Some(suspect) => Box::pin(self.engine.begin_call(suspect)).await,
            None => Ok(()),
        }
    }

    /// What belongs to the commit that settles it: what was counted is taken back.
    fn counted(&self) -> &[BegunCalls] {
        self.suspect.as_deref().map_or(&[], Suspect::over)
    }

    async fn commit_settled(
        &self,
        mark: &InboxMark,
        envelopes: &[Arc<Envelope>],
        entity: Option<&EntityChange>,
    ) -> Result<(), CommitError> {
        let delivered = self.delivered_with(envelopes);
        let commit = Commit {
            inbox: Some(mark),
            entity,
            outbox: envelopes,
            delivered: &delivered,
            calls: self.counted(),
            ..Commit::default()
        };
        self.engine.commit(&commit).await
    }

    async fn send_settled(&mut self, envelopes: Vec<Arc<Envelope>>) {
        self.settled();
        self.engine.tally.handled.add(1);
        self.engine.executions.ended(self.delivery.envelope.envelope_id, || IntentEnd::Executed);
        self.engine.spread(envelopes.into_iter());
        if !self.delivery.receipt.is_sole() {
            self.deliver_if_last().await;
        }
    }

    /// Commits that nobody could handle the envelope.
    async fn bury(&mut self, mark: &InboxMark, cause: DeadLetterCause, by: Addressee) {
        let letter = dead_letters::letter(&self.delivery.envelope, cause, Some(by));
        if let Err(error) = self.bury_as(mark, letter).await {
            self.not_settled(error).await;
        }
    }

    async fn bury_as(&mut self, mark: &InboxMark, letter: Arc<DeadLetter>) -> Result<(), CommitError> {
        let announcement = dead_letters::announcement(&letter, &self.delivery.envelope, None);
        let delivered = self.delivered_with(announcement.as_slice());
        let commit = Commit {
            inbox: Some(mark),
            outbox: announcement.as_slice(),
            delivered: &delivered,
            calls: self.counted(),
            dead_letters: std::slice::from_ref(&letter),
            ..Commit::default()
        };
        self.engine.commit(&commit).await?;
        self.settled();
        self.engine.tell_of(&letter);
        let because = || dead_lettered(&letter.cause);
        self.engine.executions.ended(letter.envelope.envelope_id, because);
        self.engine.spread(announcement.into_iter());
        self.deliver_if_last().await;
        Ok(())
    }

    /// What it carries, decoded if that has been done.
    fn payload(&self) -> &Payload {
        self.delivery.keyed.as_ref().map_or(&self.delivery.envelope.payload, |keyed| &keyed.input)
    }

    /// What leaves the outbox with the commit that settles this delivery.
    fn delivered_with(&self, envelopes: &[Arc<Envelope>]) -> Ids {
        let mut delivered = self.engine.undeliverable(envelopes);
        if self.delivery.receipt.is_sole() {
            delivered.push(self.delivery.envelope.envelope_id);
        }
        delivered
    }

    async fn not_settled(&mut self, error: CommitError) {
        match error {
            CommitError::AlreadyHandled { .. } => self.drop_duplicate().await,
            // The envelope stays in the outbox, for whoever owns the journal next; what has its key stays behind it.
            CommitError::Fenced { .. }
            | CommitError::WrongSeq { .. }
            | CommitError::RunEnded { .. }
            | CommitError::DuplicateRun { .. }
            | CommitError::Unserialisable { .. }
            | CommitError::StaleEntity { .. }
            | CommitError::Full { .. }
            | CommitError::Storage(_) => {
                if let Some(served) = &mut self.served {
                    served.unsettled();
                }
            }
        }
    }

    async fn drop_duplicate(&mut self) {
        if let Some(suspect) = &self.suspect {
            // It was counted here, after it was settled elsewhere.
            Box::pin(self.engine.is_innocent(suspect)).await;
        }
        self.settled();
        self.engine.tally.duplicates.add(1);
        self.engine.ended_before(self.delivery.envelope.envelope_id).await;
        if self.delivery.receipt.is_sole() {
            self.deliver().await;
        } else {
            self.deliver_if_last().await;
        }
    }

    async fn deliver_if_last(&self) {
        if self.engine.is_last(&self.delivery.receipt, &self.delivery.envelope).await {
            self.deliver().await;
        }
    }

    async fn deliver(&self) {
        let delivered = [self.delivery.envelope.envelope_id];
        let commit = Commit { delivered: &delivered, ..Commit::default() };
        // Refused, the envelope stays in the outbox: whoever owns the journal next finds that it is handled.
        let _ = self.engine.commit(&commit).await;
    }
}
