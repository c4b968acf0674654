//! Which steps depend on each other: the strongly connected components of a graph, by Kosaraju's algorithm.
//!
//! It is all that this crate would use of one for graphs, and that would be in every user's build. A property test has such
//! a crate judge it.

use super::graph::Dependency;
use crate::contract::StepIndex;

/// The number of each step's component. Two steps have the same one if each depends on the other, over whatever others.
pub(super) fn components(dependencies: &[Vec<Dependency>]) -> Vec<usize> {
    let dependents = dependents(dependencies);
    let mut component: Vec<Option<usize>> = vec![None; dependencies.len()];
    let mut number = 0;
    for root in by_the_end_of_their_walk(dependencies).into_iter().rev() {
        if component[root].is_some() {
            continue;
        }
        component[root] = Some(number);
        let mut open = vec![root];
        while let Some(step) = open.pop() {
            for dependent in &dependents[step] {
                if component[*dependent].is_none() {
                    component[*dependent] = Some(number);
                    open.push(*dependent);
                }
            }
        }
        number += 1;
    }
    component.into_iter().flatten().collect()
}

/// The edges turned around: for each step, those that depend on it.
pub(super) fn dependents(dependencies: &[Vec<Dependency>]) -> Vec<Vec<StepIndex>> {
    let mut dependents = vec![Vec::new(); dependencies.len()];
    for (step, dependencies) in dependencies.iter().enumerate() {
        for dependency in dependencies {
            dependents[dependency.value].push(step);
        }
    }
    dependents
}

/// Depth first from each step, without recursion: a step comes after all that was first found behind it.
fn by_the_end_of_their_walk(dependencies: &[Vec<Dependency>]) -> Vec<StepIndex> {
    let mut found = vec![false; dependencies.len()];
    let mut ended = Vec::with_capacity(dependencies.len());
    for root in 0..dependencies.len() {
        if std::mem::replace(&mut found[root], true) {
            continue;
        }
        let mut path = vec![(root, dependencies[root].iter())];
        while let Some((step, rest)) = path.last_mut() {
            match rest.next() {
                Some(next) if found[next.value] => {}
                Some(next) => {
                    found[next.value] = true;
                    path.push((next.value, dependencies[next.value].iter()));
                }
                None => {
                    ended.push(*step);
                    path.pop();
                }
            }
        }
    }
    ended
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use petgraph::algo::kosaraju_scc;
    use petgraph::graph::DiGraph;
    use proptest::prelude::*;

    use super::*;
    use crate::source::{Span, Spanned};

    /// The steps of each component.
    fn grouped(component: &[usize]) -> BTreeSet<Vec<StepIndex>> {
        let members =
            |number: &usize| (0..component.len()).filter(|step| component[*step] == *number).collect();
        component.iter().map(members).collect()
    }

    proptest! {
        #[test]
        fn they_are_what_another_implementation_finds(
            steps in 1_usize..12,
            edges in prop::collection::vec((0_usize..12, 0_usize..12), 0..30),
        ) {
            let edges: Vec<(usize, usize)> = edges.iter().map(|(from, to)| (from % steps, to % steps)).collect();
            let mut dependencies: Vec<Vec<Dependency>> = vec![Vec::new(); steps];
            let mut judge: DiGraph<(), ()> = DiGraph::new();
            let nodes: Vec<_> = (0..steps).map(|_| judge.add_node(())).collect();
            for (from, to) in edges {
                dependencies[from].push(Spanned::new(to, Span::at(0)));
                judge.add_edge(nodes[from], nodes[to], ());
            }
            let sorted = |members: &Vec<petgraph::graph::NodeIndex>| {
                members.iter().map(|node| node.index()).collect::<BTreeSet<_>>().into_iter().collect()
            };
            let expected: BTreeSet<Vec<StepIndex>> = kosaraju_scc(&judge).iter().map(sorted).collect();
            prop_assert_eq!(grouped(&components(&dependencies)), expected);
        }
    }
}
