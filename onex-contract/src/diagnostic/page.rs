//! Parts of a code's page. Every page has the same sections: `tests/pages.rs` holds them to it.

use super::Code;

pub(super) fn meaning(code: Code) -> &'static str {
    section(code.page(), "What it means")
}

pub(super) fn mend(code: Code) -> &'static str {
    section(code.page(), "How to mend")
}

/// What stands under a heading, without the space around it.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let mut sections = page.split("\n## ").filter_map(|section| section.split_once('\n'));
    sections.find(|(name, _)| *name == heading).map_or("", |(_, text)| text.trim())
}
