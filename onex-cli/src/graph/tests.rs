//! No name of a contract can break a picture.

use onex_contract::graph::{Arrow, Edge, Graph, Group, Kind, Node};
use proptest::prelude::*;

use super::dot::dot;
use super::svg::svg;

const KINDS: [Kind; 10] = [
    Kind::Topic,
    Kind::Event,
    Kind::Handler,
    Kind::Intent,
    Kind::Operation,
    Kind::Message,
    Kind::Node,
    Kind::Input,
    Kind::Step,
    Kind::Compensation,
];
const ARROWS: [Arrow; 3] = [Arrow::Then, Arrow::Both, Arrow::Undo];

const HOSTILE: [&str; 6] =
    [r#""] -> [label=""#, r"\N\l\", "&amp;&#0;", "<b>]]></text>", "--> </svg>", "\u{0}\r\n\t\u{fffe}"];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned)]
}

prop_compose! {
    fn node(index: usize)(
        kind in prop::sample::select(&KINDS[..]),
        label in text(),
        details in prop::collection::vec(text(), 0..3),
        grouped in any::<bool>(),
    ) -> Node {
        Node { id: format!("n{index}"), kind, label, details, group: grouped.then_some(0) }
    }
}

fn graphs() -> impl Strategy<Value = Graph> {
    let nodes = (1_usize..8).prop_flat_map(|count| (0..count).map(node).collect::<Vec<_>>());
    (text(), text(), nodes).prop_flat_map(|(title, group, nodes)| {
        let ends = (0..nodes.len(), 0..nodes.len(), prop::sample::select(&ARROWS[..]));
        let edges = prop::collection::vec(ends, 0..12);
        let groups = vec![Group { id: "g".to_owned(), title: group }];
        (Just((title, groups, nodes)), edges).prop_map(|((title, groups, nodes), edges)| Graph {
            title,
            groups,
            nodes,
            edges: edges.into_iter().map(|(from, to, arrow)| Edge { from, to, arrow }).collect(),
        })
    })
}

/// The text as far as a picture can show it.
fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() || "\u{fffe}\u{ffff}".contains(c) { '\u{fffd}' } else { c };
    text.chars().map(shown).collect()
}

/// The label of a statement, as Graphviz reads it, and what stands behind it.
fn label(statement: &str) -> (String, &str) {
    let (_, quoted) = statement.split_once("[label=\"").expect("a label");
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text.replace("&amp;", "&"), &quoted[at + 1..]),
            '\\' => match characters.next().expect("something is escaped").1 {
                'n' => text.push('\n'),
                escaped @ ('"' | '\\') => text.push(escaped),
                other => panic!("\\{other} is not text"),
            },
            other => text.push(other),
        }
    }
    panic!("{statement} has no end")
}

proptest! {
    #[test]
    fn svg_is_xml_that_says_what_the_graph_says(graph in graphs()) {
        let picture = svg(&graph).expect("it is small");
        let document = roxmltree::Document::parse(&picture).expect("XML");
        let root = document.root_element();
        let title = root.children().find(|child| child.has_tag_name("title")).and_then(|title| title.text());
        prop_assert_eq!(title.unwrap_or_default(), printable(&graph.title));

        let boxes: Vec<_> = root.children().filter(|child| child.has_tag_name("g")).collect();
        prop_assert_eq!(boxes.len(), graph.nodes.len());
        for (shown, node) in boxes.iter().zip(&graph.nodes) {
            prop_assert_eq!(shown.attribute("class"), Some(node.kind.as_str()));
            let lines: Vec<String> = node.lines().map(printable).collect();
            let tooltip = shown.first_element_child().and_then(|title| title.text()).unwrap_or_default();
            prop_assert_eq!(tooltip, lines.join("\n"));
            let texts: Vec<&str> = shown
                .children()
                .filter(|child| child.has_tag_name("text"))
                .map(|text| text.text().unwrap_or_default())
                .collect();
            prop_assert_eq!(texts.len(), lines.len());
            for (text, line) in texts.iter().zip(&lines) {
                prop_assert!(*text == line || line.starts_with(text.trim_end_matches('…')), "{text} of {line}");
            }
        }
        let arrows = root.children().filter(|child| child.has_tag_name("path")).count();
        prop_assert_eq!(arrows, graph.edges.len());
    }

    #[test]
    fn dot_has_a_statement_a_line(graph in graphs()) {
        let digraph = dot(&graph);
        let lines: Vec<&str> = digraph.lines().map(str::trim_start).collect();
        prop_assert_eq!(label(lines[1]), (printable_in_dot(&graph.title), ", labelloc=t, fontname=Helvetica]"));
        for node in &graph.nodes {
            let start = format!("{} [", node.id);
            let found: Vec<&&str> = lines.iter().filter(|line| line.starts_with(&start)).collect();
            prop_assert_eq!(found.len(), 1);
            let lines: Vec<String> = node.lines().map(printable_in_dot).collect();
            let (text, rest) = label(found[0]);
            prop_assert_eq!(text, lines.join("\n"));
            prop_assert!(rest.starts_with(", shape=") && rest.ends_with(']'), "{rest}");
        }
        let arrows = lines.iter().filter(|line| line.contains(" -> n") && !line.contains("label=")).count();
        prop_assert_eq!(arrows, graph.edges.len());
        prop_assert_eq!(lines.len(), 3 + graph.nodes.len() + 3 + graph.edges.len() + 1);
    }
}

/// DOT is not as strict as XML.
fn printable_in_dot(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
