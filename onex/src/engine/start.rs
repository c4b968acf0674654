//! Starting runs: by an envelope, or by a program.

use std::any::TypeId;
use std::sync::Arc;

use super::clock;
use super::contain::contained;
use super::core::Engine;
use super::driver::Driver;
use super::error::{InputError, StartError};
use super::run_handle::RunHandle;
use super::status::status;
use super::workflow::Workflow;
use crate::journal::{CommitError, Journal, RunIdentity, RunKey, RunStart, StorageError};
use crate::message::{Envelope, Payload, RunId};
use crate::node::Node;
use crate::plan::OnDuplicate;

/// What a run starts with. `key` is a program's; without it the contract's field is read, and without that the
/// envelope, or the run itself, is the key.
pub(crate) fn run_start<C>(
    workflow: &Workflow<C>,
    payload: &Payload,
    key: Option<Arc<str>>,
    envelope: Option<Envelope>,
) -> Result<RunStart, InputError> {
    let started_unix_ms = clock::unix_ms();
    let run = RunId(clock::time_id(started_unix_ms));
    let (envelope_id, correlation_id) =
        envelope.as_ref().map_or((run.0, run.0), |envelope| (envelope.envelope_id, envelope.correlation_id));
    let (input, key) = contained(|| {
        let input = match &envelope {
            Some(envelope) => workflow.read_input(&workflow.as_entry(&envelope.topic, payload)?)?,
            None => workflow.read_input(payload)?,
        };
        let declared = workflow.start.and_then(|start| start.key);
        let key = key.or_else(|| declared.and_then(|key| key(&input)).map(Arc::from));
        Ok::<_, InputError>((input, key))
    })
    .unwrap_or_else(|panicked| Err(InputError::Panicked { message: panicked.message }))?;
    Ok(RunStart {
        run,
        identity: RunIdentity {
            node: workflow.node.into(),
            workflow: workflow.row.name.into(),
            key: key.map_or(RunKey::Envelope(envelope_id), RunKey::Declared),
        },
        version: workflow.row.version,
        plan: Arc::clone(&workflow.pin),
        input,
        envelope_id,
        correlation_id,
        envelope,
        on_duplicate: workflow.on_duplicate(),
        started_unix_ms,
    })
}

/// A program's start: the run that has begun, or the one that it joins.
pub(crate) enum Started<C, J: Journal> {
    New(Box<Driver<C, J>>),
    Joined(RunHandle),
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) async fn start<N: Node>(
        self: &Arc<Self>,
        payload: Payload,
        key: Option<String>,
    ) -> Result<Started<C, J>, StartError> {
        if self.permits.is_closed() {
            return Err(StartError::Closed);
        }
        let node = TypeId::of::<N>();
        let Some(workflow) = self.registry.workflow_of(node) else {
            let name = N::TABLE.name;
            return Err(match self.registry.table(node) {
                Some(_) => StartError::NoWorkflow { node: name },
                None => StartError::NotMounted { node: name },
            });
        };
        let in_flight = self.in_flight.enter();
        // A run begins when its turn has come, not when it was asked for.
        let permit = self.admit(workflow).await.ok_or(StartError::Closed)?;
        let start = run_start(workflow, &payload, key.map(Arc::from), None)?;
        let mut driver = Driver::new(Arc::clone(self), Arc::clone(workflow), start, permit, in_flight);
        match driver.begin(None, false, &[]).await {
            Ok(()) => Ok(Started::New(driver)),
            Err(CommitError::DuplicateRun { run, key }) => match workflow.on_duplicate() {
                OnDuplicate::Join => {
                    let joined = self.join(run).await.map_err(|error| StartError::Journal(error.into()))?;
                    let joined = joined.ok_or(StartError::DuplicateRun { run, key })?;
                    Ok(Started::Joined(joined))
                }
                OnDuplicate::Reject | OnDuplicate::NewRun => Err(StartError::DuplicateRun { run, key }),
            },
            Err(error) => Err(StartError::Journal(error)),
        }
    }

    /// A handle of a run that exists. A run leaves the live ones only after its end is committed, so one that is not
    /// live is read from the journal as it ended.
    async fn join(&self, run: RunId) -> Result<Option<RunHandle>, StorageError> {
        let live = Arc::clone(&self.live);
        if let Some(report) = self.live.wait(run) {
            return Ok(Some(RunHandle::awaited(run, live, report)));
        }
        Ok(status(self, run).await?.map(|report| RunHandle::known(live, report)))
    }
}
