//! Why steps failed and why a run was held or stopped, in words. The kernel knows only classes and causes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::journal::{DetailBody, RunRecord};
use crate::run::Fact;

/// The last error of each step and compensation that had one.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    last: BTreeMap<(u32, bool), Arc<str>>,
    /// Why the run was paused, the last time that it was.
    pub(crate) paused: Option<Arc<str>>,
    /// Why it was cancelled.
    pub(crate) cancelled: Option<Arc<str>>,
}

impl Messages {
    pub(crate) fn note(&mut self, step: u32, compensation: bool, message: Arc<str>) {
        self.last.insert((step, compensation), message);
    }

    pub(crate) fn of(&self, step: u32, compensation: bool) -> Option<&str> {
        self.last.get(&(step, compensation)).map(|text| &**text)
    }

    /// The same, from a journal.
    pub(crate) fn replay(record: &RunRecord) -> Self {
        let mut messages = Messages::default();
        for (fact, detail) in record.told() {
            match (fact, &detail.body) {
                (
                    Fact::AttemptFailed { step, .. }
                    | Fact::StepFailed { step, .. }
                    | Fact::StepCarried { step, .. },
                    DetailBody::Error(message),
                ) => {
                    messages.note(step.0, false, Arc::clone(message));
                }
                (Fact::CompensationAttemptFailed { step, .. }, DetailBody::Error(message)) => {
                    messages.note(step.0, true, Arc::clone(message));
                }
                (Fact::RunPaused, DetailBody::Reason(reason)) => {
                    messages.paused = Some(Arc::clone(reason));
                }
                (Fact::RunStopping { .. }, DetailBody::Reason(reason)) => {
                    messages.cancelled = Some(Arc::clone(reason));
                }
                _ => {}
            }
        }
        messages
    }
}
