//! Steps that are workflows: that each names one of the application, that none is in itself, and that none is deeper than it
//! allows.

use super::alike::Closest;
use super::facts::Set;
use super::report::Report;
use super::said::{OwnWorkflow, SubWorkflow};
use super::topic::same;

/// No node, or no edge.
const NONE: usize = usize::MAX;

/// A step that is the workflow of a node.
#[derive(Clone, Copy)]
struct Edge {
    from: usize,
    to: usize,
    step: &'static SubWorkflow,
}

/// What is found out about each workflow: how deep others are in it, and the edge that leads to the deepest.
struct Depths<const ROOM: usize> {
    edges: [Option<Edge>; ROOM],
    edge_count: usize,
    known: [Option<(u32, usize)>; ROOM],
}

/// `ROOM` is as for the arrangement of topics: there is room for all nodes, and for all steps that are workflows.
pub(super) const fn check<const ROOM: usize>(set: &Set<'_>, report: &mut Report) {
    let mut depths = Depths::<ROOM> { edges: [None; ROOM], edge_count: 0, known: [None; ROOM] };
    each!(by, said in set.nodes => {
        each!(index, step in said.sub_workflows => {
            let name = step.workflow.text;
            let to = holder(set, name, NONE);
            if to == NONE {
                if is_first_mention(set, by, index, name) {
                    unknown(set, by, step, report);
                }
            } else if holder(set, name, to) == NONE {
                depths.edges[depths.edge_count] = Some(Edge { from: by, to, step });
                depths.edge_count += 1;
            } else if is_first_mention(set, by, index, name) {
                shared(set, step, report);
            }
        });
    });
    if depths.edge_count == 0 {
        return;
    }
    depths.settle(set);
    let mut left = depths.first_unknown(set);
    while left != NONE {
        depths.circle(set, left, report);
        depths.settle(set);
        left = depths.first_unknown(set);
    }
    let mut node = 0;
    while node < set.nodes.len() {
        if depths.is_too_deep(set, node) && !depths.is_told_below(set, node) {
            depths.too_deep(set, node, report);
        }
        node += 1;
    }
}

/// The first node that has a workflow, or the first behind `after` that is another node.
const fn holder(set: &Set<'_>, workflow: &str, after: usize) -> usize {
    each!(node, said in set.nodes => {
        if let Some(own) = &said.workflow
            && same(own.name.text, workflow)
            && (after == NONE || (node > after && set.first_of(node) != set.first_of(after)))
        {
            return node;
        }
    });
    NONE
}

const fn own<'s>(set: &Set<'s>, node: usize) -> Option<&'s OwnWorkflow> {
    set.nodes[node].workflow.as_ref()
}

const fn name<'s>(set: &Set<'s>, node: usize) -> &'s str {
    match own(set, node) {
        Some(own) => own.name.text,
        None => "",
    }
}

const fn is_first_mention(set: &Set<'_>, by: usize, index: usize, workflow: &str) -> bool {
    each!(node, said in set.nodes => {
        each!(at, step in said.sub_workflows => {
            if same(step.workflow.text, workflow) {
                return node == by && at == index;
            }
        });
    });
    true
}

const fn is_less(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() {
        if one[at] != other[at] {
            return one[at] < other[at];
        }
        at += 1;
    }
    one.len() < other.len()
}

impl<const ROOM: usize> Depths<ROOM> {
    /// Finds out about each workflow of whose steps all is known, until there are no more.
    const fn settle(&mut self, set: &Set<'_>) {
        let mut found = true;
        while found {
            found = false;
            let mut node = 0;
            while node < set.nodes.len() {
                if self.known[node].is_none()
                    && let Some(depth) = self.depth_of(node)
                {
                    self.known[node] = Some(depth);
                    found = true;
                }
                node += 1;
            }
        }
    }

    const fn depth_of(&self, node: usize) -> Option<(u32, usize)> {
        let mut deepest = (0, NONE);
        let mut index = 0;
        while index < self.edge_count {
            if let Some(edge) = self.edges[index]
                && edge.from == node
            {
                let Some((depth, _)) = self.known[edge.to] else { return None };
                if depth + 1 > deepest.0 {
                    deepest = (depth + 1, index);
                }
            }
            index += 1;
        }
        Some(deepest)
    }

    const fn first_unknown(&self, set: &Set<'_>) -> usize {
        let mut node = 0;
        while node < set.nodes.len() {
            if self.known[node].is_none() {
                return node;
            }
            node += 1;
        }
        NONE
    }

    /// The first step of a workflow that is one about which nothing was found out. There is one, or it were known.
    const fn step_to_unknown(&self, node: usize) -> Option<Edge> {
        let mut index = 0;
        while index < self.edge_count {
            if let Some(edge) = self.edges[index]
                && edge.from == node
                && self.known[edge.to].is_none()
            {
                return Some(edge);
            }
            index += 1;
        }
        None
    }

    /// Reports the circle to which the way from a node leads, about which nothing was found out.
    const fn circle(&mut self, set: &Set<'_>, from: usize, report: &mut Report) {
        // After as many steps as there are nodes, the way is on the circle.
        let mut node = from;
        let mut steps = 0;
        while steps < set.nodes.len() {
            if let Some(edge) = self.step_to_unknown(node) {
                node = edge.to;
            }
            steps += 1;
        }
        let mut first = node;
        let mut next = self.step_to_unknown(node);
        while let Some(edge) = next
            && edge.to != node
        {
            if is_less(name(set, edge.to), name(set, first)) {
                first = edge.to;
            }
            next = self.step_to_unknown(edge.to);
        }
        report.fault();
        report.add(&["the workflow `", name(set, first), "` is in itself"]);
        let mut next = self.step_to_unknown(first);
        let mut is_first = true;
        let mut circle = [NONE; ROOM];
        let mut count = 0;
        while let Some(edge) = next {
            let is_step = ["`", name(set, edge.to), "` is a step of `", name(set, edge.from), "`"];
            if is_first {
                report.code("0815", edge.step.workflow.at);
                report.add(&is_step);
            } else {
                report.one_of_many(edge.step.workflow.at, &is_step);
            }
            is_first = false;
            circle[count] = edge.from;
            count += 1;
            next = if edge.to == first { None } else { self.step_to_unknown(edge.to) };
        }
        report.end_of_many();
        report.note(&["each run would start another one, and none would end"]);
        report.help(&["remove one of these steps"]);
        while count > 0 {
            count -= 1;
            self.known[circle[count]] = Some((0, NONE));
        }
    }

    const fn is_too_deep(&self, set: &Set<'_>, node: usize) -> bool {
        match (self.known[node], own(set, node)) {
            (Some((depth, _)), Some(own)) => depth > own.max_depth,
            _ => false,
        }
    }

    const fn is_told_below(&self, set: &Set<'_>, node: usize) -> bool {
        let mut index = 0;
        while index < self.edge_count {
            if let Some(edge) = self.edges[index]
                && edge.from == node
                && self.is_too_deep(set, edge.to)
            {
                return true;
            }
            index += 1;
        }
        false
    }

    /// The edge that leads from a workflow to the deepest in it.
    const fn deepest(&self, node: usize) -> Option<Edge> {
        match self.known[node] {
            Some((_, index)) if index != NONE => self.edges[index],
            _ => None,
        }
    }

    const fn too_deep(&self, set: &Set<'_>, node: usize, report: &mut Report) {
        let (Some((depth, _)), Some(own)) = (self.known[node], own(set, node)) else { return };
        report.fault();
        report.add(&["workflows are "]);
        report.add_number(depth as usize);
        report.add(&[" deep in the workflow `", own.name.text, "`, and may be "]);
        report.add_number(own.max_depth as usize);
        let mut is_first = true;
        let mut next = self.deepest(node);
        while let Some(edge) = next {
            let is_step = ["`", name(set, edge.to), "` is a step of `", name(set, edge.from), "`"];
            if is_first {
                report.code("0816", edge.step.workflow.at);
                report.add(&is_step);
                if let Some(at) = own.max_depth_at {
                    report.also(at);
                    report.add(&["so deep they may be"]);
                }
            } else {
                report.one_of_many(edge.step.workflow.at, &is_step);
            }
            is_first = false;
            next = self.deepest(edge.to);
        }
        report.end_of_many();
        report.help(&["allow more with `max_workflow_depth`, or make fewer workflows of it"]);
    }
}

const fn unknown(set: &Set<'_>, by: usize, first: &SubWorkflow, report: &mut Report) {
    report.fault();
    report.add(&["no contract of this set has the workflow `", first.workflow.text, "`"]);
    report.code("0813", first.workflow.at);
    report.add(&["the step `", first.step, "` is it"]);
    let mut is_first = true;
    each!(_, said in set.nodes => {
        each!(_, step in said.sub_workflows => {
            if same(step.workflow.text, first.workflow.text) {
                if !is_first {
                    report.one_of_many(step.workflow.at, &["the step `", step.step, "` is it"]);
                }
                is_first = false;
            }
        });
    });
    report.end_of_many();
    let mut closest = Closest::new();
    each!(node, said in set.nodes => {
        // Nobody means its own.
        if let Some(own) = &said.workflow
            && node != by
        {
            closest = closest.or(first.workflow.text, own.name.text);
        }
    });
    match closest.found {
        Some(meant) => report.help(&["there is a workflow `", meant, "`"]),
        None => report.help(&["name a workflow of this set, or check its contract together with these"]),
    }
}

const fn shared(set: &Set<'_>, first: &SubWorkflow, report: &mut Report) {
    let workflow = first.workflow.text;
    report.fault();
    report.add(&["several contracts have the workflow `", workflow, "`, and a step is one of them"]);
    report.code("0814", first.workflow.at);
    report.add(&["which of them is the step `", first.step, "`?"]);
    each!(node, said in set.nodes => {
        if let Some(own) = &said.workflow
            && same(own.name.text, workflow)
            && set.first_of(node) == node
        {
            report.one_of_many(own.name.at, &["that of `", said.name.text, "`"]);
        }
    });
    report.end_of_many();
    report.help(&["give each workflow a name of its own"]);
}
