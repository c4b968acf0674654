//! What a handler may know about the attempt that it serves.

use std::future::Future;

use tokio::sync::watch;
use uuid::Uuid;

use crate::message::{RunId, action_id};

/// The context of one attempt. A handler takes it as a parameter of type `Ctx`.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The envelope that is handled, or that started the run.
    pub envelope_id: Uuid,
    /// The same for everything that one outside message caused. For tracing only.
    pub correlation_id: Uuid,
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
            step: None,
            attempt: 1,
            cancellation: Cancellation::never(),
        }
    }

    /// What to hand to the outside so that doing it twice is doing it once: the same on every attempt of this step,
    /// or of this envelope.
    #[must_use]
    pub fn idempotency_key(&self) -> Uuid {
        match self.step {
            Some(at) => action_id(at.run, at.step, at.compensating, at.generation),
            None => self.envelope_id,
        }
    }
}

/// Whether the run has been told to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cancellation(Option<watch::Receiver<bool>>);

impl Cancellation {
    /// One that never comes.
    #[must_use]
    pub fn never() -> Self {
        Cancellation(None)
    }

    /// One that comes when the sender sends `true`.
    #[must_use]
    pub fn new(signal: watch::Receiver<bool>) -> Self {
        Cancellation(Some(signal))
    }

    /// Whether it has come.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.as_ref().is_some_and(|signal| *signal.borrow())
    }

    /// Waits until it comes. An effect that can stop early selects on this; the engine waits for it for a grace
    /// period and then abandons the attempt.
    pub fn cancelled(&self) -> impl Future<Output = ()> + Send + 'static {
        let signal = self.0.clone();
        async move {
            if let Some(mut signal) = signal
                && signal.wait_for(|stop| *stop).await.is_ok()
            {
                return;
            }
            std::future::pending().await
        }
    }
}
