//! Steps that send the intents of the steps before them: a gate that opens when they are sent, and that their ends complete.
//!
//! The ids of the envelopes are functions of the run, so what is sent again after a crash is recognised by who executes it.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Driver;
use crate::engine::executions::Executions;
use crate::journal::{DetailBody, Journal};
use crate::message::{Envelope, Payload, action_id, emitted_id};
use crate::node::{IntentEnd, IntentOutcome, IntentOutcomes};
use crate::run::{Input, StepId, StepState};

/// The intents of a run that are on their way.
#[derive(Debug, Default)]
pub(super) struct Sends {
    /// Those of each step that waits for some.
    open: HashMap<StepId, Sent>,
    /// Whose intent an envelope carries.
    by_envelope: HashMap<Uuid, StepId>,
    /// Where to be told of their ends; there once something was sent.
    executions: Option<Arc<Executions>>,
}

/// The intents of one step, in the order in which they were asked for.
#[derive(Debug)]
struct Sent {
    intents: Vec<(String, Uuid, Option<IntentEnd>)>,
}

impl Sends {
    /// What became of an intent: the step that sent it and the outcomes of all its intents, if that was the last of them.
    fn ended(&mut self, envelope: Uuid, end: IntentEnd) -> Option<(StepId, IntentOutcomes)> {
        let step = self.by_envelope.remove(&envelope)?;
        let sent = self.open.get_mut(&step)?;
        if let Some((.., place)) = sent.intents.iter_mut().find(|(_, id, _)| *id == envelope) {
            *place = Some(end);
        }
        if sent.intents.iter().any(|(.., end)| end.is_none()) {
            return None;
        }
        let outcomes =
            self.open.remove(&step)?.intents.into_iter().filter_map(|(intent_type, envelope_id, end)| {
                Some(IntentOutcome { intent_type, envelope_id, end: end? })
            });
        Some((step, IntentOutcomes::new(outcomes.collect())))
    }

    /// Nothing is waited for any more.
    pub(super) fn clear(&mut self) {
        if let Some(executions) = &self.executions {
            executions.forget(self.by_envelope.keys().copied());
        }
        self.by_envelope.clear();
        self.open.clear();
    }
}

impl Drop for Sends {
    fn drop(&mut self) {
        self.clear();
    }
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Sends what the steps before `step` asked for, with the commit that says that it waits.
    pub(super) fn send_intents(&mut self, step: StepId) {
        let envelopes = self.intents_of(step);
        self.wait_for_intents(step, &envelopes);
        self.ledger.outbox.extend(envelopes);
    }

    /// The intents that another process had sent, and did not hear of.
    pub(super) async fn wait_for_what_was_sent(&mut self) {
        let open = self
            .run
            .steps()
            .filter(|(step, status)| status.state == StepState::Awaiting && self.def(*step).sends.is_some());
        let open: Vec<StepId> = open.map(|(step, _)| step).collect();
        for step in open {
            let envelopes = self.intents_of(step);
            // Waited for before they are looked for: what ends in between is told.
            self.wait_for_intents(step, &envelopes);
            self.engine.look_for_ends(&envelopes).await;
        }
    }

    /// An intent has ended: with the last of them ends the step that sent them.
    pub(super) fn intent_ended(&mut self, envelope: Uuid, end: IntentEnd) {
        let Some((step, outcomes)) = self.sends.ended(envelope, end) else { return };
        self.close_gate(step);
        if let Some(seq) = self.feed(Input::Arrived { step }) {
            let output = Payload::new(outcomes);
            self.outputs.set(step, output.clone());
            self.ledger.detail(seq, DetailBody::Output(output));
        }
    }

    fn wait_for_intents(&mut self, step: StepId, envelopes: &[Arc<Envelope>]) {
        let executions = &self.engine.executions;
        let mut intents = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            executions.wait_for(envelope.envelope_id, &self.control);
            self.sends.by_envelope.insert(envelope.envelope_id, step);
            intents.push((envelope.wire_type.to_string(), envelope.envelope_id, None));
        }
        self.sends.executions = Some(Arc::clone(executions));
        self.sends.open.insert(step, Sent { intents });
    }

    fn intents_of(&self, step: StepId) -> Vec<Arc<Envelope>> {
        let def = self.def(step);
        let Some(sends) = &def.sends else { return Vec::new() };
        let action = action_id(self.start.run, def.id, false, 0);
        let asked = sends.asked(self.outputs.of(step)).into_iter().enumerate();
        let envelopes = asked.map(|(index, (destination, payload))| {
            Arc::new(Envelope {
                envelope_id: emitted_id(action, self.workflow.node, def.id, &destination.wire_type, index),
                correlation_id: self.start.correlation_id,
                causation_id: Some(action),
                traceparent: self.start.traceparent(),
                topic: destination.topic.clone(),
                wire_type: Arc::clone(&destination.wire_type),
                payload,
            })
        });
        envelopes.collect()
    }
}
