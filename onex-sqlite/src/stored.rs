//! Parts of commits as JSON, and back.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use onex::Envelope;
use onex::journal::{DetailBody, PinnedPlan};
use onex::message::{Payload, Topic, TraceParent};
use onex::plan::OnDuplicate;
use onex::run::{RunState, Shape};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// An envelope as JSON, its payload untouched.
#[derive(Serialize, Deserialize)]
pub(crate) struct EnvelopeText<'a> {
    envelope_id: Uuid,
    correlation_id: Uuid,
    causation_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<TraceParent>,
    topic: Cow<'a, str>,
    wire_type: Cow<'a, str>,
    payload: Box<RawValue>,
}

impl<'a> EnvelopeText<'a> {
    pub(crate) fn of(envelope: &'a Envelope, payload: Box<RawValue>) -> Self {
        EnvelopeText {
            envelope_id: envelope.envelope_id,
            correlation_id: envelope.correlation_id,
            causation_id: envelope.causation_id,
            traceparent: envelope.traceparent,
            topic: envelope.topic.as_str().into(),
            wire_type: (&*envelope.wire_type).into(),
            payload,
        }
    }
}

impl From<EnvelopeText<'_>> for Envelope {
    fn from(text: EnvelopeText<'_>) -> Self {
        Envelope {
            envelope_id: text.envelope_id,
            correlation_id: text.correlation_id,
            causation_id: text.causation_id,
            traceparent: text.traceparent,
            topic: Topic::new(&*text.topic),
            wire_type: Arc::from(&*text.wire_type),
            payload: Payload::json(text.payload),
        }
    }
}

/// What was returned or said, by the place of its fact in its entry.
pub(crate) type Details = BTreeMap<usize, Told>;

/// What a step returned or somebody said, beside its fact.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    Output(Box<RawValue>),
    Error(Arc<str>),
    Reason(Arc<str>),
}

impl From<Told> for DetailBody {
    fn from(told: Told) -> Self {
        match told {
            Told::Output(output) => DetailBody::Output(Payload::json(output)),
            Told::Error(message) => DetailBody::Error(message),
            Told::Reason(reason) => DetailBody::Reason(reason),
        }
    }
}

/// The state of a run as its facts have it.
pub(crate) fn state(state: RunState) -> serde_json::Result<String> {
    Ok(match serde_json::to_value(state)? {
        serde_json::Value::String(name) => name,
        other => other.to_string(),
    })
}

/// A plan as the column `steps` keeps it: whole, or the names of its steps, as journals had it that were written before plans
/// were kept.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PlanText<'a> {
    Whole(Cow<'a, Shape>),
    Names(Cow<'a, [Cow<'static, str>]>),
}

pub(crate) fn plan(plan: &PinnedPlan) -> serde_json::Result<String> {
    let text = match &plan.shape {
        Some(shape) => PlanText::Whole(Cow::Borrowed(shape)),
        None => PlanText::Names(Cow::Borrowed(&plan.steps)),
    };
    serde_json::to_string(&text)
}

pub(crate) fn read_plan(fingerprint: Uuid, text: &str) -> serde_json::Result<PinnedPlan> {
    Ok(match serde_json::from_str(text)? {
        PlanText::Whole(shape) => PinnedPlan {
            fingerprint,
            steps: shape.steps.iter().map(|spec| spec.id.clone()).collect(),
            shape: Some(shape.into_owned()),
        },
        PlanText::Names(names) => PinnedPlan { fingerprint, steps: names.into_owned(), shape: None },
    })
}

pub(crate) fn on_duplicate(policy: OnDuplicate) -> &'static str {
    match policy {
        OnDuplicate::Reject => "reject",
        OnDuplicate::Join => "join",
        OnDuplicate::NewRun => "new_run",
    }
}

pub(crate) fn read_on_duplicate(text: &str) -> Option<OnDuplicate> {
    [OnDuplicate::Reject, OnDuplicate::Join, OnDuplicate::NewRun]
        .into_iter()
        .find(|policy| on_duplicate(*policy) == text)
}
