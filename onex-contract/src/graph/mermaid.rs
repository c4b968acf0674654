//! A graph as a Mermaid flowchart.

use std::fmt::{self, Write};

use super::{Arrow, Graph, Kind, Node};

const BREAK: &str = "<br/>";

/// The graph as Mermaid, from `---` to the last arrow, for a fenced block of the language `mermaid`.
pub fn mermaid(graph: &Graph) -> String {
    let mut text = String::new();
    print(graph, &mut text).expect("a String takes everything");
    text
}

fn print(graph: &Graph, out: &mut String) -> fmt::Result {
    writeln!(out, "---\ntitle: {}\n---\nflowchart TD", quoted(&graph.title))?;
    for node in graph.nodes.iter().filter(|node| node.group.is_none()) {
        writeln!(out, "    {}", shape(node))?;
    }
    for (index, group) in graph.groups.iter().enumerate() {
        writeln!(out, "    subgraph {}[\"{}\"]", group.id, escaped(&group.title))?;
        for node in graph.nodes.iter().filter(|node| node.group == Some(index)) {
            writeln!(out, "        {}", shape(node))?;
        }
        writeln!(out, "    end")?;
    }
    for edge in &graph.edges {
        let arrow = match edge.arrow {
            Arrow::Then => "-->",
            Arrow::Both => "<-->",
            Arrow::Undo => "-.->",
        };
        writeln!(out, "    {} {arrow} {}", graph.nodes[edge.from].id, graph.nodes[edge.to].id)?;
    }
    Ok(())
}

fn shape(node: &Node) -> String {
    let (open, close) = match node.kind {
        Kind::Topic => ("[(", ")]"),
        Kind::Event | Kind::Message => ("([", "])"),
        Kind::Handler => ("[", "]"),
        Kind::Intent | Kind::Operation | Kind::Input => ("{{", "}}"),
        Kind::Node => ("[[", "]]"),
        Kind::Step => ("(", ")"),
        Kind::Compensation => ("[/", "/]"),
    };
    let lines: Vec<String> = node.lines().map(escaped).collect();
    format!("{}{open}\"{}\"{close}", node.id, lines.join(BREAK))
}

/// Text for a quoted label. What Mermaid or Markdown might read as their own is a character code.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | '.' | ',' | ':' | '_' | '-' | '/' | '(' | ')' => safe.push(character),
            letter if letter.is_alphanumeric() => safe.push(letter),
            control if control.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            other => {
                write!(safe, "#{};", u32::from(other)).expect("a String takes everything");
            }
        }
    }
    safe
}

/// A double-quoted scalar of YAML, which the title is.
fn quoted(text: &str) -> String {
    let mut scalar = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => scalar.extend(['\\', character]),
            control if control.is_control() => scalar.push(char::REPLACEMENT_CHARACTER),
            other => scalar.push(other),
        }
    }
    scalar.push('"');
    scalar
}
