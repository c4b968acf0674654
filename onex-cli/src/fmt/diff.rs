//! What would change in a file, as `diff -u` prints it.

use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use similar::TextDiff;

use crate::output;

/// A smaller difference is not worth more of anybody's time.
const PATIENCE: Duration = Duration::from_millis(500);

pub(super) fn diff(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
    let diff = diff.unified_diff().header(name, name).to_string();
    if output::styled() { coloured(&diff) } else { diff }
}

fn coloured(diff: &str) -> String {
    let mut shown = String::with_capacity(diff.len());
    for line in diff.split_inclusive('\n') {
        let style = match line.as_bytes().first() {
            Some(b'-') => Style::new().fg_color(Some(AnsiColor::Red.into())),
            Some(b'+') => Style::new().fg_color(Some(AnsiColor::Green.into())),
            Some(b'@') => Style::new().fg_color(Some(AnsiColor::Cyan.into())),
            _ => Style::new(),
        };
        let text = line.trim_end_matches('\n');
        shown.push_str(&format!("{style}{text}{style:#}{}", &line[text.len()..]));
    }
    shown
}
