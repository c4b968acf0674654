//! What a contract says as the documentation of its node: tables that read without a script, and the picture in Mermaid for
//! pages that have one.

use std::fmt::Write;

use onex_contract::graph::{Arrow, Graph, Kind, Part, mermaid};
use onex_contract::{Brings, Contract, Event, NodeKind, Route};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::Context;
use super::comparison::question;
use super::markers::{route_name, slot};
use super::reducer::emitted;

/// Puts documentation behind what the item's author wrote above it. Nothing else of the item is touched, however little of it
/// has been typed.
pub(super) fn beneath(item: &TokenStream, docs: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let is_attribute = |pair: &[TokenTree]| {
        matches!(pair, [TokenTree::Punct(hash), TokenTree::Group(group)]
            if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket)
    };
    let attributes = 2 * tokens.chunks(2).take_while(|pair| is_attribute(pair)).count();
    let (above, below) = (tokens[..attributes].iter(), tokens[attributes..].iter());
    quote!(#(#above)* #docs #(#below)*)
}

/// The documentation of the struct.
pub(super) fn node(context: &Context<'_>) -> TokenStream {
    let contract = context.contract;
    let version = contract.contract_version;
    let mut text = String::new();
    if let Some(description) = &contract.description {
        text = format!("\n\n{}", prose(description));
    }
    let (major, minor, patch) = (version.major, version.minor, version.patch);
    let article = if matches!(contract.kind, NodeKind::Effect | NodeKind::Orchestrator) { "an" } else { "a" };
    text += &format!(
        "\n\nThe node `{}` {major}.{minor}.{patch}, {article} {} as `{}` describes it.\n",
        contract.name.value,
        contract.kind.as_str(),
        contract.source.name()
    );
    text += &routes(context);
    text += &machine(contract);
    text += &steps(context);
    let picture = format!("\n\n# Picture\n\n```mermaid\n{}```\n", mermaid(&Graph::of(contract, Part::All)));
    // The picture is for pages: an editor would show its source text.
    quote!(#[doc = #text] #[cfg_attr(doc, doc = #picture)])
}

fn routes(context: &Context<'_>) -> String {
    let contract = context.contract;
    if contract.routes.is_empty() {
        return String::new();
    }
    let mut table =
        "\n# Routes\n\n| what arrives | by | handler | what it may emit |\n|---|---|---|---|\n".to_owned();
    for route in &contract.routes {
        let (name, by) = match &route.brings {
            Brings::Event(event) => {
                let event = &contract.events[event.value];
                (route_name(context, route), code(event.topic.as_str()))
            }
            Brings::Intent { intent_type, .. } => {
                (route_name(context, route), format!("intent {}", code(intent_type.value.as_str())))
            }
            Brings::Operation { .. }
            | Brings::Topic { .. }
            | Brings::Payload { .. }
            | Brings::Anything { .. } => {
                let asked =
                    route.asked().map(|name| format!("{} {}", slot(context, route), code(&name.value)));
                let topics = route.topics.iter().map(|topic| code(topic.as_str()));
                (route_name(context, route), asked.into_iter().chain(topics).collect::<Vec<_>>().join(", "))
            }
        };
        let emits = emits(context, route).join(", ");
        row(&mut table, &[marker(context, name), by, code(&route.handler.function), emits]);
    }
    table
}

/// The events of a route with their topics, then the intents, which all routes of a node share.
fn emits(context: &Context<'_>, route: &Route) -> Vec<String> {
    let contract = context.contract;
    let event = |event: &Event| format!("{} on {}", code(&event.rust.name.value), code(event.topic.as_str()));
    let events = route.outputs.iter().map(|output| event(&contract.events[output.value]));
    let intents = contract.intents.iter().map(|target| {
        format!("intent {} to {}", code(target.intent_type.value.as_str()), code(&target.node.value))
    });
    let emitted =
        emitted(context).iter().map(|intent| format!("intent {}", code(intent.intent_type.value.as_str())));
    events.chain(intents).chain(emitted).collect()
}

fn machine(contract: &Contract) -> String {
    let Some(machine) = &contract.machine else { return String::new() };
    let mut table = format!(
        "\n# States\n\nIt starts as {}.\n\n| from | on | to | if |\n|---|---|---|---|\n",
        code(&machine.states[machine.initial].name.value)
    );
    for transition in &machine.transitions {
        let from =
            transition.from.map_or("any other".to_owned(), |from| code(&machine.states[from].name.value));
        let guards = transition.guards.iter().map(|guard| {
            code(&format!("{} {}", guard.field.value, question(guard.operator.value, guard.value.as_ref())))
        });
        row(
            &mut table,
            &[
                from,
                code(&machine.triggers[transition.trigger.value].name.value),
                code(&machine.states[transition.to].name.value),
                guards.collect::<Vec<_>>().join(" and "),
            ],
        );
    }
    table
}

/// The steps as the picture has them, so that the two agree.
fn steps(context: &Context<'_>) -> String {
    let Some(workflow) = &context.contract.workflow else { return String::new() };
    let graph = Graph::of(context.contract, Part::Workflow);
    let mut table = format!(
        "\n# Workflow `{}`\n\n{}.\n\n| step | after | what it is |\n|---|---|---|\n",
        workflow.name.value,
        graph.groups.first().map_or("", |group| &group.title)
    );
    let steps = graph.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Step);
    for ((index, node), step) in steps.zip(&workflow.steps) {
        let before = graph.edges.iter().filter(|edge| edge.to == index && edge.arrow == Arrow::Then);
        let before: Vec<String> = before.map(|edge| code(&graph.nodes[edge.from].label)).collect();
        let mut what = node.details.join(", ");
        if let Some(undo) = &step.compensation {
            what += &format!(", undone by {}", marker(context, &undo.ident));
        }
        if let Some(description) = &step.description {
            what += &format!(": {}", prose(description));
        }
        row(&mut table, &[marker(context, &step.ident), before.join(", "), what]);
    }
    table
}

fn row(table: &mut String, cells: &[String]) {
    let cells = cells.iter().map(|cell| cell.replace('|', "\\|").replace(['\n', '\r'], " "));
    writeln!(table, "| {} |", cells.collect::<Vec<_>>().join(" | ")).expect("a String takes everything");
}

/// A link to a marker, by the path that a handler's attribute has.
fn marker(context: &Context<'_>, ident: &str) -> String {
    let module = &context.shell.module;
    format!("[`{}`]({module}::{ident})", ident.trim_start_matches("r#"))
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// A contract's own words for rustdoc. What is in backticks stays so; nothing else of it is a link, a tag or an address, about
/// which rustdoc would complain to people who cannot see where it comes from.
pub(super) fn prose(text: &str) -> String {
    // Four spaces would make a block of code, and code is taken for a test.
    let text = text.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let paired = text.matches('`').count().is_multiple_of(2);
    let parts = text.split('`').enumerate().map(|(index, part)| {
        if paired && index % 2 == 1 {
            return part.to_owned();
        }
        part.replace('\\', "\\\\").replace('[', "\\[").replace('<', "\\<").replace("://", "\\://")
    });
    parts.collect::<Vec<_>>().join(if paired { "`" } else { "\\`" })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{beneath, prose};

    #[test]
    fn words_of_a_contract_are_words() {
        assert_eq!(
            prose("takes `Vec<T>` [sic], a <T>, see https://example.org"),
            r"takes `Vec<T>` \[sic], a \<T>, see https\://example.org"
        );
        assert_eq!(prose("an odd ` tick"), r"an odd \` tick");
        assert_eq!(prose("one\n    two\n"), "one\ntwo");
    }

    #[test]
    fn documentation_stands_below_that_of_the_author() {
        let docs = quote!(#[doc = "ours"]);
        let item = quote!(
            #[doc = "theirs"]
            #[derive(Debug)]
            pub struct Shop;
        );
        assert_eq!(
            beneath(&item, &docs).to_string(),
            quote!(
                #[doc = "theirs"]
                #[derive(Debug)]
                #[doc = "ours"]
                pub struct Shop;
            )
            .to_string()
        );
        assert_eq!(
            beneath(&quote!(pub stru), &docs).to_string(),
            quote!(#[doc = "ours"] pub stru).to_string()
        );
    }
}
