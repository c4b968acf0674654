//! Branch groups: the steps of which one runs, tried one after the other.

use std::collections::{HashMap, HashSet};

use crate::contract::{BranchGroup, StepIndex};
use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::read::StepDeclaration;
use crate::source::{Span, Spanned};

use super::graph::{self, Dependency};

/// A step of a group, and the place that says so.
type Member = (StepIndex, Span);
/// The name of a group and its members, at least one.
type Group<'a> = (&'a str, Vec<Member>);

/// So many names are compared in search of what misspelt ones may mean.
const COMPARED: usize = 200_000;

/// The groups, in the order in which they are first named.
pub(super) fn resolve(steps: &[StepDeclaration], sink: &mut Sink) -> Vec<BranchGroup> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        let Ok(Some(group)) = &step.branch_group else { continue };
        let place = *by_name.entry(&group.value).or_insert(groups.len());
        if place == groups.len() {
            groups.push((&group.value, Vec::new()));
        }
        groups[place].1.push((index, group.span));
    }
    // A step that could not be read may be of any group, which is why only what is there is judged.
    for (name, members) in &groups {
        check_order(name, members, steps, sink);
    }
    check_lone(&groups, sink);
    groups
        .into_iter()
        .map(|(name, members)| BranchGroup {
            name: name.to_owned(),
            span: members[0].1,
            steps: members.into_iter().map(|(step, _)| step).collect(),
        })
        .collect()
}

/// A misspelt name makes a group of its own, and may leave another one with one step: that is one fault.
fn check_lone(groups: &[Group<'_>], sink: &mut Sink) {
    let (lone, others): (Vec<&Group<'_>>, Vec<&Group<'_>>) =
        groups.iter().partition(|(_, members)| members.len() == 1);
    let mut compared = COMPARED;
    let mut meant = HashSet::new();
    for (place, (name, members)) in lone.iter().enumerate() {
        if meant.contains(name) {
            continue;
        }
        let later = lone[place + 1..].iter().filter(|(name, _)| !meant.contains(name));
        let near = others.iter().chain(later);
        let near: Vec<&Group<'_>> = near.take(compared).copied().collect();
        compared -= near.len();
        let nearest = closest(name, near.iter().map(|(name, _)| *name));
        let group = (*name, members[0].1);
        sink.report(match near.iter().find(|(name, _)| Some(*name) == nearest) {
            None => lone_branch(group).help(
                "give another step the same `branch_group`, or remove the key: a `condition` needs none",
            ),
            Some((other, members)) if members.len() == 1 => {
                meant.insert(*other);
                misspelt((other, members[0].1), group)
            }
            Some((other, members)) => misspelt(group, (other, members[0].1)),
        });
    }
}

fn lone_branch((name, span): (&str, Span)) -> Diagnostic {
    let message = format!("the branch group `{name}` has one step");
    Diagnostic::new(Code::LoneBranch, message, span, "there is nothing to choose from")
}

fn misspelt(group: (&str, Span), meant: (&str, Span)) -> Diagnostic {
    lone_branch(group).also(meant.1, "this is another group").replace(
        format!("if `{}` is meant, write that", meant.0),
        group.1,
        meant.0,
    )
}

fn check_order(name: &str, members: &[Member], steps: &[StepDeclaration], sink: &mut Sink) {
    let unconditional =
        |step: &StepDeclaration| matches!((&step.condition, &step.conditions), (Ok(None), Ok(None)));
    let default = members.iter().position(|(step, _)| unconditional(&steps[*step]));
    let Some(default) = default else { return };
    let [(_, first), others @ ..] = &members[default + 1..] else { return };
    let message = format!("a branch of the group `{name}` never runs");
    let mut fault = Diagnostic::new(Code::UnreachableBranch, message, *first, "this never runs")
        .also(members[default].1, "this has no condition, and runs if none above it does");
    for (_, other) in others {
        fault = fault.also(*other, "this never runs either");
    }
    sink.report(fault.help("give the branch without a condition one, or move it behind the others"));
}

/// A branch never comes after another of its group: of both only one runs, and it would wait for an end that rules it
/// out, or for a turn that never comes. The graph has no circle.
pub(super) fn check_turns(
    groups: &[BranchGroup],
    steps: &[StepDeclaration],
    order: &[StepIndex],
    dependencies: &[Vec<Dependency>],
    sink: &mut Sink,
) {
    // One that starts a run is no branch, which is told elsewhere.
    let starts = |step: &StepIndex| !steps[*step].patterns().is_empty() && dependencies[*step].is_empty();
    let groups: Vec<&BranchGroup> = groups.iter().filter(|group| !group.steps.iter().any(starts)).collect();
    let mut with_turns = dependencies.to_vec();
    for group in &groups {
        for pair in group.steps.windows(2) {
            with_turns[pair[1]].push(Spanned::new(pair[0], branch_span(&steps[pair[1]], group)));
        }
    }
    let after_their_own = come_after_their_own(&groups, order, dependencies);
    for (group, at) in &after_their_own {
        let (group, step) = (groups[*group], &steps[*at]);
        let message = format!("a branch of the group `{}` comes after another of its group", group.name);
        let span = branch_span(step, group);
        let fault = Diagnostic::new(Code::UnreachableBranch, message, span, "this can never run");
        let fault = match step.before().span {
            Some(depends_on) => fault.also(depends_on, "it waits for one that runs in its place"),
            None => fault,
        };
        sink.report(fault.help("let the branches depend on what is before all of them"));
    }
    if after_their_own.is_empty()
        && let Some(circle) = graph::first_circle(&with_turns)
    {
        let step = circle.iter().find(|(step, on)| !dependencies[*step].contains(on));
        let Some((step, on)) = step else { return };
        let name = |step: StepIndex| steps[step].id.as_ref().map_or("?", |id| id.written.value.as_str());
        let message = format!("branches wait for each other: `{}` and `{}`", name(*step), name(on.value));
        let fault = Diagnostic::new(Code::UnreachableBranch, message, on.span, "this never has its turn")
            .note(format!(
                "`{}` comes before it in the group, and waits for a step that waits for this one",
                name(on.value)
            ))
            .help("change the order of the branches, or what they depend on");
        sink.report(fault);
    }
}

fn branch_span(step: &StepDeclaration, group: &BranchGroup) -> Span {
    step.branch_group.as_ref().ok().and_then(Option::as_ref).map_or(group.span, |group| group.span)
}

/// For each group the branches that depend, directly or not, on another one of it, in the order of the file. 64 groups are
/// looked at in one pass over the graph.
fn come_after_their_own(
    groups: &[&BranchGroup],
    order: &[StepIndex],
    dependencies: &[Vec<Dependency>],
) -> Vec<(usize, StepIndex)> {
    let mut found = Vec::new();
    for (chunk, groups) in groups.chunks(64).enumerate() {
        let mut own = vec![0_u64; dependencies.len()];
        for (place, group) in groups.iter().enumerate() {
            group.steps.iter().for_each(|step| own[*step] = 1 << place);
        }
        let mut behind = vec![0_u64; dependencies.len()];
        for step in order {
            behind[*step] = dependencies[*step]
                .iter()
                .fold(0, |behind_it, on| behind_it | behind[on.value] | own[on.value]);
        }
        for (place, group) in groups.iter().enumerate() {
            let after = group.steps.iter().filter(|step| behind[**step] & own[**step] != 0);
            found.extend(after.map(|step| (chunk * 64 + place, *step)));
        }
    }
    found
}
