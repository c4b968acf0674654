//! A run as its journal tells of it: the same facts that drive it, folded by the same kernel.

use std::sync::Arc;
use std::time::Duration;

use super::clock;
use super::core::Engine;
use super::messages::Messages;
use super::report::RunReport;
use crate::journal::{DetailBody, Journal, RunRecord};
use crate::message::RunId;
use crate::node::step::Outputs;
use crate::plan::WorkflowRow;
use crate::run::{Fact, Run};

/// `None`: the journal does not know the run, or its workflow is not mounted here in the version it runs on.
pub(crate) async fn status<C, J: Journal>(engine: &Engine<C, J>, run: RunId) -> Option<RunReport> {
    let record = engine.journal.run(run).await?;
    let workflow = engine.registry.workflow_named(&record.start.identity)?;
    if workflow.row.version != record.start.version {
        return None;
    }
    let run = Run::replay(Arc::clone(&workflow.plan), &record.facts).ok()?;
    let until = record.ended_unix_ms.unwrap_or_else(clock::unix_ms);
    Some(RunReport::new(
        workflow,
        &record.start,
        &run,
        &Messages::replay(&record),
        outputs(workflow.row, &record),
        Duration::from_millis(until.saturating_sub(record.start.started_unix_ms)),
    ))
}

fn outputs(workflow: &WorkflowRow, record: &RunRecord) -> Arc<Outputs> {
    let outputs = Outputs::new(workflow.steps.len());
    outputs.set_input(record.start.input.clone());
    if let Some(entry) = workflow.entry {
        outputs.set(entry.step, record.start.input.clone());
    }
    for detail in &record.details {
        let fact = usize::try_from(detail.seq).ok().and_then(|seq| record.facts.get(seq));
        if let (DetailBody::Output(output), Some(Fact::StepCompleted { step, .. })) = (&detail.body, fact) {
            outputs.set(step.0, output.clone());
        }
    }
    outputs
}
