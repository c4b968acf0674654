//! A graph as a picture: one self-contained SVG file that is readable on light and on dark pages.

use std::fmt::{self, Write};

use onex_contract::graph::{Arrow, Graph, Kind, Node};

use super::layout::{Layout, Point, Rect, Size, TooLarge, layout};

const STYLE: &str = include_str!("svg.css");

/// How wide a character is in the monospaced font of a label and of a line below it. Fonts differ by a little; this is
/// more than any of them needs.
const LABEL_CHARACTER: f64 = 8.0;
const DETAIL_CHARACTER: f64 = 7.0;
const LABEL_LINE: f64 = 18.0;
const DETAIL_LINE: f64 = 15.0;
const PADDING: f64 = 12.0;
/// Longer lines are cut; the whole text is the tooltip.
const LONGEST_LINE: usize = 60;
/// Around the picture, and between a frame and what is in it.
const MARGIN: f64 = 24.0;
const TITLE_LINE: f64 = 28.0;

/// The graph as an SVG document.
///
/// # Errors
///
/// It is too large to be read as a picture.
pub(super) fn svg(graph: &Graph) -> Result<String, TooLarge> {
    let placed = place(graph)?;
    let mut text = String::new();
    print(graph, &placed, &mut text).expect("a String takes everything");
    Ok(text)
}

/// The boxes and arrows of a graph, with a lane for what is in no group and one for each group.
pub(super) fn place(graph: &Graph) -> Result<Layout, TooLarge> {
    let sizes: Vec<Size> = graph.nodes.iter().map(size).collect();
    let arrows: Vec<(usize, usize)> = graph.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    let titles = graph.groups.iter().map(|group| columns(&group.title) as f64 * LABEL_CHARACTER);
    let lanes: Vec<f64> = [0.0].into_iter().chain(titles).collect();
    layout(&sizes, &arrows, &lanes)
}

fn size(node: &Node) -> Size {
    let details = node.details.iter().map(|line| columns(line) as f64 * DETAIL_CHARACTER);
    let text = details.fold(columns(&node.label) as f64 * LABEL_CHARACTER, f64::max);
    // Even, so that the middle and the sides are whole numbers.
    let width = (text / 2.0).ceil() * 2.0 + 2.0 * PADDING;
    let height = LABEL_LINE + DETAIL_LINE * node.details.len() as f64 + PADDING;
    Size { width, height, lane: node.group.map_or(0, |group| group + 1) }
}

fn print(graph: &Graph, placed: &Layout, out: &mut String) -> fmt::Result {
    let frames: Vec<(&str, Rect)> = graph
        .groups
        .iter()
        .enumerate()
        .filter_map(|(index, group)| Some((group.title.as_str(), frame(graph, placed, index)?)))
        .collect();
    let drawn = || placed.boxes.iter().chain(frames.iter().map(|(_, frame)| frame));
    let left = drawn().map(|rect| rect.x).fold(0.0, f64::min) - MARGIN;
    let top = drawn().map(|rect| rect.y).fold(0.0, f64::min) - MARGIN - TITLE_LINE;
    let title_end = left + MARGIN + columns(&graph.title) as f64 * LABEL_CHARACTER;
    let width = drawn().map(Rect::right).fold(title_end, f64::max) + MARGIN - left;
    let height = drawn().map(Rect::bottom).fold(0.0, f64::max) + MARGIN - top;

    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"onex-graph\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"{left} {top} {width} {height}\">"
    )?;
    writeln!(out, "<title>{}</title>", escaped(&graph.title))?;
    writeln!(out, "<style>\n{}\n</style>", STYLE.trim_end())?;
    writeln!(
        out,
        "<defs><marker id=\"onex-arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto-start-reverse\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs>"
    )?;
    writeln!(out, "<rect class=\"page\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>")?;
    writeln!(
        out,
        "<text class=\"title\" x=\"{}\" y=\"{}\">{}</text>",
        left + MARGIN,
        top + MARGIN + LABEL_LINE / 2.0,
        escaped(&shortened(&graph.title))
    )?;
    for (_, frame) in &frames {
        writeln!(out, "<rect class=\"frame\" {} rx=\"8\"/>", position(frame))?;
    }
    for (edge, way) in graph.edges.iter().zip(&placed.ways) {
        writeln!(out, "<path class=\"{}\" d=\"{}\"/>", arrow_class(edge.arrow), path(way))?;
    }
    for (title, frame) in &frames {
        let (x, y) = (frame.x + PADDING, frame.y + LABEL_LINE);
        writeln!(out, "<text class=\"title\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(&shortened(title)))?;
    }
    for (node, rect) in graph.nodes.iter().zip(&placed.boxes) {
        print_box(node, rect, out)?;
    }
    writeln!(out, "</svg>")
}

/// Around all boxes of a group; nothing where it has none.
fn frame(graph: &Graph, placed: &Layout, group: usize) -> Option<Rect> {
    let members = graph.nodes.iter().zip(&placed.boxes).filter(|(node, _)| node.group == Some(group));
    let around = members.map(|(_, rect)| *rect).reduce(|one, other| {
        let (x, y) = (one.x.min(other.x), one.y.min(other.y));
        Rect { x, y, width: one.right().max(other.right()) - x, height: one.bottom().max(other.bottom()) - y }
    })?;
    let title = columns(&graph.groups[group].title) as f64 * LABEL_CHARACTER;
    Some(Rect {
        x: around.x - MARGIN,
        y: around.y - MARGIN - PADDING,
        width: around.width.max(title) + 2.0 * MARGIN,
        height: around.height + 2.0 * MARGIN + PADDING,
    })
}

fn print_box(node: &Node, rect: &Rect, out: &mut String) -> fmt::Result {
    let class = node.kind.as_str();
    let radius = match node.kind {
        Kind::Topic | Kind::Event | Kind::Message => rect.height / 2.0,
        Kind::Step | Kind::Compensation => 8.0,
        Kind::Handler | Kind::Intent | Kind::Operation | Kind::Node | Kind::Input => 0.0,
    };
    let tooltip: Vec<String> = node.lines().map(escaped).collect();
    writeln!(out, "<g class=\"{class}\"><title>{}</title>", tooltip.join("\n"))?;
    writeln!(out, "<rect {} rx=\"{radius}\"/>", position(rect))?;
    let x = rect.center();
    let mut y = rect.y + PADDING / 2.0 + LABEL_LINE - 4.0;
    writeln!(out, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(&shortened(&node.label)))?;
    for line in &node.details {
        y += DETAIL_LINE;
        writeln!(out, "<text class=\"detail\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(&shortened(line)))?;
    }
    writeln!(out, "</g>")
}

fn arrow_class(arrow: Arrow) -> &'static str {
    match arrow {
        Arrow::Then => "arrow",
        Arrow::Both => "arrow both",
        Arrow::Undo => "arrow undo",
    }
}

/// Straight down where the way is, and in a curve from layer to layer.
fn path(way: &[Point]) -> String {
    let mut data = String::new();
    let mut before: Option<Point> = None;
    for point in way {
        let Point { x, y } = *point;
        let written = match before {
            None => write!(data, "M{x} {y}"),
            Some(last) if last.x == x => write!(data, "V{y}"),
            Some(last) => {
                let middle = (last.y + y) / 2.0;
                write!(data, "C{} {middle} {x} {middle} {x} {y}", last.x)
            }
        };
        written.expect("a String takes everything");
        before = Some(*point);
    }
    data
}

fn position(rect: &Rect) -> String {
    format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", rect.x, rect.y, rect.width, rect.height)
}

/// How many characters of the font a line is wide. What is not ASCII may be twice as wide.
fn columns(line: &str) -> usize {
    shortened(line).chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Text for XML, which has no way to write most control characters.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => safe.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            other => safe.push(other),
        }
    }
    safe
}
