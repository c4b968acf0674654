//! The formats that only tools write: one a file.

mod github;
mod json;
mod json_text;
mod region;
mod sarif;
mod terminal;

use super::plain;
use crate::diagnostic::{Diagnostic, Diagnostics, Help};
use crate::source::Source;

/// How [`render`] writes diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// As rustc prints them, an empty line between two.
    Plain,
    /// The same in colours. Whether the reader's terminal shows any is for the caller to find out.
    Terminal,
    /// JSON Lines, for editors: one object a line, and a line for each diagnostic.
    ///
    /// ```text
    /// { "version": 1,              1 as long as no member changes its meaning or goes; others may come
    ///   "code": "ONEX0204",
    ///   "severity": "error",       or "warning"
    ///   "message": "there is no step `resrve`",
    ///   "file": "contract.yaml",   as the user wrote it: the file of the place
    ///   "span": SPAN,              the place
    ///   "label": "unknown step",   what is said about it, perhaps nothing
    ///   "labels": [ { "span": SPAN, "text": ".." } ],    other places that have to do with it
    ///   "notes": [ ".." ],         facts that explain it
    ///   "help": null }             or { "text": "..", "edits": [ { "span": SPAN, "text": ".." } ] }
    /// ```
    ///
    /// An edit replaces what is in its span by its text. A `SPAN` is
    ///
    /// ```text
    /// { "file": "contract.yaml",               or a file that it includes
    ///   "byte_start": 40, "byte_end": 46,      of the file's UTF-8, a byte order mark not counted
    ///   "line_start": 3, "column_start": 12,   from 1; columns count characters, not bytes
    ///   "line_end": 3, "column_end": 18 }      the end is behind the last character
    /// ```
    Json,
    /// A SARIF 2.1.0 log, for code scanning services, with the page of each code that occurs.
    Sarif,
    /// Workflow commands of GitHub Actions (`::error file=..::..`), for a job to print.
    Github,
}

/// Writes the diagnostics of some files as one document, which ends with a newline unless it is empty.
///
/// Files and diagnostics keep their order. Without diagnostics a [`Format::Sarif`] log has no results, and every
/// other document is empty.
///
/// ```
/// use onex_contract::{Format, Source, parse, render};
///
/// let source = Source::new("contract.yaml", "name: node_a\nnode_type: effect\ncontract_version: \"1.0\"\n");
/// let faults = parse(&source).expect_err("this is no version");
/// assert_eq!(
///     render(&[faults], Format::Github),
///     "::error file=contract.yaml,line=3,col=19,endLine=3,endColumn=24,title=ONEX0110%3A A text is not a version.\
///      ::`contract_version`: `1.0` is not a version\
///      %0Ahelp: a version is written `\"1.0.0\"` or `{ major: 1, minor: 0, patch: 0 }`\n"
/// );
/// ```
pub fn render(files: &[Diagnostics], format: Format) -> String {
    match format {
        Format::Plain => one_by_one(files, plain),
        Format::Terminal => one_by_one(files, terminal::terminal),
        Format::Json => json::json(files),
        Format::Sarif => sarif::sarif(files),
        Format::Github => github::github(files),
    }
}

fn one_by_one(files: &[Diagnostics], write: fn(&Diagnostic, &Source) -> String) -> String {
    let rendered: Vec<String> = files
        .iter()
        .flat_map(|file| file.list().iter().map(|diagnostic| write(diagnostic, file.source()) + "\n"))
        .collect();
    rendered.join("\n")
}

/// All that a diagnostic says in words, for a format that shows no lines of the contract.
fn explained(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    for note in &diagnostic.notes {
        text.push_str("\nnote: ");
        text.push_str(note);
    }
    if let Some(Help { text: help, replacement }) = &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
        if let Some((_, by)) = replacement
            && !help.contains(by)
        {
            text.push_str(&format!(": `{by}`"));
        }
    }
    text
}

#[cfg(test)]
mod tests;
