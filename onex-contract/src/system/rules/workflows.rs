//! Steps that are workflows: that each names one of the set, that none is in itself, and that none is deeper than it allows.

use std::collections::HashMap;

use super::Coverage;
use super::guess::Guesses;
use super::report::also_at;
use crate::diagnostic::{Code, Diagnostic};
use crate::system::facts::{Facts, NodeIndex, OwnWorkflow, SubWorkflow};

/// A step that is the workflow of a node of the set.
#[derive(Clone, Copy)]
struct Edge<'f, 'a> {
    step: &'f SubWorkflow<'a>,
    to: NodeIndex,
}

/// How deep workflows are in one, and the step that leads to the deepest.
type Depth<'f, 'a> = (u32, Option<Edge<'f, 'a>>);

pub(super) fn check(
    facts: &Facts<'_>,
    coverage: Coverage,
    guesses: &mut Guesses,
    found: &mut Vec<Diagnostic>,
) {
    if facts.sub_workflows.is_empty() {
        return;
    }
    let mut edges: Vec<Vec<Edge<'_, '_>>> = facts.nodes.iter().map(|_| Vec::new()).collect();
    let mut holders: HashMap<&str, Vec<NodeIndex>> = HashMap::new();
    for (node, own) in workflows(facts) {
        let holders = holders.entry(own.name.value).or_default();
        // A node that two contracts describe is reported for that.
        if holders.iter().all(|other| facts.are_two(*other, node)) {
            holders.push(node);
        }
    }
    let mut told: Vec<&str> = Vec::new();
    for step in &facts.sub_workflows {
        let name = step.workflow.value;
        match holders.get(name).map_or(&[][..], Vec::as_slice) {
            [to] => edges[step.by].push(Edge { step, to: *to }),
            _ if told.contains(&name) => {}
            [] if coverage == Coverage::Whole => {
                told.push(name);
                found.push(unknown(facts, step, guesses));
            }
            [] => {}
            several => {
                told.push(name);
                found.push(shared(facts, step, several));
            }
        }
    }
    let mut known: Vec<Option<Depth<'_, '_>>> = vec![None; facts.nodes.len()];
    loop {
        settle(&edges, &mut known);
        let Some(circle) = circle(facts, &edges, &known) else { break };
        for edge in &circle {
            known[edge.step.by] = Some((0, None));
        }
        found.push(in_a_circle(facts, &circle));
    }
    for (node, own) in workflows(facts) {
        let is_too_deep = |node: NodeIndex| {
            let most = facts.nodes[node].workflow.as_ref().map_or(u32::MAX, |own| own.max_depth);
            known[node].is_some_and(|(depth, _)| depth > most)
        };
        if is_too_deep(node) && !edges[node].iter().any(|edge| is_too_deep(edge.to)) {
            found.push(too_deep(facts, node, own, &known));
        }
    }
}

fn workflows<'f, 'a>(facts: &'f Facts<'a>) -> impl Iterator<Item = (NodeIndex, &'f OwnWorkflow<'a>)> {
    facts.nodes.iter().enumerate().filter_map(|(index, node)| Some((index, node.workflow.as_ref()?)))
}

fn own_name<'a>(facts: &Facts<'a>, node: NodeIndex) -> &'a str {
    facts.nodes[node].workflow.as_ref().map_or("", |own| own.name.value)
}

/// Finds out about each workflow of whose steps all is known, until there are no more.
fn settle<'f, 'a>(edges: &[Vec<Edge<'f, 'a>>], known: &mut [Option<Depth<'f, 'a>>]) {
    let mut callers: Vec<Vec<NodeIndex>> = edges.iter().map(|_| Vec::new()).collect();
    let mut waits_for: Vec<usize> = vec![0; edges.len()];
    for (node, edges) in edges.iter().enumerate() {
        for edge in edges.iter().filter(|edge| known[edge.to].is_none()) {
            callers[edge.to].push(node);
            waits_for[node] += 1;
        }
    }
    let mut free: Vec<NodeIndex> =
        (0..edges.len()).filter(|node| known[*node].is_none() && waits_for[*node] == 0).collect();
    while let Some(node) = free.pop() {
        let mut deepest: Depth<'_, '_> = (0, None);
        for edge in &edges[node] {
            let depth = 1 + known[edge.to].map_or(0, |(depth, _)| depth);
            if depth > deepest.0 {
                deepest = (depth, Some(*edge));
            }
        }
        known[node] = Some(deepest);
        for caller in std::mem::take(&mut callers[node]) {
            waits_for[caller] -= 1;
            if waits_for[caller] == 0 && known[caller].is_none() {
                free.push(caller);
            }
        }
    }
}

/// A circle among the workflows about which nothing was found out, from the first name on: each has a step that is another.
fn circle<'f, 'a>(
    facts: &Facts<'a>,
    edges: &[Vec<Edge<'f, 'a>>],
    known: &[Option<Depth<'f, 'a>>],
) -> Option<Vec<Edge<'f, 'a>>> {
    let mut node = known.iter().position(Option::is_none)?;
    let mut walked: Vec<Edge<'_, '_>> = Vec::new();
    let mut place: HashMap<NodeIndex, usize> = HashMap::new();
    while !place.contains_key(&node) {
        place.insert(node, walked.len());
        let edge = *edges[node].iter().find(|edge| known[edge.to].is_none())?;
        walked.push(edge);
        node = edge.to;
    }
    let mut circle = walked.split_off(place[&node]);
    let first = (0..circle.len()).min_by_key(|index| own_name(facts, circle[*index].step.by))?;
    circle.rotate_left(first);
    Some(circle)
}

fn in_a_circle(facts: &Facts<'_>, circle: &[Edge<'_, '_>]) -> Diagnostic {
    let name = |node| own_name(facts, node);
    let (first, others) = circle.split_first().expect("a circle has an edge");
    let is_step = |edge: &Edge<'_, '_>| format!("`{}` is a step of `{}`", name(edge.to), name(edge.step.by));
    let message = format!("the workflow `{}` is in itself", name(first.step.by));
    let fault = Diagnostic::new(Code::WorkflowCycle, message, first.step.workflow.span, is_step(first));
    let places: Vec<_> = others.iter().map(|edge| (edge.step.workflow.span, is_step(edge))).collect();
    also_at(fault, places.into_iter())
        .note("each run would start another one, and none would end")
        .help("remove one of these steps")
}

fn too_deep(
    facts: &Facts<'_>,
    node: NodeIndex,
    own: &OwnWorkflow<'_>,
    known: &[Option<Depth<'_, '_>>],
) -> Diagnostic {
    let (depth, mut next) = known[node].unwrap_or((0, None));
    let mut path = Vec::new();
    while let Some(edge) = next {
        let text = format!("`{}` is a step of `{}`", own_name(facts, edge.to), own_name(facts, edge.step.by));
        path.push((edge.step.workflow.span, text));
        next = known[edge.to].and_then(|(_, edge)| edge);
    }
    let message = format!(
        "workflows are {depth} deep in the workflow `{}`, and may be {}",
        own.name.value, own.max_depth
    );
    let mut places = path.into_iter();
    let (at, text) = places.next().unwrap_or((own.name.span, String::new()));
    let fault = Diagnostic::new(Code::WorkflowsTooDeep, message, at, text);
    let fault = match own.max_depth_at {
        Some(at) => fault.also(at, "so deep they may be"),
        None => fault,
    };
    also_at(fault, places).help("allow more with `max_workflow_depth`, or make fewer workflows of it")
}

fn unknown(facts: &Facts<'_>, first: &SubWorkflow<'_>, guesses: &mut Guesses) -> Diagnostic {
    let name = first.workflow.value;
    let message = format!("no contract of this set has the workflow `{name}`");
    let is_step = |step: &SubWorkflow<'_>| format!("the step `{}` is it", step.step);
    let fault = Diagnostic::new(Code::UnknownWorkflow, message, first.workflow.span, is_step(first));
    let others = facts.sub_workflows.iter().filter(|step| step.workflow.value == name).skip(1);
    let places: Vec<_> = others.map(|step| (step.workflow.span, is_step(step))).collect();
    let fault = also_at(fault.warning(), places.into_iter());
    // Nobody means its own.
    let names: Vec<&str> =
        workflows(facts).filter(|(node, _)| *node != first.by).map(|(_, own)| own.name.value).collect();
    match guesses.closest(name, &names) {
        Some(meant) => {
            fault.replace(format!("there is a workflow `{meant}`"), first.workflow.span, meant.to_owned())
        }
        None => fault.help("name a workflow of this set, or check its contract together with these"),
    }
}

fn shared(facts: &Facts<'_>, first: &SubWorkflow<'_>, holders: &[NodeIndex]) -> Diagnostic {
    let name = first.workflow.value;
    let message = format!("several contracts have the workflow `{name}`, and a step is one of them");
    let text = format!("which of them is the step `{}`?", first.step);
    let fault = Diagnostic::new(Code::SharedWorkflow, message, first.workflow.span, text);
    let places = holders.iter().filter_map(|node| {
        let own = facts.nodes[*node].workflow.as_ref()?;
        Some((own.name.span, format!("that of `{}`", facts.name(*node))))
    });
    let places: Vec<_> = places.collect();
    also_at(fault, places.into_iter()).help("give each workflow a name of its own")
}
