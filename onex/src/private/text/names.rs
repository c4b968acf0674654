//! What a contract declares, by name and by what each name is for.

use super::equal;

/// What a contract declares, by name, in the module that its node's macro generates.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The struct's name.
    pub node: &'static str,
    /// Events that are routed.
    pub events: &'static [&'static str],
    /// Intents that are routed.
    pub intents: &'static [&'static str],
    /// Steps that have a handler.
    pub steps: &'static [&'static str],
    /// Steps that have none: what an event completes, and the run's input.
    pub inputs: &'static [&'static str],
    /// Steps that send intents.
    pub senders: &'static [&'static str],
    /// Compensations.
    pub compensations: &'static [&'static str],
    /// Functions that decide whether steps run.
    pub conditions: &'static [&'static str],
    /// Events that a reducer folds.
    pub transitions: &'static [&'static str],
    /// Operations that are asked for by name.
    pub operations: &'static [&'static str],
    /// Payloads that are known by a name of their own.
    pub payloads: &'static [&'static str],
    /// Topics whose messages one route takes.
    pub topics: &'static [&'static str],
    /// The route that takes what no other does.
    pub defaults: &'static [&'static str],
    /// The lines of the contract where routes are declared, or would be.
    pub routes_at: &'static str,
    /// The lines of the contract where steps are declared, or would be.
    pub steps_at: &'static str,
    /// The contract has errors of its own; they come first.
    pub broken: bool,
}

/// What a name is looked up as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// `event = ..`.
    Event,
    /// `intent = ..`.
    Intent,
    /// `step = ..`.
    Step,
    /// `compensation = ..`.
    Compensation,
    /// `condition = ..`.
    Condition,
    /// `transition = ..`.
    Transition,
    /// `operation = ..`.
    Operation,
    /// `payload = ..`.
    Payload,
    /// `topic = ..`.
    Topic,
    /// `default = ..`.
    Default,
    /// A parameter: a step, or what started the run.
    Output,
}

impl Names {
    /// Of a contract with errors of its own, or of no contract: about which nothing more is to be said.
    pub const BROKEN: Self = Names {
        node: "",
        events: &[],
        intents: &[],
        steps: &[],
        inputs: &[],
        senders: &[],
        compensations: &[],
        conditions: &[],
        transitions: &[],
        operations: &[],
        payloads: &[],
        topics: &[],
        defaults: &[],
        routes_at: "",
        steps_at: "",
        broken: true,
    };

    pub(super) const fn of(&self, sort: Sort) -> &'static [&'static str] {
        match sort {
            Sort::Event => self.events,
            Sort::Intent => self.intents,
            Sort::Step | Sort::Output => self.steps,
            Sort::Compensation => self.compensations,
            Sort::Condition => self.conditions,
            Sort::Transition => self.transitions,
            Sort::Operation => self.operations,
            Sort::Payload => self.payloads,
            Sort::Topic => self.topics,
            Sort::Default => self.defaults,
        }
    }

    pub(super) const fn declares(&self, name: &str, sort: Sort) -> bool {
        contains(self.of(sort), name)
            || (matches!(sort, Sort::Output) && (contains(self.inputs, name) || contains(self.senders, name)))
    }

    /// What the name is, if it is something else than it is looked up as.
    pub(super) const fn instead(&self, name: &str) -> Option<&'static str> {
        if contains(self.events, name) {
            Some("is an event: write `event = ..`")
        } else if contains(self.intents, name) {
            Some("is an intent: write `intent = ..`")
        } else if contains(self.transitions, name) {
            Some("is an event that a reducer folds: write `transition = ..`")
        } else if contains(self.operations, name) {
            Some("is an operation: write `operation = ..`")
        } else if contains(self.payloads, name) {
            Some("is a payload: write `payload = ..`")
        } else if contains(self.topics, name) {
            Some("is a topic: write `topic = ..`")
        } else if contains(self.defaults, name) {
            Some("takes what no other route does: write `default = ..`")
        } else if contains(self.compensations, name) {
            Some("is a compensation: write `compensation = ..`")
        } else if contains(self.conditions, name) {
            Some("is a condition: write `condition = ..`")
        } else if contains(self.steps, name) {
            Some("is a step: write `step = ..`")
        } else if contains(self.inputs, name) {
            Some("is completed by an event and has no handler")
        } else if contains(self.senders, name) {
            Some("sends intents and has no handler")
        } else {
            None
        }
    }
}

impl Sort {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Sort::Event => "event",
            Sort::Intent => "intent",
            Sort::Step | Sort::Output => "step",
            Sort::Compensation => "compensation",
            Sort::Condition => "condition",
            Sort::Transition => "transition",
            Sort::Operation => "operation",
            Sort::Payload => "payload",
            Sort::Topic => "topic",
            Sort::Default => "default handler",
        }
    }
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < names.len() {
        if equal(names[i], name) {
            return true;
        }
        i += 1;
    }
    false
}
