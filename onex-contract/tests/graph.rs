//! What a picture of a contract shows, and that no name can break it.

use std::collections::HashSet;

use onex_contract::graph::{Arrow, Edge, Graph, Group, Kind, Node, Part, mermaid};
use onex_contract::{Source, parse};
use proptest::prelude::*;

const ORDER_WORKFLOW: &str = include_str!("cases/valid_order_workflow.yaml");

fn graph(text: &str, part: Part) -> Graph {
    let contract = parse(&Source::new("contract.yaml", text)).unwrap_or_else(|faults| panic!("{faults}"));
    Graph::of(&contract, part)
}

/// `a -> b` for each arrow, in order.
fn arrows(graph: &Graph) -> Vec<String> {
    let label = |node: usize| graph.nodes[node].label.as_str();
    let shaft = |edge: &Edge| match edge.arrow {
        Arrow::Then => "->",
        Arrow::Both => "<->",
        Arrow::Undo => "-undo->",
    };
    let shown = |edge: &Edge| format!("{} {} {}", label(edge.from), shaft(edge), label(edge.to));
    graph.edges.iter().map(shown).collect()
}

fn lines<'a>(graph: &'a Graph, label: &str) -> Vec<&'a str> {
    let node = graph.nodes.iter().find(|node| node.label == label).unwrap_or_else(|| panic!("no `{label}`"));
    node.lines().collect()
}

#[test]
fn the_routing_leads_from_topics_to_topics() {
    let graph = graph(ORDER_WORKFLOW, Part::Routing);
    assert_eq!(graph.title, "node_order_workflow_orchestrator (orchestrator)");
    assert_eq!(
        arrows(&graph),
        [
            "onex.cmd.orders.place-order.v1 -> OrderPlaced",
            "OrderPlaced -> order_placed",
            "order_placed -> OrderValidated",
            "order_placed -> OrderRejected",
            "OrderValidated -> onex.evt.orders.order-validated.v1",
            "OrderRejected -> onex.evt.orders.order-rejected.v1",
            "audit.record -> node_audit_effect",
        ]
    );
    assert_eq!(
        lines(&graph, "onex.cmd.orders.place-order.v1"),
        ["onex.cmd.orders.place-order.v1", "topic, from outside"]
    );
    assert!(graph.groups.is_empty());
}

#[test]
fn what_arrives_without_an_event_type_is_drawn_under_its_own_name() {
    let drawn = |text| {
        let graph = graph(text, Part::Routing);
        let first = &graph.nodes[graph.edges[0].from];
        (arrows(&graph)[0].clone(), first.kind)
    };
    assert_eq!(
        drawn(include_str!("cases/valid_shape_operations.yaml")),
        ("orders.store -> store_order".to_owned(), Kind::Operation)
    );
    assert_eq!(
        drawn(include_str!("cases/valid_shape_payloads.yaml")),
        ("postgres.upsert_order -> upsert_order".to_owned(), Kind::Message)
    );
    let several = graph(include_str!("cases/valid_shape_topics.yaml"), Part::Routing);
    assert!(arrows(&several).contains(&"onex.evt.deploy.checked.v1 -> deploy".to_owned()), "{several:?}");
}

#[test]
fn the_workflow_leads_from_its_event_through_its_steps() {
    let graph = graph(ORDER_WORKFLOW, Part::Workflow);
    assert_eq!(
        arrows(&graph),
        [
            "OrderValidated -> received",
            "received -> validate",
            "validate -> reserve",
            "reserve -undo-> release",
            "validate -> charge",
            "reserve -> summarise",
            "charge -> summarise",
        ]
    );
    let [group] = &graph.groups[..] else { panic!("one workflow") };
    assert_eq!(group.title, "order_processing 1.0.0: parallel, compensate");
    assert_eq!(lines(&graph, "received"), ["received", "effect step", "starts one run per order_id"]);
    assert_eq!(lines(&graph, "charge"), ["charge", "effect step", "3 retries"]);
    assert_eq!(lines(&graph, "release"), ["release", "undoes reserve"]);
    let outside: Vec<&str> =
        graph.nodes.iter().filter(|node| node.group.is_none()).map(|node| node.label.as_str()).collect();
    assert_eq!(outside, ["OrderValidated"]);
}

#[test]
fn both_parts_are_joined_at_their_events() {
    let all = graph(ORDER_WORKFLOW, Part::All);
    let routing = graph(ORDER_WORKFLOW, Part::Routing);
    let workflow = graph(ORDER_WORKFLOW, Part::Workflow);
    let mut parts = arrows(&routing);
    parts.extend(arrows(&workflow));
    assert_eq!(arrows(&all), parts);
    assert_eq!(all.nodes.len(), routing.nodes.len() + workflow.nodes.len() - 1, "OrderValidated is one box");
}

#[test]
fn an_event_that_is_published_and_consumed_has_one_topic_and_one_arrow() {
    let graph = graph(
        r"
name: node_retry_effect
node_type: effect
contract_version: 1.0.0
handler_routing:
  handlers:
    - { event_model: { name: Tried }, handler: { name: tried }, output_events: [Tried] }
consumed_events: [{ topic: onex.evt.a.tried.v1, event_type: Tried }]
published_events: [{ topic: onex.evt.a.tried.v1, event_type: Tried }]
",
        Part::All,
    );
    assert_eq!(arrows(&graph), ["onex.evt.a.tried.v1 <-> Tried", "Tried -> tried", "tried -> Tried"]);
}

#[test]
fn what_no_event_starts_is_started_with_its_input() {
    let contract = r"
name: node_shop_orchestrator
node_type: orchestrator
contract_version: 1.0.0
input_model: { name: Basket }
workflow_coordination:
  workflow_definition:
    workflow_metadata: { workflow_name: sell, workflow_version: 2.1.0 }
    execution_graph:
      nodes:
        - { node_id: price, node_type: compute, continue_on_error: true, retry_count: 1 }
        - { node_id: reserve, node_type: effect }
        - { node_id: charge, node_type: effect, depends_on: [price, reserve] }
";
    let workflow = graph(contract, Part::All);
    assert_eq!(
        arrows(&workflow),
        ["Basket -> price", "Basket -> reserve", "price -> charge", "reserve -> charge"]
    );
    assert_eq!(lines(&workflow, "price"), ["price", "compute step", "1 retry", "may fail"]);
    assert_eq!(workflow.groups[0].title, "sell 2.1.0: sequential, fail_fast");
    assert!(graph(contract, Part::Routing).nodes.is_empty(), "it has no routing");
}

#[test]
fn names_that_differ_in_punctuation_alone_are_different_boxes() {
    let graph = graph(
        r"
name: node_twins_effect
node_type: effect
contract_version: 1.0.0
published_events:
  - { topic: onex.evt.a-b.c.v1, event_type: One }
  - { topic: onex.evt.a.b-c.v1, event_type: Two }
",
        Part::All,
    );
    let ids: Vec<&str> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["event_One", "topic_onex_evt_a_b_c_v1", "event_Two", "topic_onex_evt_a_b_c_v1_2"]);
}

/// What Mermaid shows for a label, if the label is closed and nothing in it has a meaning.
fn shown(label: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = label.chars();
    while let Some(character) = rest.next() {
        match character {
            '#' => {
                let code: String = rest.by_ref().take_while(|character| *character != ';').collect();
                text.push(char::from_u32(code.parse().ok()?)?);
            }
            '"' | '<' | '>' | '&' | '`' | ';' | '%' | '$' | '*' | '\n' => return None,
            other => text.push(other),
        }
    }
    Some(text)
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

proptest! {
    #[test]
    fn no_name_breaks_a_mermaid_diagram(title in any::<String>(), labels in prop::collection::vec(any::<String>(), 1..5)) {
        let node = |(index, label): (usize, &String)| Node {
            id: format!("n{index}"),
            kind: Kind::Handler,
            label: label.clone(),
            details: vec![title.clone()],
            group: (index == 0).then_some(0),
        };
        let graph = Graph {
            title: title.clone(),
            groups: vec![Group { id: "g".to_owned(), title: title.clone() }],
            nodes: labels.iter().enumerate().map(node).collect(),
            edges: Vec::new(),
        };
        let diagram = mermaid(&graph);
        let lines: Vec<&str> = diagram.split('\n').collect();
        prop_assert_eq!(lines.len(), 4 + 2 + labels.len() + 1, "a line each: {}", diagram);

        let yaml: serde_yaml::Value = serde_yaml::from_str(lines[1]).expect("the title is YAML");
        prop_assert_eq!(&yaml["title"], &serde_yaml::Value::from(printable(&title)));
        let mut found = HashSet::new();
        for line in &lines[4..] {
            if let Some((id, rest)) = line.trim_start().split_once("[\"") {
                let parts: Vec<Option<String>> =
                    rest.strip_suffix("\"]").expect("closed").split("<br/>").map(shown).collect();
                if let Some(index) = id.strip_prefix('n') {
                    let label = &labels[index.parse::<usize>().expect("an index")];
                    prop_assert_eq!(parts, [Some(printable(label)), Some(printable(&title))]);
                    found.insert(id);
                } else {
                    prop_assert_eq!(id, "subgraph g");
                    prop_assert_eq!(parts, [Some(printable(&title))]);
                }
            } else {
                prop_assert!(["    end", ""].contains(line), "{}", line);
            }
        }
        prop_assert_eq!(found.len(), labels.len());
    }
}
