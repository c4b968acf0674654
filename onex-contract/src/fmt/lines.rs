//! The lines of the result, with what stands behind them, and where blank ones go.

use super::cst::Comment;

const GAP: usize = 2;

#[derive(Default)]
pub(super) struct Lines<'a> {
    lines: Vec<Line<'a>>,
    /// A blank line here would mean something, or lead a value.
    tight: bool,
}

struct Line<'a> {
    text: String,
    comment: Option<Comment<'a>>,
}

impl<'a> Lines<'a> {
    pub(super) fn push(&mut self, text: String) {
        self.push_with(text, None);
    }

    /// A line and the comment behind it.
    pub(super) fn push_with(&mut self, text: String, comment: Option<Comment<'a>>) {
        self.lines.push(Line { text, comment });
        self.tight = false;
    }

    /// A blank line, unless there is one, or nothing that it could part.
    pub(super) fn blank(&mut self) {
        if !self.tight
            && self.lines.last().is_some_and(|last| !last.text.is_empty() || last.comment.is_some())
        {
            self.push(String::new());
        }
    }

    /// There is to be no blank line here.
    pub(super) fn tight(&mut self) {
        self.tight = true;
    }

    /// The text. Comments that stood in one column on lines below each other do so again; others are two spaces off.
    pub(super) fn finish(self) -> String {
        let mut text = String::new();
        let together = |one: &Line<'_>, next: &Line<'_>| match (&one.comment, &next.comment) {
            (Some(one), Some(next)) => one.column == next.column,
            _ => false,
        };
        for run in self.lines.chunk_by(together) {
            let width = run.iter().map(|line| line.text.chars().count()).max().unwrap_or(0);
            for line in run {
                text.push_str(&line.text);
                if let Some(comment) = &line.comment {
                    let gap = width - line.text.chars().count() + GAP;
                    text.extend(std::iter::repeat_n(' ', gap));
                    text.push_str(comment.text);
                }
                text.push('\n');
            }
        }
        text
    }
}
