//! An event that a step of some run waits for: brought to that run, or kept for a time, or buried with the reason.

use std::sync::Arc;

use tokio::time::Instant;

use super::Serving;
use crate::engine::arrivals::{Arrival, Decided, NotEntered, Waited};
use crate::engine::contain::contained;
use crate::engine::dead_letters::Addressee;
use crate::engine::poison::NotCalled;
use crate::engine::workflow::Workflow;
use crate::journal::{DeadLetterCause, EventRefusal, InboxMark, Journal, RunIdentity, RunKey};
use crate::message::Payload;
use crate::run::StepId;

impl<C, J> Serving<'_, C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) async fn bring(mut self, workflow: &Arc<Workflow<C>>, step: StepId, mark: &InboxMark) {
        let def = workflow.step(step);
        let by = Addressee { node: workflow.node, handler: def.id };
        let Some(gate) = &def.gate else { return self.settled() };
        match self.begin_call().await {
            Ok(()) => {}
            Err(NotCalled::GivenUp(cause)) => return self.bury(mark, cause, by).await,
            Err(NotCalled::Refused(error)) => return self.not_settled(error).await,
        }
        let read = contained(|| {
            let topic = &self.delivery.envelope.topic;
            let event = workflow.as_awaited(step, topic, self.payload())?;
            let event = (gate.event.input)(&event)?;
            let key = (gate.event.key)(&event);
            Ok((event, key))
        });
        let (event, key) = match read {
            Ok(Ok((event, Some(key)))) => (event, Arc::<str>::from(key)),
            Ok(Ok((_, None))) => return self.settled(),
            Ok(Err(error)) => {
                let error: crate::message::DecodeError = error;
                return self.bury(mark, DeadLetterCause::Decode { message: error.to_string() }, by).await;
            }
            Err(panicked) => {
                let cause = DeadLetterCause::HandlerPanicked { message: panicked.message };
                return self.bury(mark, cause, by).await;
            }
        };
        // What it waits for now is its run.
        if let Some(suspect) = self.suspect.take() {
            self.engine.is_innocent(&suspect).await;
        }
        let identity = RunIdentity {
            node: workflow.node.into(),
            workflow: workflow.row.name.into(),
            key: RunKey::Declared(Arc::clone(&key)),
        };
        match self.decided(&identity, step, event, mark).await {
            Decided::Taken => {
                self.settled();
                self.engine.tally.handled.add(1);
                self.deliver_if_last().await;
            }
            Decided::Refused(because) => {
                let run = self.engine.journal.find(&identity).await.ok().flatten();
                let (step, key) = (def.id.to_owned(), key.to_string());
                self.bury(mark, DeadLetterCause::EventRefused { step, key, run, because }, by).await;
            }
            Decided::Left => {}
        }
    }

    /// Waits until the run has decided about the event, or the time for which it is kept is over.
    async fn decided(
        &mut self,
        identity: &RunIdentity,
        step: StepId,
        event: Payload,
        mark: &InboxMark,
    ) -> Decided {
        let engine = self.engine;
        let (most, time) = (engine.settings.max_early_events, engine.settings.keep_early_events);
        let _entered = match engine.arrivals.enter(mark, most) {
            Ok(entered) => entered,
            // It stays in the outbox, and this delivery of it is over.
            Err(NotEntered::Twice) => {
                engine.tally.duplicates.add(1);
                return Decided::Left;
            }
            Err(NotEntered::TooMany) => return Decided::Refused(EventRefusal::TooMany { waiting: most }),
        };
        // It may have been decided about just before it was entered.
        if engine.journal.handled(mark).await.unwrap_or(false) {
            self.drop_duplicate().await;
            return Decided::Left;
        }
        if let Some(outside) = &mut self.delivery.from_outside {
            // Nobody works on what waits.
            outside.permit = None;
        }
        let began = Instant::now();
        let deadline = began.checked_add(time).unwrap_or(began);
        let delivered = self.delivery.receipt.is_sole().then_some(self.delivery.envelope.envelope_id);
        let stopping = engine.stopping.cancellation();
        loop {
            let (arrival, ticket) = Arrival::new(step, event.clone(), mark.clone(), delivered);
            let offered = engine.offer(identity, arrival).await;
            let waited = match offered {
                Ok(()) => ticket.wait(deadline, stopping.cancelled()).await,
                Err(_) => {
                    drop(ticket);
                    Waited::Stopped
                }
            };
            match waited {
                Waited::Decided(decided) => return decided,
                Waited::Dropped => {}
                Waited::Expired | Waited::Stopped => {
                    engine.arrivals.forget_void(identity);
                    if matches!(waited, Waited::Stopped) {
                        return Decided::Left;
                    }
                    let run = engine.journal.find(identity).await.ok().flatten();
                    let kept_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
                    return Decided::Refused(match run {
                        None => EventRefusal::NoRun { kept_ms },
                        Some(_) => EventRefusal::NotOpen { kept_ms },
                    });
                }
            }
        }
    }
}
