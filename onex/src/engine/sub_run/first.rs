//! Waiting for the first of two, and for what tells a run to stop that is a step.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;

use tokio::time::{Instant, sleep_until};

use crate::node::Cancellation;

/// Why a run is to stop that is a step.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stop {
    /// The run that it is a step of stops.
    Parent,
    /// The step's time is over.
    Time,
}

/// Waits until a run is to stop.
pub(super) async fn stop(cancellation: Cancellation, due: Option<Instant>) -> Stop {
    let time = async {
        match due {
            Some(due) => sleep_until(due).await,
            None => pending().await,
        }
    };
    match first(cancellation.cancelled(), time).await {
        First::One(()) => Stop::Parent,
        First::Other(()) => Stop::Time,
    }
}

/// Which of two was first.
pub(super) enum First<A, B> {
    One(A),
    Other(B),
}

/// Waits for the first of two; of both at once, the one.
pub(super) async fn first<A: Future, B: Future>(one: A, other: B) -> First<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|cx| {
        if let Poll::Ready(output) = one.as_mut().poll(cx) {
            return Poll::Ready(First::One(output));
        }
        other.as_mut().poll(cx).map(First::Other)
    })
    .await
}
