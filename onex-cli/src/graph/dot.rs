//! A graph in the language of Graphviz.

use std::fmt::{self, Write};

use onex_contract::graph::{Arrow, Graph, Kind, Node};

/// The graph as a DOT digraph.
pub(super) fn dot(graph: &Graph) -> String {
    let mut text = String::new();
    print(graph, &mut text).expect("a String takes everything");
    text
}

fn print(graph: &Graph, out: &mut String) -> fmt::Result {
    writeln!(out, "digraph {} {{", quoted(&graph.title))?;
    writeln!(out, "    graph [label={}, labelloc=t, fontname=Helvetica]", quoted(&graph.title))?;
    writeln!(out, "    node [fontname=Helvetica]")?;
    for node in graph.nodes.iter().filter(|node| node.group.is_none()) {
        writeln!(out, "    {}", statement(node))?;
    }
    for (index, group) in graph.groups.iter().enumerate() {
        writeln!(out, "    subgraph cluster_{} {{", group.id)?;
        writeln!(out, "        graph [label={}, style=rounded]", quoted(&group.title))?;
        for node in graph.nodes.iter().filter(|node| node.group == Some(index)) {
            writeln!(out, "        {}", statement(node))?;
        }
        writeln!(out, "    }}")?;
    }
    for edge in &graph.edges {
        let attributes = match edge.arrow {
            Arrow::Then => "",
            Arrow::Both => " [dir=both]",
            Arrow::Undo => " [style=dashed]",
        };
        writeln!(out, "    {} -> {}{attributes}", graph.nodes[edge.from].id, graph.nodes[edge.to].id)?;
    }
    writeln!(out, "}}")
}

fn statement(node: &Node) -> String {
    let shape = match node.kind {
        Kind::Topic => "shape=cylinder",
        Kind::Event | Kind::Message => "shape=ellipse",
        Kind::Handler => "shape=box",
        Kind::Intent | Kind::Operation | Kind::Input => "shape=hexagon",
        Kind::Node => "shape=box, peripheries=2",
        Kind::Step => "shape=box, style=rounded",
        Kind::Compensation => "shape=box, style=dashed",
    };
    let lines: Vec<String> = node.lines().map(escaped).collect();
    format!("{} [label=\"{}\", {shape}]", node.id, lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Text for a quoted string. Graphviz reads `\` and `&` in it as the start of something.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            '&' => safe.push_str("&amp;"),
            control if control.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            other => safe.push(other),
        }
    }
    safe
}
