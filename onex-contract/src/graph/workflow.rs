//! The steps of a workflow, what starts them and what undoes them.

use super::sketch::Sketch;
use super::{Arrow, Kind};
use crate::contract::{EventIndex, Step, Workflow};

pub(super) fn draw(sketch: &mut Sketch<'_>) {
    let contract = sketch.contract;
    let Some(workflow) = &contract.workflow else { return };
    let group = Some(sketch.group("workflow", title(workflow)));
    let steps: Vec<usize> = workflow
        .steps
        .iter()
        .map(|step| sketch.node(Kind::Step, &step.id.value, details(step), group))
        .collect();

    if workflow.entries.is_empty()
        && let Some(input) = &contract.input_model
    {
        let input = sketch.plain(Kind::Input, &input.name.value);
        for (step, node) in workflow.steps.iter().zip(&steps) {
            if step.depends_on.is_empty() {
                sketch.edge(input, Arrow::Then, *node);
            }
        }
    }
    for (step, node) in workflow.steps.iter().zip(steps.iter().copied()) {
        for event in awaited(step) {
            let event = sketch.event(*event);
            sketch.edge(event, Arrow::Then, node);
        }
        for dependency in &step.depends_on {
            sketch.edge(steps[dependency.value], Arrow::Then, node);
        }
        for event in &step.publishes {
            let event = sketch.event(event.value);
            sketch.edge(node, Arrow::Then, event);
        }
        for sent in step.sends.iter().flat_map(|filter| &filter.intents) {
            let intent = sketch.plain(Kind::Intent, contract.intents[*sent].intent_type.value.as_str());
            sketch.edge(node, Arrow::Then, intent);
        }
        for executor in &step.executors {
            let executor = sketch.plain(Kind::Node, &executor.node.value);
            sketch.edge(node, Arrow::Then, executor);
        }
        if let Some(undo) = &step.compensation {
            let detail = vec![format!("undoes {}", step.id.value)];
            let undo = sketch.node(Kind::Compensation, &undo.name.value, detail, group);
            sketch.edge(node, Arrow::Undo, undo);
        }
    }
}

/// The events that complete a step.
fn awaited(step: &Step) -> &[EventIndex] {
    let entry = step.entry.as_ref().map(|entry| &entry.awaits);
    let gate = step.gate.as_ref().map(|gate| &gate.awaits);
    entry.or(gate).map(|awaits| &awaits.events[..]).unwrap_or_default()
}

fn title(workflow: &Workflow) -> String {
    let version = workflow.version;
    format!(
        "{} {}.{}.{}: {}, {}",
        workflow.name.value,
        version.major,
        version.minor,
        version.patch,
        workflow.mode.as_str(),
        workflow.strategy.as_str()
    )
}

/// The kind, and what makes this step unlike others.
fn details(step: &Step) -> Vec<String> {
    let mut details = vec![format!("{} step", step.kind.as_str())];
    if let Some(entry) = &step.entry {
        details.push(match &entry.key {
            Some(key) => format!("starts one run per {}", key.value),
            None => "starts a run per event".to_owned(),
        });
    }
    if let Some(gate) = &step.gate {
        details.push(format!("waits for its event by {}", gate.key.value));
    }
    if step.condition.is_some() || step.skip_condition.is_some() {
        details.push("runs on a condition".to_owned());
    }
    if let Some(group) = &step.branch_group {
        details.push(format!("a branch of {}", group.value));
    }
    if step.for_each.is_some() {
        details.push("runs for each entry of a list".to_owned());
    }
    if !step.enabled {
        details.push("is switched off".to_owned());
    }
    match step.retry_count {
        None | Some(0) => {}
        Some(1) => details.push("1 retry".to_owned()),
        Some(count) => details.push(format!("{count} retries")),
    }
    if step.continue_on_error {
        details.push("may fail".to_owned());
    }
    details
}
