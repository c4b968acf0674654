//! What stands between two tokens: comments, blank lines and the dashes of lists.

use super::cst::Comment;

#[derive(Debug)]
pub(super) enum Trivia<'a> {
    Comment(Comment<'a>),
    /// The start of an item.
    Dash {
        /// The line above it is blank.
        blank: bool,
    },
}

/// Reads from `start` to `end`, where no token is, and says whether the line above the end is blank.
pub(super) fn scan<'a>(text: &'a str, start: usize, end: usize, mut found: impl FnMut(Trivia<'a>)) -> bool {
    // The line break that ends the line of the token before is the first.
    let mut line_breaks = 0;
    let mut at = start;
    while at < end {
        match text.as_bytes()[at] {
            b'\n' => line_breaks += 1,
            b' ' | b'\t' | b'\r' => {}
            b'#' => {
                let comment = comment(text, at, line_breaks > 1);
                at += comment.text.len();
                line_breaks = 0;
                found(Trivia::Comment(comment));
                continue;
            }
            b'-' => {
                found(Trivia::Dash { blank: line_breaks > 1 });
                line_breaks = 0;
            }
            // `:`, `,` and `?` say what the tokens say too.
            _ => {}
        }
        at += 1;
    }
    line_breaks > 1
}

fn comment(text: &str, at: usize, blank: bool) -> Comment<'_> {
    let length = text[at..].find('\n').unwrap_or(text.len() - at);
    let before = &text[line_start(text, at)..at];
    Comment {
        text: text[at..at + length].trim_end_matches([' ', '\t', '\r']),
        column: before.chars().count(),
        own_line: before.bytes().all(|byte| matches!(byte, b' ' | b'\t')),
        blank,
    }
}

/// How many characters stand before a place on its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |before| before + 1)
}
