//! Workflows in workflows: that each is mounted, that none is in itself, and that none is deeper than its contract allows. A run
//! is never deeper than what is found here, so nothing is counted while it goes on.

use std::any::TypeId;
use std::collections::HashMap;

use super::build_error::BuildProblem;
use crate::node::mount::Mounted;
use crate::plan::At;

/// The nodes whose workflows are steps of this one's.
pub(crate) fn called<C>(mounted: &Mounted<C>) -> impl Iterator<Item = TypeId> {
    mounted.steps.iter().filter_map(|fns| fns.calls).map(|callee| (callee.node)())
}

/// A step that is a workflow.
#[derive(Clone, Copy)]
struct Edge {
    at: At,
    is: &'static str,
    to: usize,
}

pub(crate) fn check<C>(nodes: &[(TypeId, Mounted<C>)]) -> Vec<BuildProblem> {
    let by_type: HashMap<TypeId, usize> =
        nodes.iter().enumerate().map(|(index, (node, _))| (*node, index)).collect();
    let mut problems = Vec::new();
    let mut edges: Vec<Vec<Edge>> = Vec::with_capacity(nodes.len());
    for (_, mounted) in nodes {
        let mut of_node = Vec::new();
        let rows = mounted.table.workflow.map_or(&[][..], |workflow| workflow.steps);
        for (row, callee) in rows.iter().zip(&mounted.steps).filter_map(|(row, fns)| Some((row, fns.calls?)))
        {
            let is = callee.table.workflow.map_or("", |workflow| workflow.name);
            match by_type.get(&(callee.node)()) {
                Some(&to) => of_node.push(Edge { at: row.at, is, to }),
                None => problems.push(BuildProblem::SubWorkflowNotMounted {
                    at: row.at,
                    step: row.id,
                    workflow: is,
                    node: callee.table.name,
                }),
            }
        }
        edges.push(of_node);
    }
    let name = |node: usize| nodes[node].1.table.workflow.map_or("", |workflow| workflow.name);
    // Of each workflow whose steps are all known: how deep it is, and by which step.
    let mut known: Vec<Option<(u32, Option<Edge>)>> = vec![None; nodes.len()];
    loop {
        settle(&edges, &mut known);
        let Some(circle) = circle(&edges, &known) else { break };
        for (node, _) in &circle {
            known[*node] = Some((0, None));
        }
        let steps = circle.iter().map(|(node, edge)| (edge.at, name(*node), edge.is));
        problems.push(BuildProblem::WorkflowCycle { steps: steps.collect() });
    }
    for (node, (_, mounted)) in nodes.iter().enumerate() {
        let depth = |node: usize| known[node].map_or(0, |(depth, _)| depth);
        let most = |node: usize| nodes[node].1.table.workflow.map_or(u32::MAX, |workflow| workflow.max_depth);
        let is_told_below = edges[node].iter().any(|edge| depth(edge.to) > most(edge.to));
        if depth(node) <= most(node) || is_told_below {
            continue;
        }
        let mut steps = Vec::new();
        let mut next = known[node].and_then(|(_, edge)| edge);
        while let Some(edge) = next {
            steps.push((edge.at, edge.is));
            next = known[edge.to].and_then(|(_, edge)| edge);
        }
        problems.push(BuildProblem::TooDeep {
            contract: mounted.table.contract,
            workflow: name(node),
            depth: depth(node),
            max: most(node),
            steps,
        });
    }
    problems
}

/// Finds out about each workflow of whose steps all is known, until there are no more.
fn settle(edges: &[Vec<Edge>], known: &mut [Option<(u32, Option<Edge>)>]) {
    loop {
        let mut found = false;
        for (node, edges) in edges.iter().enumerate() {
            if known[node].is_some() || edges.iter().any(|edge| known[edge.to].is_none()) {
                continue;
            }
            let mut deepest = (0, None);
            for edge in edges {
                let depth = 1 + known[edge.to].map_or(0, |(depth, _)| depth);
                if depth > deepest.0 {
                    deepest = (depth, Some(*edge));
                }
            }
            known[node] = Some(deepest);
            found = true;
        }
        if !found {
            return;
        }
    }
}

/// A circle among the workflows that are not known, if there are any: each of them has a step that is another of them.
fn circle(edges: &[Vec<Edge>], known: &[Option<(u32, Option<Edge>)>]) -> Option<Vec<(usize, Edge)>> {
    let mut node = known.iter().position(Option::is_none)?;
    let mut walked: Vec<(usize, Edge)> = Vec::new();
    loop {
        if let Some(first) = walked.iter().position(|(before, _)| *before == node) {
            return Some(walked.split_off(first));
        }
        let edge = *edges[node].iter().find(|edge| known[edge.to].is_none())?;
        walked.push((node, edge));
        node = edge.to;
    }
}
