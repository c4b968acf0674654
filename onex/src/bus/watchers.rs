//! The programs that watch topics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::{Fanout, Subscription};
use crate::hashing::DeclaredMap;
use crate::message::{Envelope, Topic};

/// Topic by topic, who watches it.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    topics: RwLock<DeclaredMap<Topic, Arc<Fanout<Arc<Envelope>>>>>,
    /// Spares the lock for topics that no program has ever watched: a bit for each that one has, and for those that share it.
    watched: AtomicU64,
}

impl Watchers {
    pub(crate) fn subscribe(&self, topic: Topic) -> Subscription {
        let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
        self.watched.fetch_or(topic.bit(), Ordering::Release);
        topics.entry(topic).or_insert_with(|| Arc::new(Fanout::new())).subscribe()
    }

    /// Shows an envelope to whoever watches its topic; gives back how many do.
    pub(crate) fn show(&self, envelope: &Arc<Envelope>) -> usize {
        if self.watched.load(Ordering::Acquire) & envelope.topic.bit() == 0 {
            return 0;
        }
        let topics = self.topics.read().unwrap_or_else(PoisonError::into_inner);
        topics.get(&envelope.topic).map_or(0, |fanout| fanout.send(|| Arc::clone(envelope)))
    }
}
