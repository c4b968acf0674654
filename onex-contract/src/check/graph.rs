//! The graph of steps: no circles, and an order in which every step comes after what it depends on.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use super::components::{components, dependents};
use crate::contract::StepIndex;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Given, StepDeclaration};
use crate::source::Spanned;

/// A step that another depends on, and the place that says so.
pub(super) type Dependency = Spanned<StepIndex>;

/// A message shows no more edges of a circle than this.
const SHOWN: usize = 8;

/// The topological order; ties are in the order of the file.
///
/// # Errors
///
/// There are circles. Each is reported once, by the shortest way around.
pub(super) fn order(
    steps: &[StepDeclaration],
    dependencies: &[Vec<Dependency>],
    sink: &mut Sink,
) -> Given<Vec<StepIndex>> {
    let order = topological(dependencies);
    if order.len() == dependencies.len() {
        return Ok(order);
    }
    for circle in circles(dependencies) {
        sink.report(cycle(steps, &circle));
    }
    sink.verdict().map(|()| order)
}

/// The shortest circle through the first step that is in one, if there is one.
pub(super) fn first_circle(dependencies: &[Vec<Dependency>]) -> Option<Vec<Edge>> {
    if topological(dependencies).len() == dependencies.len() {
        return None;
    }
    circles(dependencies).into_iter().next()
}

/// Kahn's algorithm: the steps that are not in circles nor behind one.
fn topological(dependencies: &[Vec<Dependency>]) -> Vec<StepIndex> {
    let dependents = dependents(dependencies);
    let mut waiting_for: Vec<usize> = dependencies.iter().map(Vec::len).collect();
    let is_free = |(step, count): (StepIndex, &usize)| (*count == 0).then_some(Reverse(step));
    let mut free: BinaryHeap<Reverse<StepIndex>> =
        waiting_for.iter().enumerate().filter_map(is_free).collect();
    let mut order = Vec::with_capacity(dependencies.len());
    while let Some(Reverse(step)) = free.pop() {
        order.push(step);
        for dependent in &dependents[step] {
            waiting_for[*dependent] -= 1;
            if waiting_for[*dependent] == 0 {
                free.push(Reverse(*dependent));
            }
        }
    }
    order
}

/// One edge of a circle: a step and the dependency that leads on.
pub(super) type Edge = (StepIndex, Dependency);

/// For each set of steps that depend on each other, the shortest circle through its first step.
fn circles(dependencies: &[Vec<Dependency>]) -> Vec<Vec<Edge>> {
    let component = components(dependencies);
    let mut members = vec![0; dependencies.len()];
    for number in &component {
        members[*number] += 1;
    }
    let mut found = vec![false; dependencies.len()];
    let is_first = |step: &StepIndex| {
        let number = component[*step];
        members[number] > 1 && !std::mem::replace(&mut found[number], true)
    };
    let firsts = (0..dependencies.len()).filter(is_first);
    firsts.map(|first| shortest_circle(first, &component, dependencies)).collect()
}

/// Breadth first from a step, inside its component, until it is found again.
fn shortest_circle(first: StepIndex, component: &[usize], dependencies: &[Vec<Dependency>]) -> Vec<Edge> {
    let mut came_by: Vec<Option<Edge>> = vec![None; dependencies.len()];
    let mut queue = VecDeque::from([first]);
    while came_by[first].is_none()
        && let Some(step) = queue.pop_front()
    {
        for dependency in &dependencies[step] {
            let next = dependency.value;
            if component[next] == component[first] && came_by[next].is_none() {
                came_by[next] = Some((step, *dependency));
                queue.push_back(next);
            }
        }
    }
    let mut circle = Vec::new();
    let mut step = first;
    while let Some(edge) = came_by[step] {
        circle.push(edge);
        step = edge.0;
        if step == first {
            break;
        }
    }
    circle.reverse();
    circle
}

fn cycle(steps: &[StepDeclaration], circle: &[Edge]) -> Diagnostic {
    let name = |step: StepIndex| steps[step].id.as_ref().map_or("?", |id| id.written.value.as_str());
    let edge =
        |(step, dependency): &Edge| format!("`{}` depends on `{}`", name(*step), name(dependency.value));
    let shown = &circle[..circle.len().min(SHOWN)];

    let mut path: Vec<&str> = shown.iter().map(|(step, _)| name(*step)).collect();
    path.extend((circle.len() > SHOWN).then_some("..."));
    path.extend(circle.first().map(|(step, _)| name(*step)));
    let message = format!("steps depend on each other in a circle: {}", path.join(" -> "));

    let (first, others) = shown.split_first().expect("a circle has at least two edges");
    let fault = Diagnostic::new(Code::Cycle, message, first.1.span, edge(first));
    let fault = others.iter().fold(fault, |fault, other| fault.also(other.1.span, edge(other)));
    fault.help("remove one of these dependencies")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn graph(edges: &[&[StepIndex]]) -> Vec<Vec<Dependency>> {
        let place = |step: &StepIndex| Spanned::new(*step, Span::at(0));
        edges.iter().map(|dependencies| dependencies.iter().map(place).collect()).collect()
    }

    fn ways(graph: &[Vec<Dependency>]) -> Vec<Vec<StepIndex>> {
        circles(graph).iter().map(|circle| circle.iter().map(|(step, _)| *step).collect()).collect()
    }

    #[test]
    fn ties_keep_the_order_of_the_file() {
        assert_eq!(topological(&graph(&[&[3], &[], &[], &[2], &[1, 0]])), [1, 2, 3, 0, 4]);
        assert_eq!(topological(&graph(&[&[], &[], &[]])), [0, 1, 2]);
    }

    #[test]
    fn the_shortest_way_around_is_shown_once_for_each_circle() {
        let two_circles = graph(&[&[1], &[2], &[0, 3], &[4, 0], &[3], &[0], &[7], &[6]]);
        assert!(topological(&two_circles).is_empty());
        assert_eq!(ways(&two_circles), [vec![0, 1, 2], vec![6, 7]]);
        // The last step leads back to the middle, too.
        assert_eq!(ways(&graph(&[&[1], &[2], &[1, 0]])), [[0, 1, 2]]);
    }

    #[test]
    fn a_long_graph_takes_neither_stack_nor_quadratic_time() {
        const STEPS: usize = 100_000;
        let mut chain: Vec<Vec<StepIndex>> =
            (0..STEPS).map(|step| step.checked_sub(1).into_iter().collect()).collect();
        let as_graph = |chain: &[Vec<StepIndex>]| graph(&chain.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert!(topological(&as_graph(&chain)).into_iter().eq(0..STEPS));
        chain[0].push(STEPS - 1);
        assert_eq!(ways(&as_graph(&chain)).iter().map(Vec::len).collect::<Vec<_>>(), [STEPS]);
    }
}
