//! Both ends of a topic mean the same type.

use std::collections::HashSet;

use super::traffic::Traffic;
use crate::diagnostic::{Code, Diagnostic};
use crate::names::without_model;
use crate::system::facts::{Carried, Facts, TopicUse};

pub(super) fn check(facts: &Facts<'_>, traffic: &[Traffic<'_>], found: &mut Vec<Diagnostic>) {
    for topic in traffic {
        // Who produces a topic says what travels on it.
        let ends: Vec<End<'_>> = topic
            .produced
            .iter()
            .map(|used| (*used, "publishes"))
            .chain(topic.consumed.iter().map(|used| (*used, "takes")))
            .filter_map(|(used, verb)| Some(End { used, verb, carries: used.carries? }))
            .collect();
        let Some(named) = ends.first() else { continue };
        // The first may leave its module to the others.
        let placed =
            ends.iter().find(|end| end.carries.path().is_some() && !differ(named.carries, end.carries));
        // One message for each other type: who name the same one are wrong or right together.
        let mut reported = HashSet::new();
        for end in &ends {
            let differs = |known: &&End<'_>| differ(known.carries, end.carries);
            if let Some(known) = [Some(named), placed].into_iter().flatten().find(differs)
                && facts.are_two(end.used.node, known.used.node)
                && reported.insert(end.carries.identity(known.carries))
            {
                found.push(report(facts, known, end));
            }
        }
    }
}

struct End<'a> {
    used: &'a TopicUse<'a>,
    verb: &'static str,
    carries: Carried<'a>,
}

impl<'a> Carried<'a> {
    /// The module, if it is the same one for every contract: `crate` is another one in each crate.
    fn path(self) -> Option<&'a [String]> {
        let is_relative = |first: &String| ["crate", "self", "super"].contains(&first.as_str());
        self.module.filter(|module| module.first().is_some_and(|first| !is_relative(first)))
    }

    /// What another name of the type would be the same by, beside a type that it differs from.
    fn identity(self, known: Self) -> (&'a str, Option<&'a [String]>) {
        let is_other_module = have_other_modules(self, known);
        (without_model(self.name.value), self.path().filter(|_| is_other_module))
    }
}

fn differ(one: Carried<'_>, other: Carried<'_>) -> bool {
    without_model(one.name.value) != without_model(other.name.value) || have_other_modules(one, other)
}

/// Whether one name stands in two modules. A type is often also named in the modules around its own, so these are no
/// other modules.
fn have_other_modules(one: Carried<'_>, other: Carried<'_>) -> bool {
    if without_model(one.name.value) != without_model(other.name.value) {
        return false;
    }
    let (Some(one), Some(other)) = (one.path(), other.path()) else { return false };
    !one.starts_with(other) && !other.starts_with(one)
}

fn report(facts: &Facts<'_>, known: &End<'_>, end: &End<'_>) -> Diagnostic {
    let with_modules = have_other_modules(known.carries, end.carries);
    let name = |end: &End<'_>| match end.carries.path() {
        Some(module) if with_modules => format!("{}::{}", module.join("::"), end.carries.name.value),
        _ => end.carries.name.value.to_owned(),
    };
    let label = |end: &End<'_>| format!("`{}` {} `{}`", facts.name(end.used.node), end.verb, name(end));
    let message =
        format!("two types are named for `{}`: `{}` and `{}`", end.used.topic.value, name(known), name(end));
    let fault = Diagnostic::new(Code::OtherType, message, end.carries.name.span, label(end))
        .also(known.carries.name.span, label(known));
    if with_modules {
        // One type may be found in two modules.
        return fault
            .note("a copy of a type is another type, and one of the two changes first")
            .help("if it is one type, name it by the same module in both contracts")
            .warning();
    }
    fault
        .note("what is written as one type and read as another is refused, or read with fields missing")
        .help("name one type in both contracts; what is another message travels on a topic of its own")
}
