//! A state machine as a graph: what can be reached, what can be left, what can fire.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet, VecDeque};

use crate::contract::{Guard, StateIndex, TriggerIndex};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::syntax::Shortened;

/// A message shows no more states than this.
const SHOWN: usize = 8;

/// A machine whose names all stand for something.
pub(super) struct Graph<'d> {
    pub(super) names: Vec<Spanned<&'d str>>,
    /// Everything that says where a machine may end could be read.
    pub(super) ends_known: bool,
    pub(super) initial: Spanned<StateIndex>,
    /// Where each state is said to be terminal, if it is.
    pub(super) terminal: &'d [Option<Span>],
    pub(super) errors: HashSet<StateIndex>,
    /// Where operations lead, from any state.
    pub(super) targets: Vec<StateIndex>,
    pub(super) edges: &'d [Edge],
}

/// A transition whose names all stand for something.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    /// `None`: any state that is not terminal.
    pub(super) from: Spanned<Option<StateIndex>>,
    pub(super) to: StateIndex,
    pub(super) trigger: Spanned<TriggerIndex>,
    pub(super) trigger_name: String,
    pub(super) priority: u32,
    pub(super) guards: Vec<Guard>,
}

pub(super) fn check(graph: &Graph<'_>, sink: &mut Sink) {
    leaves_terminal(graph, sink);
    never_fires(graph, sink);
    let reached = reached(graph);
    unreachable(graph, &reached, sink);
    stuck(graph, &reached, sink);
}

impl Graph<'_> {
    fn name(&self, state: StateIndex) -> Shortened<'_> {
        Shortened(self.names[state].value)
    }
}

fn leaves_terminal(graph: &Graph<'_>, sink: &mut Sink) {
    for edge in graph.edges {
        let Some((from, terminal)) = edge.from.value.and_then(|from| Some((from, graph.terminal[from]?)))
        else {
            continue;
        };
        let message = format!("a transition leads out of `{}`, which is terminal", graph.name(from));
        let fault = Diagnostic::new(Code::LeavesTerminal, message, edge.from.span, "leads out of it")
            .also(terminal, "terminal")
            .help("remove the transition, or do not call the state terminal");
        sink.report(fault);
    }
}

/// Of the transitions that leave one state on one trigger, each must have a chance to fire: they are tried by priority,
/// then in the order of the file, and the first whose guards hold does.
fn never_fires(graph: &Graph<'_>, sink: &mut Sink) {
    let mut groups: HashMap<(Option<StateIndex>, TriggerIndex), Vec<&Edge>> = HashMap::new();
    for edge in graph.edges {
        groups.entry((edge.from.value, edge.trigger.value)).or_default().push(edge);
    }
    for mut tried in groups.into_values() {
        tried.sort_by_key(|edge| Reverse(edge.priority));
        let mut always: Option<&Edge> = None;
        let mut seen: HashMap<Vec<String>, &Edge> = HashMap::new();
        for edge in tried {
            let guards = required(edge);
            match always.or_else(|| seen.get(&guards).copied()) {
                Some(first) => {
                    sink.report(hidden(graph, edge, first, required(first) == guards));
                }
                None => {
                    always = guards.is_empty().then_some(edge);
                    seen.insert(guards, edge);
                }
            }
        }
    }
}

/// The guards that a transition waits for, as texts in an order of their own.
fn required(edge: &Edge) -> Vec<String> {
    let guards = edge.guards.iter().filter(|guard| guard.required);
    let mut guards: Vec<String> = guards
        .map(|guard| format!("{} {} {:?}", guard.field.value, guard.operator.value.as_str(), guard.value))
        .collect();
    guards.sort_unstable();
    guards.dedup();
    guards
}

fn hidden(graph: &Graph<'_>, edge: &Edge, first: &Edge, alike: bool) -> Diagnostic {
    let leaves = match edge.from.value {
        Some(from) => format!("`{}`", graph.name(from)),
        None => "any state".to_owned(),
    };
    let trigger = Shortened(&edge.trigger_name);
    let at = edge.trigger.span;
    if alike && edge.priority == first.priority {
        let message = format!("two transitions leave {leaves} on `{trigger}`, and nothing tells them apart");
        return Diagnostic::new(Code::NeverFires, message, at, "this one never fires")
            .also(first.trigger.span, "this one always does")
            .help("remove one of the two, or tell them apart by their guards");
    }
    let message = format!("a transition that leaves {leaves} on `{trigger}` never fires");
    let why =
        if alike { "this one fires whenever it could" } else { "this one has no guard and comes first" };
    Diagnostic::new(Code::NeverFires, message, at, "this one never fires")
        .also(first.trigger.span, why)
        .note("transitions are tried by `priority`, then in the order of the file, and the first whose guards hold fires")
        .help("give the other transition a guard, or let this one come first")
}

fn reached(graph: &Graph<'_>) -> Vec<bool> {
    let mut reached = vec![false; graph.names.len()];
    let mut queue: VecDeque<StateIndex> =
        std::iter::once(graph.initial.value).chain(graph.targets.iter().copied()).collect();
    let mut leads: Vec<Vec<StateIndex>> = vec![Vec::new(); graph.names.len()];
    let mut from_any = Vec::new();
    for edge in graph.edges {
        match edge.from.value {
            Some(from) => leads[from].push(edge.to),
            None => from_any.push(edge.to),
        }
    }
    while let Some(state) = queue.pop_front() {
        if std::mem::replace(&mut reached[state], true) {
            continue;
        }
        queue.extend(leads[state].iter().copied());
        if graph.terminal[state].is_none() {
            queue.extend(std::mem::take(&mut from_any));
        }
    }
    reached
}

/// One message for all, as one transition may lead to many.
fn unreachable(graph: &Graph<'_>, reached: &[bool], sink: &mut Sink) {
    let lost: Vec<StateIndex> = (0..graph.names.len()).filter(|state| !reached[*state]).collect();
    let Some((first, others)) = lost.split_first() else { return };
    let initial = graph.name(graph.initial.value);
    let message = match others.len() {
        0 => format!("nothing leads from `{initial}` to the state `{}`", graph.name(*first)),
        more => format!(
            "nothing leads from `{initial}` to the state `{}`, nor to {more} more",
            graph.name(*first)
        ),
    };
    let fault = Diagnostic::new(Code::Unreachable, message, graph.names[*first].span, "never reached");
    let fault = others
        .iter()
        .take(SHOWN)
        .fold(fault, |fault, state| fault.also(graph.names[*state].span, "nor this"));
    let fault = fault.also(graph.initial.span, "where a machine starts");
    sink.report(fault.help("add a transition that leads there, or remove what is never reached"));
}

/// A state in which a machine ends although nothing says so. To end in an error needs no saying.
fn stuck(graph: &Graph<'_>, reached: &[bool], sink: &mut Sink) {
    let from_any = !graph.targets.is_empty() || graph.edges.iter().any(|edge| edge.from.value.is_none());
    if from_any || !graph.ends_known {
        return;
    }
    let left: HashSet<StateIndex> = graph.edges.iter().filter_map(|edge| edge.from.value).collect();
    for (state, name) in graph.names.iter().enumerate() {
        let ends = graph.terminal[state].is_some() || graph.errors.contains(&state);
        if reached[state] && !ends && !left.contains(&state) {
            let message =
                format!("nothing leads out of the state `{}`, which is not terminal", graph.name(state));
            let fault = Diagnostic::new(Code::Stuck, message, name.span, "a machine stays here for ever");
            sink.report(fault.help("say `is_terminal: true`, or add a transition that leads out of it"));
        }
    }
}
