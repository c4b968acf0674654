//! A state machine: its names resolved.

use std::collections::HashMap;

use super::machine_graph::{self, Edge};
use super::unique;
use crate::contract::{Machine, Operation, State, StateIndex, Transition, Trigger, TriggerIndex};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::read::{
    Declarations, Given, List, MachineDeclaration, OperationDeclaration, StateDeclaration,
    TransitionDeclaration, Variant,
};
use crate::source::{Span, Spanned};
use crate::syntax::Shortened;

/// What `from_state` stands for any state by.
const ANY: &str = "*";
/// A message lists no more states than this.
const LISTED: usize = 10;
/// A name is compared with no more names than this.
const COMPARED: usize = 200;

pub(super) fn resolve(declared: &Declarations, sink: &mut Sink) -> Given<Option<Machine>> {
    match declared.machine.as_ref().map_err(|reported| *reported)? {
        Some(declaration) => machine(declaration, sink).map(Some),
        None => Ok(None),
    }
}

/// The states by their names.
struct States<'d> {
    by_name: HashMap<&'d str, StateIndex>,
    /// Some could not be read: a name that is not there may be one of those.
    broken: Option<Reported>,
    names: Vec<&'d str>,
}

fn machine(declared: &MachineDeclaration, sink: &mut Sink) -> Given<Machine> {
    let list = declared.states.as_ref().map_err(|reported| *reported)?;
    let states = index(list, declared.key, sink)?;
    let initial =
        declared.initial.as_ref().map_err(|reported| *reported).and_then(|name| states.find(name, sink));
    let terminal = listed("terminal_states", &declared.terminal, &states, sink);
    let error = listed("error_states", &declared.error, &states, sink);
    check_terminal(declared, &list.items, &terminal, sink);
    check_data(&list.items, sink);

    let (transitions, edges, triggers) = match &declared.transitions {
        Ok(transitions) => {
            check_names(transitions, sink);
            let triggers = triggers(transitions, sink);
            let edges = edges(transitions, &states, &triggers, sink);
            (Ok(transitions), edges, triggers)
        }
        Err(reported) => (Err(*reported), Err(*reported), Triggers::default()),
    };
    let operations = operations(&declared.operations, &states, sink);

    let terminal: Vec<Option<Span>> = list
        .items
        .iter()
        .enumerate()
        .map(|(state, item)| {
            let flag = item.terminal.ok().flatten().filter(|flag| flag.value).map(|flag| flag.span);
            terminal.as_ref().ok().and_then(|listed| listed.get(&state).copied()).or(flag)
        })
        .collect();
    if let (Ok(edges), Ok(operations), Ok(initial)) = (&edges, &operations, &initial) {
        let graph = machine_graph::Graph {
            names: list.items.iter().map(name_of).collect(),
            ends_known: declared.terminal.broken.is_none()
                && error.is_ok()
                && list.items.iter().all(|state| state.terminal.is_ok()),
            initial: Spanned::new(*initial, declared.initial.as_ref().map_or(declared.key, |name| name.span)),
            terminal: &terminal,
            errors: error.as_ref().map(|error| error.keys().copied().collect()).unwrap_or_default(),
            targets: operations.iter().filter_map(|operation| operation.target).collect(),
            edges,
        };
        machine_graph::check(&graph, sink);
    }

    sink.verdict()?;
    let error = error?;
    let state = |(at, item): (usize, &StateDeclaration)| {
        resolved(item, terminal[at].is_some(), error.contains_key(&at))
    };
    Ok(Machine {
        name: declared.name.clone()?,
        version: declared.version?,
        description: declared.description.clone()?,
        states: list.items.iter().enumerate().map(state).collect::<Given<_>>()?,
        initial: initial?,
        transitions: transitions?
            .items
            .iter()
            .zip(edges?)
            .map(|(item, edge)| transition(item, &edge))
            .collect::<Given<_>>()?,
        triggers: triggers.list,
        operations: operations?,
        persistent: declared.persistent?.is_none_or(|persistent| persistent.value),
        checkpoint_interval_ms: declared.checkpoint_interval_ms?.map_or(30_000, |given| given.value),
        transition_timeout_ms: declared.transition_timeout_ms?.map_or(5_000, |given| given.value),
        span: declared.key,
    })
}

fn name_of(state: &StateDeclaration) -> Spanned<&str> {
    match &state.name {
        Ok(name) => Spanned::new(name.name.value.as_str(), name.name.span),
        Err(_) => Spanned::new("", Span::at(0)),
    }
}

fn index<'d>(list: &'d List<StateDeclaration>, key: Span, sink: &mut Sink) -> Given<States<'d>> {
    if list.items.is_empty() {
        return Err(list.broken.unwrap_or_else(|| {
            let at = list.span.unwrap_or(key);
            sink.report(Diagnostic::new(Code::NoStates, "a state machine needs states", at, "there are none"))
        }));
    }
    let mut states = States { by_name: HashMap::new(), broken: list.broken, names: Vec::new() };
    let mut variants = Vec::new();
    for (at, state) in list.items.iter().enumerate() {
        match &state.name {
            Ok(name) => {
                states.by_name.entry(&name.name.value).or_insert(at);
                states.names.push(&name.name.value);
                variants.push(name);
            }
            Err(reported) => states.broken = Some(*reported),
        }
    }
    unique::names("states", variants.iter().map(|name| (name.name.value.as_str(), name.name.span)), sink);
    check_variants("states", variants, sink);
    Ok(states)
}

/// Two names for which one variant would stand.
fn check_variants<'d>(things: &str, names: impl IntoIterator<Item = &'d Variant>, sink: &mut Sink) {
    let mut seen: HashMap<&str, &Variant> = HashMap::new();
    for name in names {
        let first = *seen.entry(&name.variant).or_insert(name);
        if first.name.value != name.name.value {
            let (one, other) = (Shortened(&first.name.value), Shortened(&name.name.value));
            let message =
                format!("the {things} `{one}` and `{other}` are one name in Rust: `{}`", name.variant);
            let fault = Diagnostic::new(Code::NameClash, message, name.name.span, "the same name here")
                .also(first.name.span, "first used here")
                .help("write both in the same way, or rename one of them");
            sink.report(fault);
        }
    }
}

impl States<'_> {
    fn find(&self, name: &Spanned<String>, sink: &mut Sink) -> Given<StateIndex> {
        if let Some(state) = self.by_name.get(name.value.as_str()) {
            return Ok(*state);
        }
        if let Some(reported) = self.broken {
            return Err(reported);
        }
        let message = format!("there is no state `{}`", Shortened(&name.value));
        let fault = Diagnostic::new(Code::UnknownState, message, name.span, "unknown state");
        let fault = match closest(&name.value, self.names.iter().copied().take(COMPARED)) {
            _ if name.value == ANY => fault.help("`*` stands for any state in `from_state` only"),
            Some(meant) => fault.replace(format!("there is a state `{meant}`"), name.span, meant),
            None => fault,
        };
        let more = if self.names.len() > LISTED { ", .." } else { "" };
        let names: Vec<String> =
            self.names.iter().take(LISTED).map(|name| format!("`{}`", Shortened(name))).collect();
        Err(sink.report(fault.note(format!("the states are {}{more}", names.join(", ")))))
    }
}

/// The states of a list, and where it lists them.
fn listed(
    key: &str,
    list: &List<Spanned<String>>,
    states: &States<'_>,
    sink: &mut Sink,
) -> Given<HashMap<StateIndex, Span>> {
    unique::entries(key, list.items.iter().map(|name| (name.value.as_str(), name.span)), sink);
    let found: Vec<Given<(StateIndex, Span)>> =
        list.items.iter().map(|name| Ok((states.find(name, sink)?, name.span))).collect();
    list.broken.map_or(Ok(()), Err)?;
    found.into_iter().collect()
}

/// `is_terminal` and `terminal_states` say the same.
fn check_terminal(
    declared: &MachineDeclaration,
    states: &[StateDeclaration],
    listed: &Given<HashMap<StateIndex, Span>>,
    sink: &mut Sink,
) {
    let Ok(listed) = listed else { return };
    for (at, state) in states.iter().enumerate() {
        let (Ok(name), Ok(Some(flag))) = (&state.name, &state.terminal) else { continue };
        let name = Shortened(&name.name.value);
        match (flag.value, listed.get(&at), declared.terminal.span) {
            (false, Some(listed), _) => {
                let message =
                    format!("`terminal_states` lists `{name}`, and the state says that it is not terminal");
                let fault = Diagnostic::new(Code::Contradiction, message, *listed, "listed here")
                    .also(flag.span, "not terminal");
                sink.report(fault.help("change one of the two"));
            }
            (true, None, Some(list)) => {
                let message = format!("`{name}` is terminal, and `terminal_states` does not list it");
                let fault = Diagnostic::new(Code::Contradiction, message, flag.span, "terminal")
                    .also(list, "not listed here");
                sink.report(fault.help("list it, or remove the list: `is_terminal` is enough"));
            }
            _ => {}
        }
    }
}

fn check_data(states: &[StateDeclaration], sink: &mut Sink) {
    for state in states {
        let fields = state.required_data.items.iter().map(|field| (field.value.as_str(), field.span));
        unique::entries("required_data", fields, sink);
        let optional = state.optional_data.items.iter().map(|field| (field.value.as_str(), field.span));
        unique::entries("optional_data", optional, sink);
    }
}

/// Transitions have different names, and what undoes one is one of them.
fn check_names(transitions: &List<TransitionDeclaration>, sink: &mut Sink) {
    let names: Vec<&Spanned<String>> =
        transitions.items.iter().filter_map(|item| item.name.as_ref().ok()?.as_ref()).collect();
    unique::names("transitions", names.iter().map(|name| (name.value.as_str(), name.span)), sink);
    let whole = transitions.broken.is_none() && transitions.items.iter().all(|item| item.name.is_ok());
    let known: std::collections::HashSet<&str> = names.iter().map(|name| name.value.as_str()).collect();
    for name in transitions.items.iter().flat_map(|item| &item.rollbacks.items) {
        if whole && !known.contains(name.value.as_str()) {
            let message = format!("there is no transition `{}`", Shortened(&name.value));
            let fault = Diagnostic::new(Code::UnknownTransition, message, name.span, "unknown transition");
            sink.report(
                match closest(&name.value, names.iter().map(|name| name.value.as_str()).take(COMPARED)) {
                    Some(meant) => {
                        fault.replace(format!("there is a transition `{meant}`"), name.span, meant)
                    }
                    None => fault.help("give the transition that is meant a `transition_name`"),
                },
            );
        }
    }
}

#[derive(Default)]
struct Triggers<'d> {
    list: Vec<Trigger>,
    by_name: HashMap<&'d str, TriggerIndex>,
}

fn triggers<'d>(transitions: &'d List<TransitionDeclaration>, sink: &mut Sink) -> Triggers<'d> {
    let mut triggers = Triggers::default();
    let mut first = Vec::new();
    for name in transitions.items.iter().filter_map(|item| item.trigger.as_ref().ok()) {
        triggers.by_name.entry(&name.name.value).or_insert_with(|| {
            first.push(name);
            triggers.list.push(Trigger { name: name.name.clone(), variant: name.variant.clone() });
            triggers.list.len() - 1
        });
    }
    check_variants("triggers", first, sink);
    triggers
}

fn edges(
    transitions: &List<TransitionDeclaration>,
    states: &States<'_>,
    triggers: &Triggers<'_>,
    sink: &mut Sink,
) -> Given<Vec<Edge>> {
    let edge = |item: &TransitionDeclaration, sink: &mut Sink| {
        let from =
            item.from.as_ref().map_err(|reported| *reported).and_then(|name| match name.value.as_str() {
                ANY => Ok(Spanned::new(None, name.span)),
                _ => Ok(Spanned::new(Some(states.find(name, sink)?), name.span)),
            });
        let to = item.to.as_ref().map_err(|reported| *reported).and_then(|name| states.find(name, sink));
        let trigger = item.trigger.as_ref().map_err(|reported| *reported)?;
        Ok(Edge {
            from: from?,
            to: to?,
            trigger: Spanned::new(triggers.by_name[trigger.name.value.as_str()], trigger.name.span),
            trigger_name: trigger.name.value.clone(),
            priority: item.priority?.map_or(0, |priority| priority.value),
            guards: item.guards.clone()?,
        })
    };
    let edges: Vec<Given<Edge>> = transitions.items.iter().map(|item| edge(item, sink)).collect();
    transitions.broken.map_or(Ok(()), Err)?;
    edges.into_iter().collect()
}

fn operations(
    list: &List<OperationDeclaration>,
    states: &States<'_>,
    sink: &mut Sink,
) -> Given<Vec<Operation>> {
    let names = list.items.iter().filter_map(|item| item.name.as_ref().ok());
    unique::names("operations of the machine", names.map(|name| (name.value.as_str(), name.span)), sink);
    let operation = |item: &OperationDeclaration, sink: &mut Sink| {
        let target = item.target.as_ref().map_err(|reported| *reported)?;
        let target = target.as_ref().map(|name| states.find(name, sink)).transpose();
        let rollbacks = item.rollbacks.as_ref().map_err(|reported| *reported)?;
        let named = rollbacks.iter().flat_map(|rollback| &rollback.states).filter(|name| name.value != ANY);
        let rollbacks = named.map(|name| states.find(name, sink).map(drop)).fold(Ok(()), Result::and);
        rollbacks?;
        Ok(Operation { name: item.name.clone()?, target: target?, span: item.span })
    };
    let operations: Vec<Given<Operation>> = list.items.iter().map(|item| operation(item, sink)).collect();
    list.broken.map_or(Ok(()), Err)?;
    operations.into_iter().collect()
}

fn resolved(item: &StateDeclaration, terminal: bool, error: bool) -> Given<State> {
    let Variant { name, variant } = item.name.clone()?;
    let all = |list: &List<Spanned<String>>| list.broken.map_or(Ok(list.items.clone()), Err);
    Ok(State {
        name,
        variant,
        description: item.description.clone()?,
        terminal,
        error,
        required_data: all(&item.required_data)?,
        optional_data: all(&item.optional_data)?,
        entry: item.entry.clone()?,
        exit: item.exit.clone()?,
        timeout_ms: item.timeout_ms?.map(|timeout| timeout.value),
    })
}

fn transition(item: &TransitionDeclaration, edge: &Edge) -> Given<Transition> {
    Ok(Transition {
        name: item.name.clone()?,
        from: edge.from.value,
        to: edge.to,
        trigger: edge.trigger,
        description: item.description.clone()?,
        priority: edge.priority,
        guards: edge.guards.clone(),
        actions: item.actions.clone()?,
        max_retries: item.max_retries?.map_or(0, |given| given.value),
        retry_delay_ms: item.retry_delay_ms?.map_or(1_000, |given| given.value),
        span: item.span,
    })
}
