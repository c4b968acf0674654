//! Intents that runs have sent, on their way back: whoever handles one tells the run that waits for it.
//!
//! Nothing here is lasting. What became of an intent is in the journal, where a run that another process goes on with
//! asks for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::control::{Control, Order};
use super::core::Engine;
use crate::journal::{DeadLetter, DeadLetterCause, InboxMark, Journal};
use crate::message::Envelope;
use crate::node::IntentEnd;

/// The intents that some run waits for, by their envelopes, with the run's driver.
#[derive(Debug, Default)]
pub(crate) struct Executions {
    awaited: Mutex<HashMap<Uuid, Arc<Control>>>,
    /// How many there are: spares the lock where no run has sent any. Who waits for an intent is counted before it is sent, or
    /// before the journal is asked, so whoever comes from a commit of the intent's end sees it.
    count: AtomicUsize,
}

impl Executions {
    pub(crate) fn wait_for(&self, envelope: Uuid, driver: &Arc<Control>) {
        let mut awaited = self.lock();
        awaited.insert(envelope, Arc::clone(driver));
        self.count.store(awaited.len(), Ordering::Release);
    }

    /// Nobody waits for these any more.
    pub(crate) fn forget(&self, envelopes: impl Iterator<Item = Uuid>) {
        let mut awaited = self.lock();
        for envelope in envelopes {
            awaited.remove(&envelope);
        }
        self.count.store(awaited.len(), Ordering::Release);
    }

    fn is_awaited(&self, envelope: Uuid) -> bool {
        self.count.load(Ordering::Acquire) > 0 && self.lock().contains_key(&envelope)
    }

    /// Tells whoever waits for the intent, now that the journal knows.
    pub(crate) fn ended(&self, envelope: Uuid, end: impl FnOnce() -> IntentEnd) {
        if self.count.load(Ordering::Acquire) == 0 {
            return;
        }
        let driver = {
            let mut awaited = self.lock();
            let driver = awaited.remove(&envelope);
            self.count.store(awaited.len(), Ordering::Release);
            driver
        };
        if let Some(driver) = driver {
            driver.give(Order::Executed { envelope, end: end() });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Control>>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Tells of an intent that was handled before, perhaps by another process.
    pub(crate) async fn ended_before(&self, envelope: Uuid) {
        if self.executions.is_awaited(envelope) {
            let end = self.end_of(envelope).await;
            self.executions.ended(envelope, || end);
        }
    }

    /// Tells of those intents that were handled before anybody waited for them here.
    pub(crate) async fn look_for_ends(&self, sent: &[Arc<Envelope>]) {
        for envelope in sent {
            let routing = &self.registry.routing;
            let subscriber =
                routing.targets(envelope).first().and_then(|target| self.registry.subscriber(*target));
            let Some(subscriber) = subscriber else { continue };
            let mark = InboxMark { subscriber, envelope_id: envelope.envelope_id };
            // A journal that cannot be read is asked again by the delivery, which finds the mark.
            if self.journal.handled(&mark).await.unwrap_or(false) {
                self.ended_before(envelope.envelope_id).await;
            }
        }
    }

    /// What is marked as handled was executed, or there is a dead letter that says why not.
    async fn end_of(&self, envelope: Uuid) -> IntentEnd {
        let letters = self.journal.dead_letters().await.unwrap_or_default();
        let of_it = |letter: &&Arc<DeadLetter>| {
            // One that was parked may have been executed since.
            letter.envelope.envelope_id == envelope && !letter.is_parked()
        };
        let letter = letters.iter().find(of_it);
        letter.map_or(IntentEnd::Executed, |letter| dead_lettered(&letter.cause))
    }
}

/// Why an intent was not executed, in words.
pub(crate) fn dead_lettered(cause: &DeadLetterCause) -> IntentEnd {
    let because = match cause {
        DeadLetterCause::HandlerFailed { attempts, message } => format!("failed {attempts} times: {message}"),
        DeadLetterCause::HandlerPanicked { message } => format!("panicked: {message}"),
        DeadLetterCause::Decode { message }
        | DeadLetterCause::EndedProcess { message, .. }
        | DeadLetterCause::TransitionRefused { message, .. } => message.clone(),
        DeadLetterCause::NoRoute { asked } => format!("its node has no route for `{asked}`"),
        DeadLetterCause::Unroutable => "no node takes it".to_owned(),
        // What starts a run or completes a gate is an event.
        DeadLetterCause::DuplicateRun { .. }
        | DeadLetterCause::EventRefused { .. }
        | DeadLetterCause::RunFailed { .. } => "it was refused".to_owned(),
    };
    IntentEnd::DeadLettered { because }
}
