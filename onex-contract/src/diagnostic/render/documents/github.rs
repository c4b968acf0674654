//! GitHub's workflow commands: each line that a job prints becomes an annotation of the pull request.

use super::explained;
use super::region::Region;
use crate::diagnostic::{Diagnostic, Diagnostics, Label};
use crate::source::Source;

pub(super) fn github(files: &[Diagnostics]) -> String {
    let lines = files.iter().flat_map(|file| {
        let source = file.source();
        file.list().iter().map(move |diagnostic| command(diagnostic, source))
    });
    lines.collect()
}

fn command(diagnostic: &Diagnostic, source: &Source) -> String {
    let Region { file, line_start, column_start, line_end, column_end, .. } =
        Region::of(diagnostic.primary.span, source);
    // An annotation of several lines that has columns is refused.
    let place = if line_start == line_end {
        format!("line={line_start},col={column_start},endLine={line_end},endColumn={column_end}")
    } else {
        format!("line={line_start},endLine={line_end}")
    };
    let (code, severity) = (diagnostic.code, diagnostic.severity.as_str());
    let title = format!("{}: {}", code.as_str(), code.title());
    let text = explained(diagnostic) + &elsewhere(diagnostic, source);
    let (file, title, message) = (property(file), property(&title), data(&text));
    format!("::{severity} file={file},{place},title={title}::{message}\n")
}

/// An annotation belongs to one file; what there is to be seen in others is said in words.
fn elsewhere(diagnostic: &Diagnostic, source: &Source) -> String {
    let own = source.file_of(diagnostic.primary.span).name();
    let others = diagnostic.secondary.iter().filter(|label| source.file_of(label.span).name() != own);
    let line = |label: &Label| {
        let Region { file, line_start, column_start, .. } = Region::of(label.span, source);
        format!("\n{file}:{line_start}:{column_start}: {}", label.text)
    };
    others.map(line).collect()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property is also ended by what separates properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
