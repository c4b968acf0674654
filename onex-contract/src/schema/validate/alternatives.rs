//! `anyOf`, `oneOf` and `not`: schemas that a value may fail.

use super::super::model::Rule;
use super::super::types::Types;
use super::Walk;
use super::fault::{Alternatives, Fault, Why};
use crate::read::field::Field;
use crate::source::Spanned;

/// What came of trying a schema.
struct Trial<'s> {
    faults: Vec<Fault<'s>>,
    unsure: bool,
}

impl<'s> Walk<'s, '_> {
    pub(super) fn any_of(&mut self, at: Field<'s>, list: &'s Spanned<Vec<Rule>>) {
        let mut failed = Vec::with_capacity(list.value.len());
        let mut unsure = false;
        for rule in &list.value {
            let trial = self.trial(at, rule);
            match (trial.faults.is_empty(), trial.unsure) {
                (true, false) => return,
                (true, true) => unsure = true,
                (false, _) => failed.push(trial.faults),
            }
        }
        self.unsure |= unsure;
        if !unsure {
            self.faults.extend(closest(at, list, failed));
        }
    }

    pub(super) fn one_of(&mut self, at: Field<'s>, list: &'s Spanned<Vec<Rule>>) {
        let mut failed = Vec::with_capacity(list.value.len());
        let mut fitting = Vec::new();
        let mut unsure = false;
        for rule in &list.value {
            let trial = self.trial(at, rule);
            match (trial.faults.is_empty(), trial.unsure) {
                (true, false) => fitting.push(rule.span),
                (true, true) => unsure = true,
                (false, _) => failed.push(trial.faults),
            }
        }
        match fitting[..] {
            [first, second, ..] => {
                let count = fitting.len();
                self.fault(at, list.span, Why::Ambiguous { count, first, second });
            }
            _ if unsure => self.unsure = true,
            [_] => {}
            [] => self.faults.extend(closest(at, list, failed)),
        }
    }

    pub(super) fn not(&mut self, at: Field<'s>, rule: &'s Rule) {
        let trial = self.trial(at, rule);
        match (trial.faults.is_empty(), trial.unsure) {
            (true, false) => self.fault(at, rule.span, Why::Excluded),
            (true, true) => self.unsure = true,
            (false, _) => {}
        }
    }

    fn trial(&mut self, at: Field<'s>, rule: &'s Rule) -> Trial<'s> {
        let faults = std::mem::take(&mut self.faults);
        let unsure = std::mem::replace(&mut self.unsure, false);
        self.check(at, rule);
        Trial {
            faults: std::mem::replace(&mut self.faults, faults),
            unsure: std::mem::replace(&mut self.unsure, unsure),
        }
    }
}

/// The faults to report for a value that fits no alternative: if all ask for another type, or for other values, what
/// they ask for together; else those of the alternative that was probably meant.
fn closest<'s>(at: Field<'s>, list: &'s Spanned<Vec<Rule>>, failed: Vec<Vec<Fault<'s>>>) -> Vec<Fault<'s>> {
    let alternatives = Alternatives { span: list.span, count: list.value.len() };
    let together = |why| vec![Fault { at, says_so: list.span, why, closest_of: None }];
    let types: Option<Types> = failed
        .iter()
        .map(|faults| faults.first()?.wrong_type(at.node))
        .reduce(|one, other| Some(one?.or(other?)))
        .flatten();
    if let Some(types) = types {
        return together(Why::Type(types));
    }
    let values: Option<Vec<_>> = failed
        .iter()
        .map(|faults| faults.first()?.not_listed(at.node))
        .collect::<Option<Vec<_>>>()
        .map(|all| all.concat());
    if let Some(values) = values {
        return together(Why::NotListed(values));
    }
    let meant = failed.into_iter().min_by_key(|faults| {
        let other_type = faults.iter().any(|fault| fault.wrong_type(at.node).is_some());
        // A key with a fixed value is what tells alternatives apart.
        let other_value = faults.iter().filter(|fault| fault.is_of_fixed_value()).count();
        (other_type, other_value, faults.len())
    });
    let mut meant = meant.unwrap_or_default();
    meant.iter_mut().for_each(|fault| fault.closest_of = fault.closest_of.or(Some(alternatives)));
    meant
}
