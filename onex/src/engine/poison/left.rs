//! What the owner before left in the outbox, with the keys by which it is put in order. The code of users reads a key, so it does
//! that under a count of its own: a message whose handler ends its process has a key all the same, and one whose key cannot be read
//! has no place among others.
//!
//! Keys are read before anything is called, since what has one key is in the order of all: so nothing is beside them.

use std::mem;
use std::sync::Arc;

use super::judge::{Verdict, judge};
use crate::bus::routing::Target;
use crate::engine::core::Engine;
use crate::engine::keyed::Keyed;
use crate::engine::mailboxes::MailboxId;
use crate::journal::{BegunCalls, Commit, CommitError, InboxMark, Journal};
use crate::message::Envelope;

/// How many keys are read under one commit, as long as nobody is suspected.
const TOGETHER: usize = 1000;

/// An envelope that the owner before left.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) envelope: Arc<Envelope>,
    /// For those of its subscribers for whom it has a key.
    keyed: Vec<(Target, Keyed)>,
}

/// A key that is to be read.
struct Unread {
    /// Of which envelope.
    place: usize,
    target: Target,
    /// Under which it is counted.
    mark: InboxMark,
    /// How many calls never came back.
    ended: u32,
}

impl Left {
    /// Where it waits for its turn at one of its subscribers.
    pub(crate) fn mailbox(&self, target: Target) -> Option<&MailboxId> {
        self.keyed.iter().find(|(of, _)| *of == target).map(|(_, keyed)| &keyed.mailbox)
    }

    pub(crate) fn take_key(&mut self, target: Target) -> Option<Keyed> {
        let place = self.keyed.iter().position(|(of, _)| *of == target)?;
        Some(self.keyed.swap_remove(place).1)
    }
}

/// Under which it is counted that a key is read. No handler has such a name.
pub(super) fn of_key(InboxMark { subscriber, envelope_id }: &InboxMark) -> InboxMark {
    InboxMark { subscriber: format!("{subscriber}#key").into(), envelope_id: *envelope_id }
}

impl Unread {
    fn counted(&self, calls: u32) -> BegunCalls {
        BegunCalls { mark: self.mark.clone(), calls }
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Reads the keys of an outbox. One that has ended as many processes as it may is not read: its message has no key, and is given
    /// up when it is served.
    pub(in crate::engine) async fn with_keys(&self, outbox: Vec<Envelope>) -> Result<Vec<Left>, CommitError> {
        let of = |envelope| Left { envelope: Arc::new(envelope), keyed: Vec::new() };
        let mut left: Vec<Left> = outbox.into_iter().map(of).collect();
        let (alone, together) = self.unread(&left);
        let mut back: Vec<BegunCalls> = Vec::new();
        for chunk in alone.chunks(1).chain(together.chunks(TOGETHER)) {
            let mut counts = mem::take(&mut back);
            counts.extend(chunk.iter().map(|unread| unread.counted(unread.ended + 1)));
            self.count_keys(&counts).await?;
            for Unread { place, target, .. } in chunk {
                let Left { envelope, keyed } = &mut left[*place];
                keyed.extend(self.keyed(*target, envelope).map(|key| (*target, key)));
            }
            back.extend(chunk.iter().map(|unread| unread.counted(0)));
        }
        self.count_keys(&back).await?;
        self.calls.are_readable(alone.iter().map(|unread| &unread.mark));
        Ok(left)
    }

    /// The keys that are to be read: each alone, and as many together as one likes.
    fn unread(&self, left: &[Left]) -> (Vec<Unread>, Vec<Unread>) {
        let (mut alone, mut together) = (Vec::new(), Vec::new());
        for (place, Left { envelope, .. }) in left.iter().enumerate() {
            let targets = self.registry.routing.targets(envelope);
            for &target in targets.iter().filter(|target| self.registry.key(**target).is_some()) {
                let Some(subscriber) = self.registry.subscriber(target) else { continue };
                let mark = of_key(&InboxMark { subscriber, envelope_id: envelope.envelope_id });
                let ended = self.calls.ended(&mark);
                let unread = Unread { place, target, mark, ended };
                match judge(ended, self.settings.crash_limit) {
                    Verdict::Call { alone: true, .. } => alone.push(unread),
                    Verdict::Call { alone: false, .. } => together.push(unread),
                    Verdict::GiveUp => {}
                }
            }
        }
        (alone, together)
    }

    async fn count_keys(&self, counts: &[BegunCalls]) -> Result<(), CommitError> {
        if counts.is_empty() {
            return Ok(());
        }
        match self.commit_now(&Commit { calls: counts, ..Commit::default() }).await {
            // A process that cannot write is to begin all the same, and goes on when there is room.
            Ok(()) | Err(CommitError::Full { .. }) => Ok(()),
            Err(refused) => Err(refused),
        }
    }
}
