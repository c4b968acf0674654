//! One sender, any number of subscriptions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::Subscription;

/// Sends a copy to each subscription that is still held.
#[derive(Debug)]
pub(crate) struct Fanout<T> {
    senders: Mutex<Vec<UnboundedSender<T>>>,
    /// Spares the lock, and whoever sends the making of a copy, where nobody has subscribed.
    subscribed: AtomicBool,
}

impl<T: Clone> Fanout<T> {
    pub(crate) fn new() -> Self {
        Fanout { senders: Mutex::new(Vec::new()), subscribed: AtomicBool::new(false) }
    }

    pub(crate) fn subscribe(&self) -> Subscription<T> {
        let (sender, receiver) = unbounded_channel();
        let mut senders = self.lock();
        senders.push(sender);
        self.subscribed.store(true, Ordering::Release);
        Subscription::new(receiver)
    }

    /// Sends what `item` makes; it is not called when nobody has subscribed. Gives back how many received it.
    pub(crate) fn send(&self, item: impl FnOnce() -> T) -> usize {
        if !self.subscribed.load(Ordering::Acquire) {
            return 0;
        }
        let mut senders = self.lock();
        let (mut item, mut left) = (Some(item()), senders.len());
        senders.retain(|sender| {
            left -= 1;
            // The last gets the item itself.
            let copy = if left == 0 { item.take() } else { item.clone() };
            copy.is_some_and(|copy| sender.send(copy).is_ok())
        });
        self.subscribed.store(!senders.is_empty(), Ordering::Release);
        senders.len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<UnboundedSender<T>>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_held_subscription_gets_each_item_in_order() {
        let fanout = Fanout::new();
        assert_eq!(fanout.send(|| unreachable!("nobody has subscribed")), 0);
        let (mut one, two) = (fanout.subscribe(), fanout.subscribe());
        assert_eq!(fanout.send(|| 1), 2);
        drop(two);
        assert_eq!(fanout.send(|| 2), 1);
        assert_eq!((one.try_recv(), one.try_recv(), one.try_recv()), (Some(1), Some(2), None));
        drop(one);
        assert_eq!(fanout.send(|| 3), 0);
        assert_eq!(fanout.send(|| unreachable!("nobody holds a subscription any more")), 0);
    }
}
