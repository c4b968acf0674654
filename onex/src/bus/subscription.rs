//! What a program holds while it watches.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::message::Envelope;

/// What passes from now on, in order. Dropping it ends the subscription.
///
/// It is not bounded: a program that watches and does not receive keeps what it has not received in memory.
#[derive(Debug)]
pub struct Subscription<T = Arc<Envelope>> {
    receiver: UnboundedReceiver<T>,
}

impl<T> Subscription<T> {
    pub(super) fn new(receiver: UnboundedReceiver<T>) -> Self {
        Subscription { receiver }
    }

    /// Waits for the next one. `None` when the runtime is gone and everything has been received.
    ///
    /// Cancel safe: what is not returned is not lost.
    pub async fn recv(&mut self) -> Option<T> {
        self.receiver.recv().await
    }

    /// The next one, if it is there already.
    pub fn try_recv(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}
