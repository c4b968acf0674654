//! Messages that are put together while the compiler runs: `const` panics whose text we choose to the last word.

use crate::node::route::Route;

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

    const fn of(&self, sort: Sort) -> &'static [&'static str] {
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

    const fn declares(&self, name: &str, sort: Sort) -> bool {
        contains(self.of(sort), name)
            || (matches!(sort, Sort::Output) && (contains(self.inputs, name) || contains(self.senders, name)))
    }

    /// What the name is, if it is something else than it is looked up as.
    const fn instead(&self, name: &str) -> Option<&'static str> {
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
    const fn as_str(self) -> &'static str {
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

/// Room for a message. A longer one is cut, never a panic of its own.
struct Text {
    bytes: [u8; 4096],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Text { bytes: [0; 4096], len: 0 }
    }

    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    const fn as_str(&self) -> &str {
        let written = self.bytes.split_at(self.len).0;
        match core::str::from_utf8(written) {
            Ok(text) => text,
            // Cut inside a character: what comes before it is whole.
            Err(error) => match core::str::from_utf8(written.split_at(error.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => "",
            },
        }
    }
}

/// Reports a name that the contract does not declare as what it is used for.
///
/// # Panics
/// While compiling, if it does not, and has no errors of its own.
#[track_caller]
pub const fn declared(name: &str, sort: Sort, contract: &Names) {
    if contract.broken || contract.declares(name, sort) {
        return;
    }
    let (names, at) = match sort {
        Sort::Event
        | Sort::Intent
        | Sort::Transition
        | Sort::Operation
        | Sort::Payload
        | Sort::Topic
        | Sort::Default => (contract.of(sort), contract.routes_at),
        Sort::Step | Sort::Output | Sort::Compensation | Sort::Condition => {
            (contract.of(sort), contract.steps_at)
        }
    };
    let mut text = Text::new().push("the contract of `").push(contract.node).push("` declares no ");
    text = text.push(sort.as_str()).push(" `").push(name).push("`");
    if let Some(instead) = contract.instead(name) {
        text = text.push("\nhelp: `").push(name).push("` ").push(instead);
    } else if let Some(near) = closest(name, names) {
        text = text.push("\nhelp: there is one with a similar name: `").push(near).push("`");
    } else if let (Sort::Output, Some(near)) = (sort, closest(name, contract.inputs)) {
        text = text.push("\nhelp: there is one with a similar name: `").push(near).push("`");
    } else if let Sort::Output = sort {
        text =
            text.push("\nhelp: a parameter is named after what its step depends on; the contract declares ");
        text = listed(listed(text, names, true), contract.inputs, names.is_empty());
    } else if names.is_empty() {
        text = text.push("\nhelp: it declares none at all; add it, or remove this");
    } else {
        text = listed(text.push("\nhelp: it declares "), names, true);
    }
    text = text.push("\nnote: the contract is here\n").push(at);
    panic!("{}", text.as_str())
}

const fn listed(mut text: Text, names: &[&str], first: bool) -> Text {
    let mut i = 0;
    while i < names.len() {
        text = text.push(if i == 0 && first { "`" } else { ", `" }).push(names[i]).push("`");
        i += 1;
    }
    text
}

/// Reports a handler whose name is not the one in the contract.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_handler_name<R: Route>(function: &str) {
    let routes = <R::Node as crate::node::Node>::TABLE.routes;
    if R::INDEX >= routes.len() || equal(routes[R::INDEX].handler, function) {
        return;
    }
    let text = Text::new()
        .push("the contract calls this handler `")
        .push(routes[R::INDEX].handler)
        .push("`, but the function is `")
        .push(function)
        .push("`\nhelp: rename one of them\nnote: the handler is named here\n")
        .push(R::DECLARED);
    panic!("{}", text.as_str())
}

/// Reports an intent whose Rust type has another name than the contract gives it.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_intent_type(model: &str, actual: &str, declared: &str, excerpt: &str) {
    if equal(actual, declared) {
        return;
    }
    let text = Text::new()
        .push("the contract routes `")
        .push(declared)
        .push("` to this handler as `")
        .push(model)
        .push("`, but that type is the intent `")
        .push(actual)
        .push("`\nhelp: correct one of the two: the `intent_type` of the contract, or `#[intent(\"")
        .push(actual)
        .push("\")]` on the type\nnote: it is declared here\n")
        .push(excerpt);
    panic!("{}", text.as_str())
}

/// Reports an event whose Rust type goes by another name than the contract gives it. A leading `Model` is no difference.
///
/// # Panics
/// While compiling, if the names differ.
#[track_caller]
pub const fn check_event_name(actual: &str, declared: &str, excerpt: &str) {
    if equal(without_model(actual), without_model(declared)) {
        return;
    }
    let text = Text::new()
        .push("the contract calls this event `")
        .push(declared)
        .push("`, but the type goes by the name `")
        .push(actual)
        .push("`\nhelp: add `#[event(name = \"")
        .push(declared)
        .push("\")]` to the type, or correct the name in the contract\nnote: it is named here\n")
        .push(excerpt);
    panic!("{}", text.as_str())
}

const fn without_model(name: &str) -> &str {
    let bytes = name.as_bytes();
    if bytes.len() > 5 && equal(name.split_at(5).0, "Model") { name.split_at(5).1 } else { name }
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The name that is nearest by edit distance, if it is near: at most a third of the longer name.
const fn closest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let mut best: Option<(&str, usize)> = None;
    let mut i = 0;
    while i < names.len() {
        let distance = distance(name.as_bytes(), names[i].as_bytes());
        let longer = if name.len() > names[i].len() { name.len() } else { names[i].len() };
        if distance * 3 <= longer {
            best = match best {
                Some((_, least)) if least <= distance => best,
                _ => Some((names[i], distance)),
            };
        }
        i += 1;
    }
    match best {
        Some((name, _)) => Some(name),
        None => None,
    }
}

/// Levenshtein, by rows. Names longer than a row are compared by their beginning.
const fn distance(a: &[u8], b: &[u8]) -> usize {
    const ROW: usize = 64;
    let width = if b.len() < ROW { b.len() } else { ROW - 1 };
    let mut row = [0usize; ROW];
    let mut j = 0;
    while j <= width {
        row[j] = j;
        j += 1;
    }
    let mut i = 0;
    while i < a.len() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut j = 0;
        while j < width {
            let substitute = diagonal + (a[i] != b[j]) as usize;
            diagonal = row[j + 1];
            let insert = row[j] + 1;
            let delete = row[j + 1] + 1;
            let least = if insert < delete { insert } else { delete };
            row[j + 1] = if substitute < least { substitute } else { least };
            j += 1;
        }
        i += 1;
    }
    row[width]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let names = ["received", "validate", "reserve", "charge"];
        assert_eq!(closest("chrge", &names), Some("charge"));
        assert_eq!(closest("reserved", &names), Some("reserve"));
        assert_eq!(closest("ship", &names), None);
        assert_eq!(closest("x", &[]), None);
    }

    #[test]
    fn a_message_that_is_too_long_is_cut() {
        let long = "é".repeat(5000);
        assert!(Text::new().push(&long).as_str().starts_with('é'));
        let cut = Text::new().push("a").push(&long);
        assert_eq!(cut.as_str().len(), 4095, "the half of a character is left out");
    }

    const CONTRACT: Names = Names {
        node: "N",
        events: &["Placed"],
        intents: &[],
        steps: &["charge"],
        inputs: &["received", "input"],
        senders: &[],
        compensations: &["refund"],
        conditions: &["worth_it"],
        transitions: &[],
        operations: &["users_store"],
        payloads: &[],
        topics: &[],
        defaults: &["default"],
        routes_at: "here",
        steps_at: "there",
        broken: false,
    };

    #[test]
    #[should_panic(
        expected = "declares no step `worth_it`\nhelp: `worth_it` is a condition: write `condition = ..`"
    )]
    fn a_condition_in_the_slot_of_a_step_says_which() {
        declared("worth_it", Sort::Step, &CONTRACT);
    }

    #[test]
    #[should_panic(expected = "declares no step `chrge`\nhelp: there is one with a similar name: `charge`")]
    fn an_unknown_name_says_which_is_near() {
        declared("chrge", Sort::Step, &CONTRACT);
    }

    #[test]
    #[should_panic(expected = "`refund` is a compensation: write `compensation = ..`")]
    fn a_name_of_another_sort_says_which() {
        declared("refund", Sort::Step, &CONTRACT);
    }

    #[test]
    #[should_panic(expected = "is completed by an event and has no handler")]
    fn what_an_event_completes_has_no_handler() {
        declared("received", Sort::Step, &CONTRACT);
    }

    #[test]
    #[should_panic(expected = "the contract declares `charge`, `received`, `input`\n")]
    fn what_a_parameter_may_be_named_after_is_listed_whole() {
        declared("somebody", Sort::Output, &CONTRACT);
    }

    #[test]
    #[should_panic(expected = "there is one with a similar name: `received`")]
    fn what_an_event_completes_can_be_meant_by_a_parameter() {
        declared("recieved", Sort::Output, &CONTRACT);
    }

    #[test]
    fn what_is_declared_or_cannot_be_known_is_not_reported() {
        declared("received", Sort::Output, &CONTRACT);
        declared("Placed", Sort::Event, &CONTRACT);
        declared("anything", Sort::Intent, &Names::BROKEN);
        check_event_name("OrderPlaced", "ModelOrderPlaced", "");
    }

    #[test]
    #[should_panic(expected = "calls this event `Placed`, but the type goes by the name `PlacedV2`")]
    fn an_event_of_another_name_is_reported() {
        check_event_name("PlacedV2", "Placed", "here");
    }
}
