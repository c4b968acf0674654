//! What a contract says twice about who the node is: both must say the same.

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::Declarations;

pub(super) fn check(declared: &Declarations, sink: &mut Sink) {
    if let Ok(name) = &declared.name {
        for other in &declared.other_names {
            if bare(&other.value) != bare(&name.value) {
                let message = format!("the node is called `{}` and `{}`", name.value, other.value);
                let fault = Diagnostic::new(Code::Contradiction, message, other.span, "another name")
                    .also(name.span, "its name")
                    .help("give it one name; `node_` in front may be left out");
                sink.report(fault);
            }
        }
    }
    if let (Ok(kind), Ok(Some(described))) = (declared.kind, declared.described_kind)
        && kind.value != described.value
    {
        let (is, other) = (kind.value.as_str(), described.value.as_str());
        let message = format!("the node is of the kind `{is}`, and its descriptor says `{other}`");
        let fault = Diagnostic::new(Code::Contradiction, message, described.span, "another kind")
            .also(kind.span, "the kind of this node");
        sink.report(fault.replace("write", described.span, is));
    }
}

/// A name without what differs between registries.
fn bare(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace('-', "_");
    name.strip_prefix("node_").map_or(name.clone(), str::to_owned)
}
