//! What nobody could handle, with its cause and the original message.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::InboxMark;
use crate::message::{Envelope, Payload, RunId, Topic, TraceParent};
use crate::run::{RunState, StepState};

/// A message that could not be handled, or the one that started a run that failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The original.
    pub envelope: StoredEnvelope,
    /// Why it is here.
    pub cause: DeadLetterCause,
    /// The contract name of the node that was to handle it; `None` if nobody was.
    pub node: Option<Cow<'static, str>>,
    /// The route's handler, the entry step or the workflow.
    pub handler: Option<Cow<'static, str>>,
    /// Milliseconds since the Unix epoch.
    pub at_unix_ms: u64,
    /// What is held back by it, if its route parks what it cannot handle; absent where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<Parked>,
}

/// That a message is kept for a person, and holds back what comes behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// What it holds back: whatever has this key at its node.
    pub key: Arc<str>,
    /// The words of whoever gave it up: it is a dead letter like others from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up: Option<String>,
}

impl DeadLetter {
    /// Its message is parked: not handled yet and not given up, when the letter was written.
    #[must_use]
    pub fn is_parked(&self) -> bool {
        self.parked.as_ref().is_some_and(|parked| parked.given_up.is_none())
    }

    /// If its message is parked, the mark that ends it: that its subscriber has handled it, or that it was given up.
    #[must_use]
    pub fn parked_mark(&self) -> Option<InboxMark> {
        let (node, handler) = (self.node.as_deref()?, self.handler.as_deref()?);
        let envelope_id = self.envelope.envelope_id;
        self.is_parked().then(|| InboxMark { subscriber: format!("{node}/{handler}").into(), envelope_id })
    }
}

/// Why a message is a dead letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum DeadLetterCause {
    /// The payload is not what the handler takes.
    Decode {
        /// The expected type and what is wrong, with line and column.
        message: String,
    },
    /// The handler returned an error each time, or one that another attempt would not mend.
    HandlerFailed {
        /// How often it was called.
        attempts: u32,
        /// The last error.
        message: String,
    },
    /// The handler panicked.
    HandlerPanicked {
        /// The panic's message.
        message: String,
    },
    /// The handler did not come back: each process that called it ended meanwhile. It is called no more.
    EndedProcess {
        /// How many calls were counted so, each before it was made.
        calls: u32,
        /// The same in words.
        message: String,
    },
    /// The machine of a reducer has no transition for it that fires. The state is as it was.
    TransitionRefused {
        /// The state that the machine is in.
        state: String,
        /// What should have moved it.
        trigger: String,
        /// Why it did not.
        message: String,
    },
    /// A run with this key exists and its workflow says `on_duplicate: reject`.
    DuplicateRun {
        /// The run that exists.
        run: RunId,
        /// Their common key.
        key: String,
    },
    /// No step of a run waits for it.
    EventRefused {
        /// The step that is completed by such an event.
        step: String,
        /// The key of the run that the event names.
        key: String,
        /// That run, if there is one.
        run: Option<RunId>,
        /// Why the event does not complete the step.
        because: EventRefusal,
    },
    /// No mounted node subscribes to the topic.
    Unroutable,
    /// The node subscribes to the topic, and has no route for the operation or payload that is asked for, and no
    /// `default_handler`.
    NoRoute {
        /// What is asked for.
        asked: String,
    },
    /// The run that the message started did not complete.
    RunFailed {
        /// The run.
        run: RunId,
        /// How it ended.
        state: RunState,
        /// The step that decided it, if one did.
        step: Option<String>,
        /// Why.
        message: String,
    },
}

/// Why an event does not complete the step that waits for such events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum EventRefusal {
    /// No run has its key, and none began while the event was kept.
    #[error("there is no run with its key, and none began within {kept_ms} ms")]
    NoRun {
        /// For how long it was kept.
        kept_ms: u64,
    },
    /// Its run had not come to the step while the event was kept.
    #[error("its run did not come to the step within {kept_ms} ms")]
    NotOpen {
        /// For how long it was kept.
        kept_ms: u64,
    },
    /// Another event has completed the step.
    #[error("another event has completed the step before")]
    Decided,
    /// The step had waited for as long as it may.
    #[error("the time for which the step waits is over")]
    TooLate,
    /// The step does not wait, and will not.
    #[error("the step does not wait for it: it is {state:?}")]
    Closed {
        /// How the step ended.
        state: StepState,
    },
    /// The run is over, or waits for a person.
    #[error("its run is {state:?}")]
    RunOver {
        /// How it ended.
        state: RunState,
    },
    /// As many events wait for their runs as may.
    #[error("{waiting} events wait for their runs already")]
    TooMany {
        /// How many.
        waiting: usize,
    },
}

/// An envelope whose payload is text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredEnvelope {
    /// As in [`Envelope`].
    pub envelope_id: Uuid,
    /// As in [`Envelope`].
    pub correlation_id: Uuid,
    /// As in [`Envelope`].
    pub causation_id: Option<Uuid>,
    /// As in [`Envelope`]; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<TraceParent>,
    /// As in [`Envelope`].
    pub topic: Topic,
    /// As in [`Envelope`].
    pub wire_type: Arc<str>,
    /// The payload as JSON; `None`, and absent where it is written, if the value's own `Serialize` refused.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub payload: Option<Box<RawValue>>,
}

/// What is there is a payload, `null` too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

impl StoredEnvelope {
    /// The stored form of an envelope.
    #[must_use]
    pub fn of(envelope: &Envelope) -> Self {
        StoredEnvelope { payload: envelope.payload.to_json().ok(), ..Self::without_payload(envelope) }
    }

    /// The stored form of an envelope whose payload cannot be stored.
    #[must_use]
    pub fn without_payload(envelope: &Envelope) -> Self {
        StoredEnvelope {
            envelope_id: envelope.envelope_id,
            correlation_id: envelope.correlation_id,
            causation_id: envelope.causation_id,
            traceparent: envelope.traceparent,
            topic: envelope.topic.clone(),
            wire_type: Arc::clone(&envelope.wire_type),
            payload: None,
        }
    }

    /// The envelope again, under the id `envelope_id`: a subscriber that has handled the old id would take the same
    /// one for a duplicate. `None` if the payload could not be stored.
    #[must_use]
    pub fn again(&self, envelope_id: Uuid) -> Option<Envelope> {
        Some(Envelope {
            envelope_id,
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
            traceparent: self.traceparent,
            topic: self.topic.clone(),
            wire_type: Arc::clone(&self.wire_type),
            payload: Payload::json(self.payload.clone()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each says what a person has to know who looks at the letter: none of these can be guessed from another.
    #[test]
    fn each_refusal_of_an_event_says_why() {
        use EventRefusal::{Closed, Decided, NoRun, NotOpen, RunOver, TooLate, TooMany};
        let told = [
            (NoRun { kept_ms: 50 }, "there is no run with its key, and none began within 50 ms"),
            (NotOpen { kept_ms: 50 }, "its run did not come to the step within 50 ms"),
            (Decided, "another event has completed the step before"),
            (TooLate, "the time for which the step waits is over"),
            (Closed { state: StepState::Skipped }, "the step does not wait for it: it is Skipped"),
            (RunOver { state: RunState::Failed }, "its run is Failed"),
            (TooMany { waiting: 7 }, "7 events wait for their runs already"),
        ];
        for (refusal, sentence) in told {
            assert_eq!(refusal.to_string(), sentence);
        }
    }
}
