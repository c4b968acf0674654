//! What a person wants done again: a run from one of its steps, under its own keys or as a run of its own, and what nobody
//! could handle.

use std::sync::Arc;

use uuid::Uuid;

use super::clock;
use super::core::{Engine, IdFrom};
use super::driver::{Driver, NotReopened, read_input};
use super::error::PublishError;
use super::held::HeldCause;
use super::parked::NotParked;
use super::run_handle::RunHandle;
use super::workflow::Workflow;
use crate::bus::routing::Target;
use crate::journal::{
    Commit, CommitError, DeadLetter, DeadLetterCause, InboxMark, Journal, RunRecord, RunStart, StorageError,
};
use crate::message::{RunId, Topic, emitted_id};
use crate::plan::OnDuplicate;
use crate::run::{Run, RunState, StepId};

/// Why a run is not done again. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AgainError {
    /// It is not in the journal, or not any more.
    #[error("run {run} is not in the journal")]
    Unknown {
        /// The run.
        run: RunId,
    },
    /// It is not over: there is nothing to do again yet.
    #[error("run {run} is alive; cancel it, or wait for its end")]
    Live {
        /// The run.
        run: RunId,
    },
    /// This program cannot run it.
    #[error("run {run} cannot go on in this program: {cause}")]
    NotHere {
        /// The run.
        run: RunId,
        /// Why.
        cause: HeldCause,
    },
    /// There is no such step, or it is the entry, whose output is what the run began with.
    #[error("run {run} cannot go on from `{step}`; its steps are {}", list(steps))]
    NoSuchStep {
        /// The run.
        run: RunId,
        /// What was asked for.
        step: String,
        /// What there is.
        steps: Vec<String>,
    },
    /// Nothing of it failed.
    #[error(
        "run {run} has completed: there is nothing to try again; `fork_from` makes a run of its own of it"
    )]
    Completed {
        /// The run.
        run: RunId,
    },
    /// What is undone and done again needs a new key.
    #[error(
        "run {run} was undone: what is done again needs keys of its own; `fork_from` makes a run that has them"
    )]
    Undone {
        /// The run.
        run: RunId,
    },
    /// It is a step of a run that is over, so nobody waits for what it would come to.
    #[error(
        "run {run} is a step of run {parent}, which is over; `retry_from` lets that go on with another run as its step, \
         `fork_from` makes a run of this one that is nobody's step"
    )]
    ParentOver {
        /// The run.
        run: RunId,
        /// The run that it is a step of.
        parent: RunId,
    },
    /// The runtime is shut down, or about to be.
    #[error("the runtime starts nothing any more: it is being shut down")]
    Closed,
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] CommitError),
}

fn list(steps: &[String]) -> String {
    steps.iter().map(|step| format!("`{step}`")).collect::<Vec<_>>().join(", ")
}

/// Why a dead letter is not delivered again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedriveError {
    /// It tells of a run, which is retried or forked.
    #[error("the letter tells of run {run}: `retry_from` or `fork_from` let it go on")]
    IsARun {
        /// The run.
        run: RunId,
    },
    /// It tells of a parked message.
    #[error(transparent)]
    NotParked(#[from] NotParked),
    /// Its payload could not be stored.
    #[error("the payload of the letter could not be stored when it was written")]
    NoPayload,
    /// No node of its name is mounted that takes it. Others may; it is not for them.
    #[error("no node `{node}` of this program subscribes to {topic}")]
    NobodyThere {
        /// Who could not handle it.
        node: String,
        /// Where it travelled.
        topic: Topic,
    },
    /// The runtime does not take it.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// Under which keys a run is done again.
#[derive(Debug, Clone, Copy)]
enum Keys {
    Same,
    /// Those of this run, which is new.
    Of(RunId),
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) async fn retry_from(
        self: &Arc<Self>,
        run: RunId,
        step: &str,
    ) -> Result<RunHandle, AgainError> {
        self.again(run, step, Keys::Same).await
    }

    /// `fork`: the id of the new run; one that is asked for twice begins once.
    pub(crate) async fn fork_from(
        self: &Arc<Self>,
        run: RunId,
        step: &str,
        fork: Option<RunId>,
    ) -> Result<RunHandle, AgainError> {
        let fork = fork.unwrap_or_else(|| RunId(clock::time_id(clock::unix_ms())));
        self.again(run, step, Keys::Of(fork)).await
    }

    async fn again(self: &Arc<Self>, run: RunId, step: &str, keys: Keys) -> Result<RunHandle, AgainError> {
        let in_flight = self.in_flight.enter();
        let target = match keys {
            Keys::Same => run,
            Keys::Of(fork) => fork,
        };
        // Entered before anything is read: of two who want the same, the second finds it alive.
        let control = Arc::default();
        let live =
            self.live.try_enter(target, Arc::clone(&control)).ok_or(AgainError::Live { run: target })?;
        let record = self.journal.run(run).await.map_err(CommitError::from)?;
        let record = record.ok_or(AgainError::Unknown { run })?;
        let not_here = |cause| AgainError::NotHere { run, cause };
        let workflow = self.registry.workflow_named(&record.start.identity);
        let today = workflow.ok_or(not_here(HeldCause::NotMounted))?;
        let workflow = today.for_plan_of(&record).map_err(not_here)?;
        let from = self.may_go_on(&workflow, &record, step, keys)?;
        // What goes on as the step that it is has the place of the run that waits for it.
        let parent = record.start.parent().filter(|_| matches!(keys, Keys::Same));
        if let Some(parent) = parent
            && !self.is_awaited_by(parent).await.map_err(CommitError::from)?
        {
            return Err(AgainError::ParentOver { run, parent });
        }
        let is_step = parent.is_some();
        let permit = match is_step {
            true => self.admit_sub_run(today).await,
            false => self.admit(today).await,
        };
        let permit = permit.ok_or(AgainError::Closed)?;
        let fork = match keys {
            Keys::Same => None,
            Keys::Of(fork) => Some(RunStart {
                run: fork,
                // Of those of its identity it is the latest, and the one that is found.
                on_duplicate: OnDuplicate::NewRun,
                started_unix_ms: clock::unix_ms(),
                ..RunStart::clone(&record.start)
            }),
        };
        let engine = Arc::clone(self);
        let driver =
            Driver::reopen(engine, workflow, &record, (live, control), permit, in_flight, (from, fork));
        let driver = driver.await.map_err(|not| match not {
            NotReopened::Held(cause) => not_here(cause),
            NotReopened::Refused(error) => error.into(),
        })?;
        self.parked_runs.remove(target);
        let handle = driver.handle();
        self.tasks.spawn(async move {
            // What becomes of the run is told by its handle.
            driver.drive().await;
        });
        Ok(handle)
    }

    /// A run that is a step of `parent` may still be waited for: that is not over.
    pub(super) async fn is_awaited_by(&self, parent: RunId) -> Result<bool, StorageError> {
        Ok(self.journal.run(parent).await?.is_some_and(|parent| parent.ended_unix_ms.is_none()))
    }

    /// The step from which the run goes on, if it may.
    fn may_go_on(
        &self,
        workflow: &Workflow<C>,
        record: &RunRecord,
        step: &str,
        keys: Keys,
    ) -> Result<StepId, AgainError> {
        let run = record.start.run;
        let not_here = |cause| AgainError::NotHere { run, cause };
        // Of a batch, the steps of each item have names of their own: `charge[7]`.
        let plan = read_input(workflow, &record.start.input).map(|input| workflow.instance(&input).0);
        let plan = plan.map_err(not_here)?;
        let replayed = Run::replay(Arc::clone(&plan), &record.facts);
        let replayed = replayed.map_err(|error| not_here(error.into()))?;
        if !replayed.is_ended() {
            return Err(AgainError::Live { run });
        }
        let place = plan.steps().find(|(_, spec)| spec.id == step).map(|(place, _)| place);
        let from = place.filter(|from| replayed.may_reopen(*from));
        let from = from.ok_or_else(|| AgainError::NoSuchStep {
            run,
            step: step.to_owned(),
            steps: plan
                .steps()
                .filter(|(step, _)| replayed.may_reopen(*step))
                .map(|(_, spec)| spec.id.to_string())
                .collect(),
        })?;
        match keys {
            Keys::Same if replayed.state() == RunState::Completed => Err(AgainError::Completed { run }),
            Keys::Same if replayed.is_undone() => Err(AgainError::Undone { run }),
            Keys::Same | Keys::Of(_) => Ok(from),
        }
    }

    /// Delivers what a dead letter holds to the node that could not handle it, and to nobody else. Asked for twice, it is
    /// delivered once.
    pub(crate) async fn redrive(self: &Arc<Self>, letter: &DeadLetter) -> Result<Uuid, RedriveError> {
        if let DeadLetterCause::RunFailed { run, .. } = letter.cause {
            return Err(RedriveError::IsARun { run });
        }
        if letter.is_parked() {
            return self.try_again(letter).await;
        }
        let (node, handler) =
            (letter.node.as_deref().unwrap_or_default(), letter.handler.as_deref().unwrap_or_default());
        let what = format!("redriven/{}", letter.at_unix_ms);
        let id = emitted_id(letter.envelope.envelope_id, node, handler, &what, 0);
        let envelope = letter.envelope.again(id).ok_or(RedriveError::NoPayload)?;
        if letter.node.is_some() {
            // Of a node at most one handler gets a message: the one that it has for it now.
            let targets = self.registry.routing.targets(&envelope);
            let (its, others): (Vec<Target>, Vec<Target>) =
                targets.iter().partition(|target| self.registry.node_name(**target) == Some(node));
            if its.is_empty() {
                let (node, topic) = (node.to_owned(), envelope.topic);
                return Err(RedriveError::NobodyThere { node, topic });
            }
            // It may have been delivered by a program that had another handler for it, or none: a letter tells of that.
            for subscriber in [node.into(), format!("{node}/{handler}").into()] {
                let before = self.journal.handled(&InboxMark { subscriber, envelope_id: id }).await;
                if before.map_err(|error| PublishError::from(CommitError::from(error)))? {
                    return Ok(id);
                }
            }
            for subscriber in others.into_iter().filter_map(|target| self.registry.subscriber(target)) {
                let others = InboxMark { subscriber, envelope_id: id };
                match self.commit(&Commit { inbox: Some(&others), ..Commit::default() }).await {
                    Ok(()) | Err(CommitError::AlreadyHandled { .. }) => {}
                    Err(error) => return Err(PublishError::from(error).into()),
                }
            }
        }
        self.accept(Arc::new(envelope), IdFrom::Source).await?;
        Ok(id)
    }
}
