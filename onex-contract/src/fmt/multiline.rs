//! How a scalar of more than one line is written.

use super::cst::{Notation, Scalar};
use crate::syntax::Style;

/// The lines of a block scalar.
pub(super) struct BlockScalar {
    /// `|` or `>`, and what is said with it.
    pub(super) header: String,
    pub(super) lines: Vec<String>,
    /// Blank lines below it would belong to it.
    pub(super) keeps: bool,
}

/// The lines of a block scalar, indented by so many spaces, two of them more than what it is in. It is none if no line
/// has text, because then there is nothing that could be indented.
pub(super) fn block_scalar(scalar: &Scalar<'_>, indent: usize) -> Option<BlockScalar> {
    let Notation::Written { style: Style::Block { indent: Some(written) }, text } = scalar.notation else {
        return None;
    };
    let (first, content) = text.split_once('\n')?;
    let keeps = first_token(first).contains('+');
    let mut lines: Vec<&str> = content
        .split('\n')
        .map(|line| {
            let text = line.trim_start_matches(' ');
            let spaces = line.len() - text.len();
            if text.is_empty() && spaces <= written { "" } else { &line[written.min(spaces)..] }
        })
        .collect();
    if keeps {
        // The first line break ends the last line.
        let blank = scalar.value.len() - scalar.value.trim_end_matches('\n').len();
        lines.extend(std::iter::repeat_n("", blank.saturating_sub(1)));
    }

    // A reader would take the spaces in front of the first line for indentation.
    let indented = lines.iter().find(|line| !line.is_empty()).is_some_and(|line| line.starts_with(' '));
    let mut header = first_token(first)[..1].to_owned();
    if indented {
        header.push('2');
    }
    header.extend(first_token(first).chars().find(|chomping| matches!(chomping, '+' | '-')));
    let space = " ".repeat(indent);
    let lines =
        lines.into_iter().map(|line| if line.is_empty() { String::new() } else { format!("{space}{line}") });
    Some(BlockScalar { header, lines: lines.collect(), keeps })
}

fn first_token(line: &str) -> &str {
    line.split([' ', '\t']).next().unwrap_or(line)
}

/// The lines of a plain or quoted scalar that has line breaks in it. The first is to stand behind its key, the others
/// are indented; how far says nothing to a reader.
pub(super) fn folded(text: &str, style: Style, indent: usize) -> Vec<String> {
    const SPACE: [char; 2] = [' ', '\t'];
    let space = " ".repeat(indent);
    let last = text.split('\n').count() - 1;
    text.split('\n')
        .enumerate()
        .map(|(at, line)| {
            let line = if at == 0 { line } else { line.trim_start_matches(SPACE) };
            let mut trimmed = line.trim_end_matches(SPACE);
            if at == last {
                // What ends it is no space.
                trimmed = line;
            } else if style == Style::Double && trimmed.len() < line.len() && ends_with_escape(trimmed) {
                trimmed = &line[..=trimmed.len()];
            }
            if at == 0 || trimmed.is_empty() { trimmed.to_owned() } else { format!("{space}{trimmed}") }
        })
        .collect()
}

/// Whether the last backslash of a line is one that has to do with what follows it.
fn ends_with_escape(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}
