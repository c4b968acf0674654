//! Where a block scalar stands: the parser's place starts at its text, ends at the next token, and its indentation is
//! nowhere.

use crate::source::Span;

/// The place of a block scalar whose indicator is somewhere after `from`, and how far its lines are indented.
pub(super) fn place(text: &str, from: usize, value: &str) -> (Span, Option<usize>) {
    let start = indicator(text, from);
    let header_end = start + text[start..].find([' ', '\t', '\r', '\n']).unwrap_or(text.len() - start);
    let mut end = header_end;
    let line = text[header_end..].find('\n').map_or(text.len(), |length| header_end + length + 1);
    let Some(first) = text[line..].split('\n').find(|line| !is_blank(line)) else {
        return (Span { start, end }, None);
    };
    let Some(first_value) = value.split('\n').find(|line| !is_blank(line)) else {
        return (Span { start, end }, None);
    };
    let indent = spaces(first).saturating_sub(spaces(first_value));
    let mut at = line;
    for line in text[line..].split('\n') {
        let content = line.trim_end_matches('\r');
        if spaces(content) < indent && !is_blank(content) {
            break;
        }
        if content.len() > indent || !is_blank(content) {
            end = at + content.len();
        }
        at += line.len() + 1;
    }
    (Span { start, end }, Some(indent))
}

/// Where `|` or `>` stands: only indicators, anchor, tag, space and comments can be in front of it.
fn indicator(text: &str, from: usize) -> usize {
    let mut skipped_to = None;
    for (at, byte) in text.as_bytes().iter().enumerate().skip(from) {
        match (byte, skipped_to) {
            (b'\n', _) | (b' ' | b'\t', Some(b' ')) => skipped_to = None,
            (b'#', None) => skipped_to = Some(b'\n'),
            (b'&' | b'!', None) => skipped_to = Some(b' '),
            (b'|' | b'>', None) => return at,
            _ => {}
        }
    }
    text.len()
}

fn spaces(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_blank(line: &str) -> bool {
    line.trim_end_matches('\r').trim_start_matches(' ').is_empty()
}
