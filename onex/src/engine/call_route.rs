//! Calling the handler of a route, again where that makes sense.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::circuit::Verdict;
use super::contain::{CatchPanic, Panicked, contained};
use super::core::Engine;
use super::dead_letters::Addressee;
use super::driver::classify;
use super::emit;
use super::poison::{NotCalled, Suspect};
use super::registry::Route;
use super::spans::{self, AttemptSpan};
use crate::journal::{CommitError, DeadLetterCause, Journal};
use crate::message::{Envelope, Payload};
use crate::node::mount::RouteFn;
use crate::node::{Ctx, Emitted};
use crate::plan::Kind;
use crate::run::{FailureClass, Jitter};

/// What came of an envelope.
pub(crate) enum Answer {
    /// It is handled, and these follow from it.
    Sends(Vec<Arc<Envelope>>),
    /// The same, and it starts a run of the node's workflow.
    Starts(Vec<Arc<Envelope>>),
    /// It is not handled.
    Dead(DeadLetterCause),
    /// That it is called could not be committed: it stays in the outbox.
    NotCalled(CommitError),
}

/// Calls a route's handler until it answers, fails for good, or has used up its retries. `payload` is the envelope's,
/// perhaps decoded already; `suspect`: what is counted, if it may have ended the process before.
pub(crate) async fn call_route<C, J>(
    engine: &Engine<C, J>,
    route: &Route<C>,
    call: RouteFn<C>,
    (envelope, payload): (&Envelope, &Payload),
    mut suspect: Option<&mut Suspect>,
) -> Answer
where
    C: Send + Sync + 'static,
    J: Journal,
{
    let (settings, mut attempt) = (&engine.settings, 1);
    let envelope_as_payload = route.whole.then(|| Payload::new(envelope.clone()));
    let payload = envelope_as_payload.as_ref().unwrap_or(payload);
    let (retries, backoff) = route.retries.unwrap_or((settings.route_retries, settings.route_backoff));
    loop {
        let permit = match &route.circuit {
            Some(circuit) => Some(circuit.enter().await),
            None => None,
        };
        if let Some(suspect) = &mut suspect {
            // On the heap: few are suspected, and each call would carry the room.
            match Box::pin(engine.begin_call(suspect)).await {
                Ok(()) => {}
                Err(NotCalled::GivenUp(cause)) => return Answer::Dead(cause),
                Err(NotCalled::Refused(error)) => return Answer::NotCalled(error),
            }
        }
        engine.tally.attempts.add(1);
        let called = call_once(engine, route, call, envelope, payload, attempt).await;
        if let Some(permit) = permit {
            permit.settle(match &called {
                Ok(_) => Verdict::Success,
                Err(Failed::Retryable { .. }) => Verdict::Failure,
                Err(Failed::Dead(_)) => Verdict::Nothing,
            });
        }
        let emitted = match called {
            Ok(emitted) => emitted,
            Err(Failed::Dead(cause)) => return Answer::Dead(cause),
            Err(Failed::Retryable { .. }) if attempt <= retries => {
                let delay = backoff.delay(attempt, Jitter(fastrand::u16(..)));
                engine.tally.retries.add(1);
                if let Some(suspect) = &mut suspect {
                    Box::pin(engine.came_back(suspect)).await;
                }
                sleep(delay).await;
                if let Some(turn) = engine.retry_turns.take(Instant::now()) {
                    engine.tally.retries_held.add(1);
                    sleep_until(turn).await;
                }
                attempt += 1;
                continue;
            }
            Err(Failed::Retryable { message }) => {
                return Answer::Dead(DeadLetterCause::HandlerFailed { attempts: attempt, message });
            }
        };
        let by = Addressee { node: route.node, handler: route.handler };
        let starts = emitted.start;
        return match emit::envelopes((&engine.registry.routing, &engine.settings), envelope, by, emitted) {
            Ok(envelopes) if starts => Answer::Starts(envelopes),
            Ok(envelopes) => Answer::Sends(envelopes),
            Err(not_sent) => {
                let message = not_sent.to_string();
                Answer::Dead(DeadLetterCause::HandlerFailed { attempts: attempt, message })
            }
        };
    }
}

enum Failed {
    Retryable { message: String },
    Dead(DeadLetterCause),
}

/// A call took longer than it may.
struct TooLong(Duration);

async fn within<T>(limit: Option<Duration>, call: impl Future<Output = T>) -> Result<T, TooLong> {
    match limit {
        Some(limit) => timeout(limit, call).await.map_err(|_| TooLong(limit)),
        None => Ok(call.await),
    }
}

/// Each time that the handler goes on, it does so in its span.
async fn in_span<T>(span: &AttemptSpan, call: CatchPanic<T>) -> Result<T, Panicked> {
    let mut call = pin!(call);
    poll_fn(|cx| span.within(|| call.as_mut().poll(cx))).await
}

async fn call_once<C, J>(
    engine: &Engine<C, J>,
    route: &Route<C>,
    call: RouteFn<C>,
    envelope: &Envelope,
    payload: &Payload,
    attempt: u32,
) -> Result<Emitted, Failed> {
    let ctx = Ctx {
        envelope_id: envelope.envelope_id,
        correlation_id: envelope.correlation_id,
        traceparent: envelope.traceparent,
        step: None,
        attempt,
        cancellation: engine.stopping.cancellation(),
    };
    let span = spans::route(route.node, route.handler, envelope, attempt);
    let answer = match span.within(|| contained(|| call(payload, ctx, &engine.container))) {
        Ok(Ok(future)) => match within(route.timeout, in_span(&span, CatchPanic::new(future))).await {
            Ok(answer) => answer,
            // Semantics 12: as after a retryable error.
            Err(TooLong(limit)) => {
                return Err(Failed::Retryable {
                    message: format!("attempt timed out after {} ms", limit.as_millis()),
                });
            }
        },
        Ok(Err(error)) => return Err(Failed::Dead(DeadLetterCause::Decode { message: error.to_string() })),
        Err(panicked) => Err(panicked),
    };
    match answer {
        Ok(Ok(emitted)) => Ok(emitted),
        Ok(Err(fault)) => Err(match classify(route.kind == Kind::Effect, fault.class) {
            FailureClass::Retryable => Failed::Retryable { message: fault.message },
            FailureClass::Permanent | FailureClass::Refused => {
                let message = fault.message;
                Failed::Dead(DeadLetterCause::HandlerFailed { attempts: attempt, message })
            }
        }),
        Err(panicked) => Err(Failed::Dead(DeadLetterCause::HandlerPanicked { message: panicked.message })),
    }
}
