//! One place of a file as rustc shows it: where it is, the line, carets under it.

use super::{SourceFile, Span};

/// Longer lines are shown around the span only.
const MAX_COLUMNS: usize = 140;
/// How many characters of a long line stand in front of the span.
const LEAD: usize = 40;
const TAB: &str = "    ";
const CUT: &str = "...";

pub(super) fn excerpt(file: &SourceFile, span: Span) -> String {
    let span = file.first_line(span);
    let (line, column) = file.line_col(span.start);
    let (start, end) = (file.line_start(line), file.line_end(line));
    let (before, marked, after) = window(
        &file.text()[start..span.start.min(end)],
        &file.text()[span.start.min(end)..span.end.min(end)],
        &file.text()[span.end.min(end)..end],
    );

    let gutter = line.to_string().len();
    let carets = "^".repeat(marked.chars().count().max(1));
    let indent = " ".repeat(before.chars().count());
    format!(
        "{empty:gutter$}--> {name}:{line}:{column}\n\
         {empty:gutter$} |\n\
         {line} | {before}{marked}{after}\n\
         {empty:gutter$} | {indent}{carets}",
        empty = "",
        name = file.name(),
    )
}

/// The three parts of a line made printable, and short enough to be read.
fn window(before: &str, marked: &str, after: &str) -> (String, String, String) {
    let (before, marked, after) = (printable(before), printable(marked), printable(after));
    let total: usize = [&before, &marked, &after].iter().map(|part| part.chars().count()).sum();
    if total <= MAX_COLUMNS {
        return (before, marked, after);
    }
    let lead = before.chars().count();
    let before = if lead > LEAD {
        format!("{CUT}{}", before.chars().skip(lead - LEAD).collect::<String>())
    } else {
        before
    };
    let room = MAX_COLUMNS - before.chars().count();
    let shown = cut(&marked, room);
    let room = room.saturating_sub(shown.chars().count());
    (before, shown, cut(&after, room))
}

fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(CUT.len())).collect();
    format!("{kept}{CUT}")
}

fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push_str(TAB),
            control if control.is_control() => shown.push(char::REPLACEMENT_CHARACTER),
            other => shown.push(other),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::super::Source;
    use super::*;

    fn of(text: &str, marked: &str) -> String {
        let start = text.find(marked).expect("the test marks a part of its text");
        Source::new("c.yaml", text).excerpt(Span { start, end: start + marked.len() })
    }

    #[test]
    fn a_place_is_shown_as_rustc_shows_it() {
        let text = format!("{}      output_events: [A, B]\n", "\n".repeat(9));
        assert_eq!(
            of(&text, "[A, B]"),
            "  --> c.yaml:10:22\n   |\n10 |       output_events: [A, B]\n   |                      ^^^^^^"
        );
    }

    #[test]
    fn tabs_and_characters_of_several_bytes_keep_the_carets_under_the_text() {
        assert_eq!(of("ä:\tÖl x\n", "Öl"), " --> c.yaml:1:4\n  |\n1 | ä:    Öl x\n  |       ^^");
    }

    #[test]
    fn several_lines_are_shown_by_the_first() {
        assert_eq!(of("a: b\r\nc: d\r\n", "b\r\nc: d"), " --> c.yaml:1:4\n  |\n1 | a: b\n  |    ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}X{}", "[".repeat(100_000), "]".repeat(100_000));
        let shown = of(&text, "X");
        assert!(shown.lines().all(|line| line.chars().count() < 160), "{shown}");
        let caret = shown.lines().last().and_then(|line| line.find('^')).expect("a caret");
        assert_eq!(shown.lines().nth(2).and_then(|line| line.chars().nth(caret)), Some('X'));
    }

    #[test]
    fn a_place_beyond_the_end_is_the_end() {
        assert_eq!(
            Source::new("c.yaml", "").excerpt(Span { start: 7, end: 9 }),
            " --> c.yaml:1:1\n  |\n1 | \n  | ^"
        );
    }
}
