//! What people read: aligned columns, and a text that cannot move a terminal's cursor.

use std::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Style};

use crate::output;

/// A text of a table.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Cell { text: plain(text.as_ref()), style: Style::new() }
    }
}

impl Cell {
    /// The name of a state, in the colour of what it means.
    pub(crate) fn state(name: &impl serde::Serialize) -> Self {
        let text = word(name);
        let colour = match text.as_str() {
            "completed" | "done" => Some(AnsiColor::Green),
            "completed_with_errors" | "paused" | "held" | "retry_waiting" | "stopping" | "compensating" => {
                Some(AnsiColor::Yellow)
            }
            "failed" | "cancelled" | "timed_out" | "parked" | "indeterminate" => Some(AnsiColor::Red),
            _ => None,
        };
        Cell { text, style: Style::new().fg_color(colour.map(Into::into)) }
    }

    /// No longer than a line has room for.
    pub(crate) fn short(text: &str) -> Self {
        const MOST: usize = 60;
        let mut cell = Cell::from(text);
        if let Some((end, _)) = cell.text.char_indices().nth(MOST) {
            cell.text.truncate(end);
            cell.text.push('…');
        }
        cell
    }
}

/// Rows under a heading. The last column is as wide as it likes.
pub(crate) fn table<const N: usize>(heading: [&str; N], rows: Vec<[Cell; N]>) -> String {
    let bold = Style::new().bold();
    let mut lines = vec![heading.map(|text| Cell { text: text.to_owned(), style: bold })];
    lines.extend(rows);
    aligned(&lines)
}

/// Names and values, a line each. What has no value is left out.
pub(crate) fn list<const N: usize>(entries: [(&str, Option<Cell>); N]) -> String {
    let lines: Vec<_> =
        entries.into_iter().filter_map(|(name, value)| Some([Cell::from(name), value?])).collect();
    aligned(&lines)
}

fn aligned<const N: usize>(lines: &[[Cell; N]]) -> String {
    let styled = output::styled();
    let wide = |cell: &Cell| cell.text.chars().count();
    let width = |column: usize| lines.iter().map(|line| wide(&line[column])).max().unwrap_or_default();
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for line in lines {
        let mut gap = 0;
        for (cell, width) in line.iter().zip(widths) {
            if !cell.text.is_empty() {
                let style = if styled { cell.style } else { Style::new() };
                let _infallible = write!(text, "{:gap$}{style}{}{style:#}", "", cell.text);
                gap = 0;
            }
            gap += width - wide(cell) + 2;
        }
        text.push('\n');
    }
    text
}

/// The text with its control characters escaped: keys and errors come from outside.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() { plain.extend(character.escape_default()) } else { plain.push(character) }
    }
    plain
}

/// How JSON names it, without the quotes.
pub(crate) fn word(name: &impl serde::Serialize) -> String {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        // No name of a state refuses to be written.
        Err(error) => error.to_string(),
    }
}

/// One JSON object a line.
pub(crate) fn json_lines<T: serde::Serialize>(objects: &[T]) -> serde_json::Result<String> {
    objects.iter().map(|object| serde_json::to_string(object).map(|text| text + "\n")).collect()
}
