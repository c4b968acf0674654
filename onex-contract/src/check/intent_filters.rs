//! Which intents the steps with an `intent_filter` send.

use super::graph::Dependency;
use super::pattern::glob;
use crate::contract::{IntentFilter, IntentTarget, StepIndex, StepKind};
use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::read::{Given, StepDeclaration};
use crate::source::{Span, Spanned};

/// A message lists no more intents than this.
const LISTED: usize = 10;

/// For each step the lines of the routing table that its patterns match, if it has patterns.
///
/// # Errors
///
/// Some patterns or lines of the table could not be read, or a pattern matches none.
pub(super) fn resolve(
    steps: &[StepDeclaration],
    table: &Given<Vec<IntentTarget>>,
    dependencies: &[Vec<Dependency>],
    sink: &mut Sink,
) -> Given<Vec<Option<IntentFilter>>> {
    let mut failed = Ok(());
    let mut filters = Vec::with_capacity(steps.len());
    for step in steps {
        let config = step.config.as_ref().map_err(|reported| *reported);
        let patterns = config.and_then(|config| config.intents.as_ref().map_err(|reported| *reported));
        let Ok(patterns) = patterns else {
            failed = failed.and(patterns.map(drop));
            filters.push(None);
            continue;
        };
        if patterns.is_empty() {
            filters.push(None);
            continue;
        }
        let Ok(table) = table else {
            failed = failed.and(table.as_ref().map(drop).map_err(|reported| *reported));
            filters.push(None);
            continue;
        };
        let mut intents = Vec::new();
        for pattern in patterns {
            let matched = (0..table.len())
                .filter(|target| glob(&pattern.value, table[*target].intent_type.value.as_str()));
            let before = intents.len();
            intents.extend(matched);
            if intents.len() == before {
                failed = Err(sink.report(matches_none(&pattern.value, pattern.span, table)));
            }
        }
        if failed.is_ok()
            && let Some(fault) = nobody_asks(step, &patterns[0], steps, &dependencies[filters.len()])
        {
            failed = Err(sink.report(fault));
        }
        intents.sort_unstable();
        intents.dedup();
        filters.push(Some(IntentFilter { patterns: patterns.clone(), intents }));
    }
    if let Ok(table) = table {
        check_once(&filters, dependencies, table, sink);
    }
    failed.map(|()| filters)
}

/// None of the steps that the intents are of has a handler, which could ask for them.
fn nobody_asks(
    step: &StepDeclaration,
    pattern: &Spanned<String>,
    steps: &[StepDeclaration],
    dependencies: &[Dependency],
) -> Option<Diagnostic> {
    let is_effect = step.kind.is_ok_and(|kind| kind.value == StepKind::Effect);
    if !is_effect || step.before().broken.is_some() || dependencies.is_empty() {
        return None;
    }
    let mut silent = Vec::new();
    for on in dependencies {
        let config = steps[on.value].config.as_ref().ok()?;
        let (events, intents) = (config.patterns.as_ref().ok()?, config.intents.as_ref().ok()?);
        let why = match (events.first(), intents.first()) {
            (Some(event), _) => (event.span, "an event completes this step"),
            (None, Some(sent)) => (sent.span, "this step only sends what others ask for"),
            (None, None) => return None,
        };
        silent.push(why);
    }
    let message = format!("no step asks for the intents that `{}` matches", pattern.value);
    let fault = Diagnostic::new(Code::NoSuchIntent, message, pattern.span, "whose intents?")
        .note("the intents of a step are those of the steps that it depends on directly")
        .help("depend on a step whose handler returns them");
    Some(silent.into_iter().take(LISTED).fold(fault, |fault, (span, why)| fault.also(span, why)))
}

/// An intent of a step is sent by one other: nothing is done twice.
fn check_once(
    filters: &[Option<IntentFilter>],
    dependencies: &[Vec<Dependency>],
    table: &[IntentTarget],
    sink: &mut Sink,
) {
    let mut senders: Vec<Vec<StepIndex>> = vec![Vec::new(); dependencies.len()];
    for (step, filter) in filters.iter().enumerate() {
        if filter.is_some() {
            dependencies[step].iter().for_each(|on| senders[on.value].push(step));
        }
    }
    let mut reported = vec![false; filters.len()];
    let mut sent_by: Vec<Option<StepIndex>> = vec![None; table.len()];
    for senders in senders.iter().filter(|senders| senders.len() > 1) {
        sent_by.fill(None);
        for sender in senders {
            let Some(filter) = &filters[*sender] else { continue };
            for intent in &filter.intents {
                let Some(first) = sent_by[*intent].replace(*sender) else { continue };
                if !std::mem::replace(&mut reported[*sender], true)
                    && let Some(first) = &filters[first]
                {
                    sink.report(sent_twice(filter, first, &table[*intent]));
                }
            }
        }
    }
}

fn sent_twice(filter: &IntentFilter, first: &IntentFilter, intent: &IntentTarget) -> Diagnostic {
    let message = format!("the intent `{}` of one step is sent by two", intent.intent_type.value);
    let pattern = |filter: &IntentFilter| {
        let name = intent.intent_type.value.as_str();
        let matching = filter.patterns.iter().find(|pattern| glob(&pattern.value, name));
        matching.map_or(intent.intent_type.span, |pattern| pattern.span)
    };
    Diagnostic::new(Code::DuplicateRoute, message, pattern(filter), "it is sent here")
        .also(pattern(first), "and here")
        .note("both steps depend on the step that asks for it, and what it asks for would be done twice")
        .help("make the patterns narrower, so that each intent is matched by one of the two")
}

fn matches_none(pattern: &str, span: Span, table: &[IntentTarget]) -> Diagnostic {
    let message = format!("no intent of this contract matches `{pattern}`");
    let fault = Diagnostic::new(Code::NoSuchIntent, message, span, "this matches nothing");
    if table.is_empty() {
        return fault.help("say who executes the intents in `intent_consumption.intent_routing_table`");
    }
    let names = || table.iter().map(|target| target.intent_type.value.as_str());
    let listed: Vec<String> = names().take(LISTED).map(|name| format!("`{name}`")).collect();
    let more = table.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let fault = fault.note(format!("the intents of `intent_routing_table` are {}{more}", listed.join(", ")));
    let domains: Vec<String> =
        names().filter_map(|name| Some(format!("{}.*", name.split_once('.')?.0))).collect();
    match closest(pattern, names().chain(domains.iter().map(String::as_str))) {
        Some(meant) => fault.replace(format!("there is `{meant}`"), span, format!("\"{meant}\"")),
        None => fault,
    }
}
