//! Branch groups: the steps of which one runs.

use std::collections::{HashMap, HashSet};

use crate::contract::{BranchGroup, StepIndex};
use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::read::StepDeclaration;
use crate::source::Span;

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
