//! A run as its journal tells of it: the same facts that drive it, folded by the same kernel.

use std::time::Duration;

use super::clock;
use super::contain::contained;
use super::core::Engine;
use super::fans::Fans;
use super::messages::Messages;
use super::report::RunReport;
use crate::journal::{DetailBody, Journal, Lease, RunRecord, StorageError};
use crate::message::{Payload, RunId};
use crate::node::mount::ReadFn;
use crate::run::{Run, StepState};

/// `None`: the journal does not know the run, or its workflow is not mounted here with the plan that it is pinned to.
pub(crate) async fn status<C, J: Journal>(
    engine: &Engine<C, J>,
    run: RunId,
) -> Result<Option<RunReport>, StorageError> {
    let Some(record) = engine.journal.run(run).await? else { return Ok(None) };
    // Asked for: this engine may have lost its lease and not know it.
    let owner = engine.journal.owner().await?.unwrap_or_else(|| engine.lease.clone());
    Ok(report(engine, &record, owner))
}

/// The same of what was read already.
pub(crate) fn report<C, J>(engine: &Engine<C, J>, record: &RunRecord, owner: Lease) -> Option<RunReport> {
    let workflow = engine.registry.workflow_named(&record.start.identity)?.for_plan_of(record).ok()?;
    let workflow = &*workflow;
    let input = workflow.read_input(&record.start.input).unwrap_or_else(|_| record.start.input.clone());
    let (plan, outputs) = workflow.instance(&input);
    let run = Run::replay(plan, &record.facts).ok()?;
    let until = record.ended_unix_ms.unwrap_or_else(clock::unix_ms);
    // Lists are looked into, so what they are in must be of its type. All else is read when it is asked for.
    let looks_into = workflow.steps.iter().any(|def| def.each.is_some());
    let typed = |read: Option<ReadFn>, payload: &Payload| {
        let read = read.filter(|_| looks_into).and_then(|read| contained(|| read(payload)).ok()?.ok());
        read.unwrap_or_else(|| payload.clone())
    };
    // The latest first: a step of a run that was reopened may have completed before.
    for (fact, detail) in record.told().rev() {
        if let (DetailBody::Output(output), Some(step)) = (&detail.body, fact.completes())
            && run.instance_of(step).is_none()
            && run.step(step).state == StepState::Completed
        {
            outputs.set(step, typed(workflow.step(outputs.row(step)).read, output));
        }
    }
    // What cannot be read is not in the report.
    let _ = Fans::replay(workflow, &run, record, &outputs);
    Some(RunReport::new(
        workflow,
        &record.start,
        &run,
        &Messages::replay(record),
        outputs,
        Duration::from_millis(until.saturating_sub(record.start.started_unix_ms)),
        owner,
    ))
}
