//! `onex explain`: the page of a code.

use std::error::Error;

use clap::builder::styling::Style;
use onex_contract::{Code, UnknownCode};

use crate::output::{self, Exit};

/// Explain a code such as ONEX0204
///
/// The page says what the code means, why it matters, and how to mend it, with an example.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The code: ONEX0204, onex0204 and 204 are the same
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List all codes with their titles
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

const EXAMPLES: &str = "\
Examples:
  onex explain ONEX0204
  onex explain 204
  onex explain --list | grep step";

#[derive(Debug, thiserror::Error)]
#[error("`{written}`: {error}; `onex explain --list` lists all codes")]
struct NoPage {
    written: String,
    error: UnknownCode,
}

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    let Some(written) = &args.code else {
        let line = |code: &Code| format!("{}  {}\n", code.as_str(), code.title());
        output::print(&Code::ALL.iter().map(line).collect::<String>())?;
        return Ok(Exit::Fine);
    };
    let code = Code::parse(written).map_err(|error| NoPage { written: written.clone(), error })?;
    let page = code.page();
    output::print(&if output::styled() { with_bold_headings(page) } else { page.to_owned() })?;
    Ok(Exit::Fine)
}

/// Markdown with its headings in bold and without their marks. A `#` in a code block is no heading.
fn with_bold_headings(page: &str) -> String {
    let bold = Style::new().bold();
    let mut in_code = false;
    let mut shown = String::with_capacity(page.len());
    for line in page.lines() {
        in_code ^= line.starts_with("```");
        match line.trim_start_matches('#').strip_prefix(' ') {
            Some(heading) if line.starts_with('#') && !in_code => {
                shown.push_str(&format!("{bold}{heading}{bold:#}"));
            }
            _ => shown.push_str(line),
        }
        shown.push('\n');
    }
    shown
}
