//! Why steps failed and why a run was held or stopped, in words. The kernel knows only classes and causes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::journal::{DetailBody, RunRecord};
use crate::run::{Fact, StopCause};

/// The last error of each step and compensation that had one.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    last: HashMap<(u32, bool), Arc<str>>,
    /// Why the run was paused, the last time that it was.
    pub(crate) paused: Option<Arc<str>>,
    cancelled: Option<Arc<str>>,
    killed: Option<Arc<str>>,
}

impl Messages {
    pub(crate) fn note(&mut self, step: u32, compensation: bool, message: Arc<str>) {
        self.last.insert((step, compensation), message);
    }

    pub(crate) fn of(&self, step: u32, compensation: bool) -> Option<&str> {
        self.last.get(&(step, compensation)).map(|text| &**text)
    }

    /// Somebody asked for the run to stop, for this reason.
    pub(crate) fn asked(&mut self, cause: StopCause, reason: Arc<str>) {
        match cause {
            StopCause::Cancelled => self.cancelled = Some(reason),
            StopCause::Killed => self.killed = Some(reason),
            StopCause::StepFailed { .. } | StopCause::RunTimedOut | StopCause::TooFewCompleted => {}
        }
    }

    /// Why somebody did.
    pub(crate) fn reason(&self, cause: StopCause) -> String {
        let reason = if cause == StopCause::Killed { &self.killed } else { &self.cancelled };
        reason.as_deref().unwrap_or_default().to_owned()
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
                (
                    Fact::CompensationAttemptFailed { step, .. } | Fact::CompensationFailed { step, .. },
                    DetailBody::Error(message),
                ) => {
                    messages.note(step.0, true, Arc::clone(message));
                }
                (Fact::RunPaused, DetailBody::Reason(reason)) => {
                    messages.paused = Some(Arc::clone(reason));
                }
                (&Fact::RunStopping { cause } | &Fact::CauseNoted { cause }, DetailBody::Reason(reason)) => {
                    messages.asked(cause, Arc::clone(reason));
                }
                _ => {}
            }
        }
        messages
    }
}
