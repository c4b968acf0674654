//! What a handler may know about the attempt that it serves.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use uuid::Uuid;

use crate::message::{RunId, TraceParent, action_id, item_action_id};

/// The context of one attempt. A handler takes it as a parameter of type `Ctx`.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The envelope that is handled, or that started the run.
    pub envelope_id: Uuid,
    /// The same for everything that one outside message caused. For tracing only.
    pub correlation_id: Uuid,
    /// The trace that the message came with: what to hand on as the header `traceparent` to whoever is called.
    pub traceparent: Option<TraceParent>,
    /// The run and step, where the handler is one of a step.
    pub step: Option<StepCtx>,
    /// 1 on the first attempt.
    pub attempt: u32,
    /// Whether the run has been told to stop.
    pub cancellation: Cancellation,
}

/// Which step of which run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepCtx {
    /// The run.
    pub run: RunId,
    /// The step's id.
    pub step: &'static str,
    /// The position of the item that it is for, in a batch or a stream, or of the entry of the list that the step goes over.
    pub item: Option<u64>,
    /// The handler undoes the step.
    pub compensating: bool,
    /// Raised only when an operator asks for a step to be done anew.
    pub generation: u32,
}

impl Ctx {
    /// A context for a call outside the engine: a unit test, or [`dispatch`](crate::dispatch).
    #[must_use]
    pub fn detached() -> Self {
        Ctx {
            envelope_id: Uuid::nil(),
            correlation_id: Uuid::nil(),
            traceparent: None,
            step: None,
            attempt: 1,
            cancellation: Cancellation::never(),
        }
    }

    /// What to hand to the outside so that doing it twice is doing it once: the same on every attempt of this step,
    /// for this item where it has many, or of this envelope.
    #[must_use]
    pub fn idempotency_key(&self) -> Uuid {
        match self.step {
            Some(at) => match at.item {
                Some(item) => item_action_id(at.run, at.step, item, at.compensating, at.generation),
                None => action_id(at.run, at.step, at.compensating, at.generation),
            },
            None => self.envelope_id,
        }
    }
}

/// Whether the run has been told to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cancellation(Option<StopSignal>);

impl Cancellation {
    /// One that never comes.
    #[must_use]
    pub fn never() -> Self {
        Cancellation(None)
    }

    /// Whether it has come.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.as_ref().is_some_and(|signal| signal.stop.requested.load(Ordering::Acquire))
    }

    /// Waits until it comes. An effect that can stop early selects on this; the engine waits for it for a grace
    /// period and then abandons the attempt.
    pub fn cancelled(&self) -> impl Future<Output = ()> + Send + 'static {
        let signal = self.0.clone();
        async move {
            let Some(StopSignal { stop }) = signal else { return std::future::pending().await };
            let told = stop.told.notified();
            // Read after the waiter exists: a signal in between is not missed.
            if !stop.requested.load(Ordering::Acquire) {
                told.await;
            }
        }
    }
}

/// Tells handlers to stop: the other side of [`Cancellation`]. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct StopSignal {
    stop: Arc<Stop>,
}

#[derive(Debug, Default)]
struct Stop {
    requested: AtomicBool,
    told: Notify,
}

impl StopSignal {
    /// One that has not been sent.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells every handler that holds a [`cancellation`](StopSignal::cancellation). It cannot be taken back.
    pub fn send(&self) {
        self.stop.requested.store(true, Ordering::Release);
        self.stop.told.notify_waiters();
    }

    /// What a handler holds.
    #[must_use]
    pub fn cancellation(&self) -> Cancellation {
        Cancellation(Some(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_reaches_who_waits_and_who_asks_later() {
        let signal = StopSignal::new();
        let cancellation = signal.cancellation();
        assert!(!cancellation.is_cancelled());
        let waiting = tokio::spawn(cancellation.cancelled());
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        signal.send();
        waiting.await.unwrap();
        assert!(cancellation.is_cancelled());
        cancellation.cancelled().await;
        assert!(!Cancellation::never().is_cancelled());
    }
}
