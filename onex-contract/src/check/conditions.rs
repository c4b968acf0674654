//! What steps look at: the outputs and outcomes of steps that come before them.

use super::graph::Dependency;
use super::steps::Ids;
use crate::contract::{Condition, OutputOf, OutputPath, StepIndex};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{ConditionDeclaration, Given, PathDeclaration, StepDeclaration};
use crate::source::{Span, Spanned};

/// What a run was started with, written as a step.
const INPUT: &str = "input";

/// The condition of a step, and the list that it goes through.
pub(super) struct Looks {
    pub(super) condition: Given<Option<Condition>>,
    pub(super) for_each: Given<Option<OutputPath>>,
}

/// A step that another one looks at, and the place that says so.
struct Look {
    by: StepIndex,
    at: Spanned<StepIndex>,
}

struct Resolver<'a, 's> {
    ids: &'a Ids<'a>,
    sink: &'s mut Sink,
    by: StepIndex,
    own: Option<&'a str>,
    looks: Vec<Look>,
}

/// What each step looks at, resolved.
pub(super) fn resolve(
    steps: &[StepDeclaration],
    ids: &Ids<'_>,
    order: &Given<Vec<StepIndex>>,
    dependencies: &[Vec<Dependency>],
    sink: &mut Sink,
) -> Vec<Looks> {
    let mut found = Vec::with_capacity(steps.len());
    let mut looks = Vec::new();
    for (by, step) in steps.iter().enumerate() {
        let own = step.id.as_ref().ok().map(|id| id.written.value.as_str());
        let mut resolver = Resolver { ids, sink, by, own, looks };
        let condition = match (&step.condition, &step.conditions) {
            (Ok(Some(condition)), Ok(_)) | (Ok(None), Ok(Some(condition))) => {
                resolver.condition(&condition.value).map(Some)
            }
            (Ok(None), Ok(None)) => Ok(None),
            (Err(reported), _) | (_, Err(reported)) => Err(*reported),
        };
        let for_each = match &step.for_each {
            Ok(Some(path)) => resolver.path(path).map(Some),
            Ok(None) => Ok(None),
            Err(reported) => Err(*reported),
        };
        found.push(Looks { condition, for_each });
        looks = resolver.looks;
    }
    // A dependency that could not be read may be what leads to the step that is looked at.
    let whole = steps.iter().all(|step| step.before().broken.is_none());
    if let Ok(order) = order
        && whole
    {
        check_before(steps, order, dependencies, &looks, sink);
    }
    found
}

impl Resolver<'_, '_> {
    fn condition(&mut self, condition: &ConditionDeclaration) -> Given<Condition> {
        Ok(match condition {
            ConditionDeclaration::Output { path, operator, value } => {
                Condition::Output { path: self.path(path)?, operator: *operator, value: value.clone() }
            }
            ConditionDeclaration::Outcome { step, ended } => {
                Condition::Outcome { step: Spanned::new(self.step(step)?, step.span), ended: *ended }
            }
            ConditionDeclaration::Custom { name, ident } => {
                Condition::Custom { name: name.clone(), ident: ident.clone() }
            }
            ConditionDeclaration::All(conditions) => Condition::All(self.each(conditions)?),
            ConditionDeclaration::Any(conditions) => Condition::Any(self.each(conditions)?),
        })
    }

    fn each(&mut self, conditions: &[ConditionDeclaration]) -> Given<Vec<Condition>> {
        let resolved: Vec<Given<Condition>> =
            conditions.iter().map(|condition| self.condition(condition)).collect();
        resolved.into_iter().collect()
    }

    fn path(&mut self, path: &PathDeclaration) -> Given<OutputPath> {
        let of = if path.step.value == INPUT {
            OutputOf::Input
        } else {
            let step = self.ids.find_output(path, self.own, self.sink)?;
            self.looks.push(Look { by: self.by, at: Spanned::new(step, path.span) });
            OutputOf::Step(step)
        };
        Ok(OutputPath { of, fields: path.fields.clone(), span: path.span })
    }

    fn step(&mut self, name: &Spanned<String>) -> Given<StepIndex> {
        let step = self.ids.find(name, self.own, self.sink)?;
        self.looks.push(Look { by: self.by, at: Spanned::new(step, name.span) });
        Ok(step)
    }
}

/// A step that is looked at comes before the one that looks.
fn check_before(
    steps: &[StepDeclaration],
    order: &[StepIndex],
    dependencies: &[Vec<Dependency>],
    looks: &[Look],
    sink: &mut Sink,
) {
    let pairs: Vec<(StepIndex, StepIndex)> = looks.iter().map(|look| (look.by, look.at.value)).collect();
    let before = come_before(order, dependencies, &pairs);
    for (look, _) in looks.iter().zip(before).filter(|(_, before)| !before) {
        sink.report(not_before(&steps[look.by], &steps[look.at.value], look.at.span));
    }
}

/// For each pair whether the second step is among those that the first depends on, directly or not. Most steps look at
/// what they depend on directly; of the others, 64 are looked for in one pass over the graph.
fn come_before(
    order: &[StepIndex],
    dependencies: &[Vec<Dependency>],
    pairs: &[(StepIndex, StepIndex)],
) -> Vec<bool> {
    let direct = |(by, at): &(StepIndex, StepIndex)| dependencies[*by].iter().any(|on| on.value == *at);
    let mut answers: Vec<bool> = pairs.iter().map(direct).collect();
    let asked = pairs.iter().zip(&answers).filter(|(_, found)| !**found);
    let mut wanted: Vec<StepIndex> = asked.map(|((_, at), _)| *at).collect();
    wanted.sort_unstable();
    wanted.dedup();
    for chunk in wanted.chunks(64) {
        let bit = |step: StepIndex| chunk.binary_search(&step).map_or(0, |place| 1_u64 << place);
        let mut seen = vec![0_u64; dependencies.len()];
        for step in order {
            seen[*step] =
                dependencies[*step].iter().fold(0, |seen_by, on| seen_by | seen[on.value] | bit(on.value));
        }
        for ((by, at), answer) in pairs.iter().zip(&mut answers) {
            *answer |= seen[*by] & bit(*at) != 0;
        }
    }
    answers
}

fn not_before(by: &StepDeclaration, at: &StepDeclaration, span: Span) -> Diagnostic {
    let name =
        |step: &StepDeclaration| step.id.as_ref().map_or("?".to_owned(), |id| id.written.value.clone());
    let (by_name, at_name) = (name(by), name(at));
    let message = if by_name == at_name {
        format!("the step `{by_name}` looks at itself")
    } else {
        format!("the step `{by_name}` looks at `{at_name}`, which does not come before it")
    };
    let fault = Diagnostic::new(Code::NotBefore, message, span, "not known when this is looked at");
    let fault = match by.before().span {
        Some(depends_on) => fault.also(depends_on, "only these, and what they depend on, come before it"),
        None => fault.note(format!("`{by_name}` depends on nothing: only `input` is known before it")),
    };
    if by_name == at_name { fault } else { fault.help(format!("list `{at_name}` in its `depends_on`")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_is_found_across_more_steps_than_a_word_has_bits() {
        const STEPS: usize = 300;
        // Two chains, of the even and of the odd steps.
        let dependencies: Vec<Vec<Dependency>> = (0..STEPS)
            .map(|step| step.checked_sub(2).map(|on| Spanned::new(on, Span::at(0))).into_iter().collect())
            .collect();
        let order: Vec<StepIndex> = (0..STEPS).collect();
        let pairs: Vec<(StepIndex, StepIndex)> =
            (0..STEPS).flat_map(|by| (0..STEPS).map(move |at| (by, at))).collect();
        let found = come_before(&order, &dependencies, &pairs);
        for ((by, at), found) in pairs.into_iter().zip(found) {
            assert_eq!(found, at < by && at % 2 == by % 2, "{at} before {by}");
        }
    }
}
