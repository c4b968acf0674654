//! What one commit holds. Borrowed throughout: whoever commits reuses its buffers.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{BegunCalls, DeadLetter, EntityChange, PinnedPlan, RunIdentity};
use crate::message::{Envelope, Payload, RunId, TraceParent};
use crate::plan::OnDuplicate;
use crate::run::{Fact, StepId};

/// One atomic change. Every part may be absent.
#[derive(Debug, Default, Clone, Copy)]
pub struct Commit<'a> {
    /// The envelope that is handled with this.
    pub inbox: Option<&'a InboxMark>,
    /// The run that begins with this.
    pub start: Option<&'a Arc<RunStart>>,
    /// What happened in a run.
    pub append: Option<Append<'a>>,
    /// The plan that the run of `append` is on from now, if one of its facts is [`Fact::RunMigrated`] to it.
    pub plan: Option<&'a Arc<PinnedPlan>>,
    /// What a reducer has folded.
    pub entity: Option<&'a EntityChange>,
    /// What is to be published.
    pub outbox: &'a [Arc<Envelope>],
    /// What every subscriber has handled: removed from the outbox, also when this very commit adds it.
    pub delivered: &'a [Uuid],
    /// How many calls of handlers have begun for what is in the outbox and never came back. It is not forgotten with the envelope:
    /// who counts takes it back.
    pub calls: &'a [BegunCalls],
    /// Timers to set. One that has the key of another replaces it.
    pub timers: &'a [Timer],
    /// Timers that went off or are not needed any more.
    pub fired: &'a [TimerKey],
    /// What nobody could handle.
    pub dead_letters: &'a [Arc<DeadLetter>],
}

/// A commit that was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The position after the run's last fact: what its next append expects. 0 if the commit appended nothing.
    pub seq: u64,
}

/// One envelope, handled by one subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxMark {
    /// `node/handler`.
    pub subscriber: Arc<str>,
    /// The envelope.
    pub envelope_id: Uuid,
}

/// An envelope has few subscribers: their names tell marks apart, and need not be hashed for every message.
impl Hash for InboxMark {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.envelope_id.hash(state);
    }
}

/// What a run starts with.
#[derive(Debug, Clone)]
pub struct RunStart {
    /// The run.
    pub run: RunId,
    /// Unique while the run is retained, unless `on_duplicate` is [`OnDuplicate::NewRun`].
    pub identity: RunIdentity,
    /// `workflow_version`.
    pub version: (u32, u32, u32),
    /// The plan that the run is pinned to: its facts are about this one's steps. Of a run that was moved, the latest plan, and
    /// its `version`.
    pub plan: Arc<PinnedPlan>,
    /// What the steps see as `input`.
    pub input: Payload,
    /// The envelope that started it; the run's own id where a program did.
    pub envelope_id: Uuid,
    /// For tracing only.
    pub correlation_id: Uuid,
    /// The envelope itself, so that a failed run can be dead-lettered with it. `None` where a program started it.
    pub envelope: Option<Box<Envelope>>,
    /// Whether another run of this identity may exist.
    pub on_duplicate: OnDuplicate,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
}

impl RunStart {
    /// The same run, moved to another plan.
    #[must_use]
    pub fn on(&self, plan: Arc<PinnedPlan>, version: (u32, u32, u32)) -> Self {
        RunStart { plan, version, ..self.clone() }
    }

    /// The trace that the run belongs to: that of the envelope that started it.
    #[must_use]
    pub fn traceparent(&self) -> Option<TraceParent> {
        self.envelope.as_ref()?.traceparent
    }

    /// The run that this one is a step of, if it is one: the cause of the command that it started with, which bears its own id.
    #[must_use]
    pub fn parent(&self) -> Option<RunId> {
        let command = self.envelope.as_ref().filter(|command| command.envelope_id == self.run.0)?;
        command.causation_id.map(RunId)
    }
}

/// Facts of one run.
#[derive(Debug, Clone, Copy)]
pub struct Append<'a> {
    /// The run.
    pub run: RunId,
    /// How many facts the run has so far.
    pub expected_seq: u64,
    /// What happened, in order.
    pub facts: &'a [Fact],
    /// What steps returned and what people said, for those of `facts` that came of it: at most one for each, in their
    /// order.
    pub details: &'a [Detail],
    /// Milliseconds for which the run has been driven so far: the time that its timeout counts.
    pub active_ms: u64,
    /// Milliseconds since the Unix epoch, if the run ends here. A parked run does not.
    pub ended_unix_ms: Option<u64>,
}

impl Append<'_> {
    /// It goes on with a run that has ended, which nothing else may.
    #[must_use]
    pub fn reopens(&self) -> bool {
        matches!(self.facts.first(), Some(Fact::RunReopened { .. }))
    }
}

/// What a step returned or a person said, beside the fact that came of it.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The position of the fact in its run.
    pub seq: u64,
    /// What it was.
    pub body: DetailBody,
}

/// A step's output, why it failed, or why somebody held or stopped its run.
#[derive(Debug, Clone)]
pub enum DetailBody {
    /// Not serialised here; a journal that needs text asks the payload for it. Beside [`Fact::RunCompensating`] it is for how many
    /// milliseconds the run had been driven when its undoing began, if that may take only so long.
    Output(Payload),
    /// The error's text.
    Error(Arc<str>),
    /// The words of whoever paused or cancelled the run.
    Reason(Arc<str>),
}

/// A delay that outlives the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// What it is for.
    pub key: TimerKey,
    /// The attempt that failed.
    pub attempt: u32,
    /// Milliseconds since the Unix epoch.
    pub due_unix_ms: u64,
}

/// What a timer is for: the retry of a step or of its compensation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TimerKey {
    /// The run.
    pub run: RunId,
    /// The step.
    pub step: StepId,
    /// It is the compensation that is tried again.
    pub compensation: bool,
}
