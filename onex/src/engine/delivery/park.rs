//! What a handler could not handle: a dead letter, or parked until a person decides, if its route says so.

use std::sync::Arc;

use super::Serving;
use crate::engine::dead_letters::{self, Addressee};
use crate::engine::registry::Route;
use crate::journal::{Commit, CommitError, DeadLetter, DeadLetterCause, InboxMark, Journal};

impl<C, J> Serving<'_, C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) async fn give_back(&mut self, route: &Route<C>, mark: &InboxMark, cause: DeadLetterCause) {
        let by = Addressee { node: route.node, handler: route.handler };
        let keyed = self.delivery.keyed.as_ref().filter(|_| route.parks);
        match keyed.map(|keyed| Arc::clone(&keyed.mailbox.key)) {
            Some(key) => self.park(&key, cause, by).await,
            None => self.bury(mark, cause, by).await,
        }
    }

    /// Commits that the envelope waits for a person. It is not handled, and stays in the outbox with those behind it.
    async fn park(&mut self, key: &Arc<str>, cause: DeadLetterCause, by: Addressee) {
        let letter = dead_letters::parked(&self.delivery.envelope, cause, by, key);
        let dead_letters = std::slice::from_ref(&letter);
        let commit = Commit { dead_letters, calls: self.counted(), ..Commit::default() };
        if let Err(error) = self.engine.commit(&commit).await {
            return self.not_settled(error).await;
        }
        // Before anybody is told, who may decide at once.
        self.parked();
        self.engine.tally.parked.add(1);
        self.engine.dead_letters.send(|| letter);
    }

    /// Commits that a person has given up the envelope, which was parked. Refused, it is parked still.
    pub(crate) async fn give_up(
        mut self,
        letter: Arc<DeadLetter>,
        mark: &InboxMark,
    ) -> Result<(), CommitError> {
        let outcome = self.bury_as(mark, letter).await;
        if outcome.is_err() {
            self.parked();
        }
        outcome
    }

    fn parked(&mut self) {
        if let Some(suspect) = &self.suspect {
            self.engine.settled_call(suspect);
        }
        if let Some(served) = self.served.take() {
            served.parked(self.delivery.envelope.envelope_id);
        }
    }
}
