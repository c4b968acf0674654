//! Branch groups: the steps of which one runs.

use std::collections::HashMap;

use crate::contract::{BranchGroup, StepIndex};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::StepDeclaration;
use crate::source::Span;

/// A step of a group, and the place that says so.
type Member = (StepIndex, Span);

/// The groups, in the order in which they are first named.
pub(super) fn resolve(steps: &[StepDeclaration], sink: &mut Sink) -> Vec<BranchGroup> {
    let mut groups: Vec<(&str, Vec<Member>)> = Vec::new();
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
        check(name, members, steps, sink);
    }
    groups
        .into_iter()
        .map(|(name, members)| BranchGroup {
            name: name.to_owned(),
            span: members[0].1,
            steps: members.into_iter().map(|(step, _)| step).collect(),
        })
        .collect()
}

fn check(name: &str, members: &[Member], steps: &[StepDeclaration], sink: &mut Sink) {
    if let [(_, span)] = members {
        let message = format!("the branch group `{name}` has one step");
        let fault = Diagnostic::new(Code::LoneBranch, message, *span, "there is nothing to choose from")
            .help("give another step the same `branch_group`, or remove the key: a `condition` needs none");
        sink.report(fault);
        return;
    }
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
